// A line at the foot of the page that goes by itself.

const SECONDS = 4;
let timer = 0;

export function tell(line) {
  const place = document.getElementById("told");
  place.textContent = line;
  clearTimeout(timer);
  timer = setTimeout(() => { place.textContent = ""; }, 1000 * SECONDS);
}
