// What a reading says: the order of its digits, how sure they are, which one is meant by a point.

export const LABELS = [..."0123456789"];
export const NOT_A_DIGIT = "not a digit";
// A tap this far beside a box, in lengths of its longer side, still means it.
const SPARE = 0.35;

// What the model tells apart, as the server says; the ten digits until it does.
let names = LABELS;

export function tellApart(classes) {
  names = classes.filter((name) => !name.startsWith("not a "));
}

// Names and probabilities of a digit to be shown: all in order, or of more than ten the likeliest first.
export function likeliest(digit) {
  const pairs = digit.probabilities.map((probability, i) => [names[i], probability]);
  return pairs.length <= LABELS.length ? pairs : pairs.sort((a, b) => b[1] - a[1]).slice(0, LABELS.length);
}

// Indices of the digits as they are read: number by number, and then those that are in none.
export function inOrder(reading) {
  const first = reading.numbers.flatMap((number) => number.digits);
  return [...new Set([...first, ...reading.digits.keys()])];
}

// The numbers as texts in reading order, and then each digit that is in none.
export function texts(reading) {
  const told = new Set(reading.numbers.flatMap((number) => number.digits));
  const rest = reading.digits.filter((_, index) => !told.has(index)).map((digit) => digit.label);
  return [...reading.numbers.map((number) => number.text), ...rest];
}

// What is said in short: the numbers, or of whole frames the likeliest name.
export function said(reading) {
  return reading.classes ? reading.classes.slice(0, 1).map((named) => firstName(named.label)) : texts(reading);
}

// ImageNet's names are lists, such as "hotdog, hot dog, red hot".
export function firstName(label) {
  return label.split(",")[0];
}

// As in the windows: from 95 % on sure, from 80 % on fair.
export function sureness(confidence) {
  if (confidence >= 0.95) return "sure";
  return confidence >= 0.8 ? "fair" : "doubtful";
}

export function percent(confidence) {
  return `${Math.floor(100 * confidence)} %`; // 99.9 is not 100
}

// The index of the digit that a tap at (x, y) means, -1 for none: the smallest box that holds it, else the nearest.
export function digitAt(reading, x, y) {
  let best = -1;
  let least = Infinity;
  reading.digits.forEach(({ box: [left, top, width, height] }, index) => {
    const aside = Math.max(left - x, x - left - width, 0);
    const above = Math.max(top - y, y - top - height, 0);
    const away = Math.hypot(aside, above) / Math.max(width, height);
    const cost = away > 0 ? 1 + away : (width * height) / (reading.size[0] * reading.size[1] + 1);
    if (away <= SPARE && cost < least) [best, least] = [index, cost];
  });
  return best;
}

// Draw the 28×28 that the network was shown on a canvas of that size.
export function drawCrop(canvas, crop) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(28, 28);
  const bytes = atob(crop ?? "");
  for (let i = 0; i < 784; i++) {
    const level = bytes.charCodeAt(i) || 0;
    image.data.set([level, level, level, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
