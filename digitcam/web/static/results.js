// What was read, beside the picture: the numbers, a button for each digit or a table of them, and copying.

import { drawCrop, firstName, inOrder, likeliest, percent, said, sureness } from "./reading.js";
import { tell } from "./tell.js";

const QUIET = 1200; // milliseconds that numbers must stay before a screen reader is told of them

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Numbers and digits in a place of the page.
//   onChoose(index): a digit is to be corrected.
//   table: "order" or "score", how a table of the digits is sorted; without it each digit is a button.
export class Results {
  constructor(place, { onChoose, table = "" }) {
    this.onChoose = onChoose;
    this.table = table;
    this.reading = null;
    this.numbers = make("ul", { class: "numbers", "aria-label": "Numbers" });
    this.copy = make("button", { type: "button" }, "Copy numbers");
    this.copy.addEventListener("click", () => copyText(said(this.reading).join(" ")));
    this.digits = make("div", { class: table ? "table-frame" : "chips" });
    this.spoken = make("p", { class: "unseen", role: "status" });
    this.title = make("h2", {}, "Numbers");
    this.subtitle = make("h2", {}, "Digits");
    const head = make("div", { class: "results-head" }, this.title, this.copy);
    place.append(head, this.numbers, this.subtitle, this.digits, this.spoken);
    this.clear();
  }

  clear(words = "Nothing has been read yet.") {
    this.reading = null;
    this.said = "";
    this.copy.disabled = true;
    this.numbers.replaceChildren(make("li", { class: "nothing" }, "–"));
    this.digits.replaceChildren();
    this.digits.hidden = true;
    this.words = words;
    this.speak("");
  }

  show(reading) {
    this.reading = reading;
    const texts = said(reading);
    this.copy.disabled = !texts.length;
    if (texts.join(" ") !== this.said || !texts.length) {
      this.said = texts.join(" ");
      const none = make("li", { class: "nothing" }, "–");
      this.numbers.replaceChildren(...(texts.length ? texts.map((text) => make("li", {}, text)) : [none]));
      this.speak(this.said || "nothing");
    }
    this.digits.hidden = !(reading.classes ?? reading.digits).length;
    if (reading.classes) this.showNamed(reading.classes);
    else if (this.table) this.showTable(reading);
    else this.showButtons(reading);
  }

  // Numbers are told to a screen reader once they stay: a film would never let it finish.
  speak(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.spoken.textContent = text; }, text ? QUIET : 0);
  }

  // What whole frames may show: the likeliest names, each with a bar.
  showNamed(classes) {
    [this.title.textContent, this.subtitle.textContent] = ["What it shows", "Likeliest"];
    this.copy.textContent = "Copy";
    this.digits.className = "table-frame";
    const rows = classes.map((named) => {
      const bar = make("span", { class: "row-bar" });
      bar.style.setProperty("--part", `${100 * named.confidence}%`);
      return make("tr", {}, make("td", { title: named.label }, firstName(named.label)),
        make("td", { class: "score" }, percent(named.confidence)), make("td", { class: "wide" }, bar));
    });
    const head = make("tr", {}, ...["Name", "Confidence", ""].map((name) => make("th", { scope: "col" }, name)));
    head.lastChild.replaceWith(make("td", {}));
    this.digits.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  // Buttons are kept and changed, so that none loses the focus while the film runs.
  showButtons(reading) {
    const order = inOrder(reading);
    const buttons = [...this.digits.children];
    order.forEach((index, place) => {
      const digit = reading.digits[index];
      const button = buttons[place] ?? this.digits.appendChild(this.makeButton());
      button.dataset.index = index;
      button.className = sureness(digit.confidence);
      setText(button.firstChild, digit.label);
      setText(button.lastChild, percent(digit.confidence));
    });
    buttons.slice(order.length).forEach((button) => button.remove());
  }

  makeButton() {
    const button = make("button", { type: "button", title: "Misread? Tap to say what it is" }, make("b"), make("small"));
    button.addEventListener("click", () => this.onChoose(Number(button.dataset.index)));
    return button;
  }

  showTable(reading) {
    // What is the same is left alone, and with it the focus: paper is read again after the last stroke.
    const shown = JSON.stringify(reading.digits);
    if (shown === this.shown && this.digits.firstChild) return;
    this.shown = shown;
    const order = inOrder(reading);
    if (this.table === "score") order.sort((a, b) => reading.digits[b].confidence - reading.digits[a].confidence);
    const names = ["Digit", "Confidence", "Probabilities", "Input"];
    const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
    const rows = order.map((index) => this.makeRow(reading.digits[index], index));
    const sorted = this.table === "score" ? "the surest first" : "in reading order";
    const count = `${order.length} digit${order.length === 1 ? "" : "s"}, ${sorted}. Tap one that is wrong.`;
    const focused = this.digits.contains(document.activeElement) ? document.activeElement.dataset.index : undefined;
    this.digits.replaceChildren(
      make("table", {}, make("caption", {}, count), make("thead", {}, head), make("tbody", {}, ...rows)),
    );
    if (focused !== undefined) this.digits.querySelector(`button[data-index="${focused}"]`)?.focus();
  }

  makeRow(digit, index) {
    const attributes = { type: "button", class: sureness(digit.confidence), "data-index": index };
    const button = make("button", attributes, make("b", {}, digit.label));
    button.setAttribute("aria-label", `${digit.label}: say what it is`);
    button.addEventListener("click", () => this.onChoose(index));
    const crop = make("canvas", { width: 28, height: 28, class: "crop", role: "img", "aria-label": "28×28 pixels" });
    drawCrop(crop, digit.crop);
    return make("tr", {}, make("td", {}, button), make("td", { class: "score" }, percent(digit.confidence)),
      make("td", {}, makeBars(digit)), make("td", {}, crop));
  }
}

// Ten bars, one for each digit; told in words as well.
function makeBars(digit) {
  const shown = likeliest(digit);
  const words = shown.map(([label, probability]) => `${label}: ${percent(probability)}`);
  const bars = make("div", { class: "bars", role: "img", "aria-label": `Probabilities ${words.join(", ")}` });
  shown.forEach(([label, probability], i) => {
    const column = make("span", { class: "column" });
    column.style.setProperty("--part", `${100 * probability}%`);
    bars.append(make("span", { title: words[i] }, column, label));
  });
  return bars;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// The clipboard is given to pages on localhost and HTTPS alone; elsewhere a selection is copied.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { class: "unseen" }, text);
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) return tell("This browser does not let the page copy.");
  }
  return tell(`copied: ${text}`);
}
