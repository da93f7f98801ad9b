// "This 7 is": one tap, or a key as in the windows, says what a digit is.

import { correct } from "./api.js";
import { LABELS, NOT_A_DIGIT, drawCrop } from "./reading.js";
import { tell } from "./tell.js";

const place = document.getElementById("correct");
let open = null; // what is being corrected: digit, picture, onDone, onEnd; before: what had the focus, around: where that is
let allowed = true;

// Whether corrections are taken, as the server says.
export function allowCorrections(taken) {
  allowed = taken;
}

// Ask what a digit is.
//   picture(): a promise of the picture that it was read in, as a Blob.
//   onDone(): it was learnt. onEnd(): whatever was said, it is over.
export function ask(digit, picture, onDone, onEnd = () => {}) {
  if (!allowed) return tell("Corrections are switched off here.");
  if (!digit.crop) return tell("This digit is hidden at the moment: try again.");
  close();
  const before = document.activeElement;
  open = { digit, picture, onDone, onEnd, before, around: before?.closest("section") };
  document.getElementById("correct-title").textContent = `This ${digit.label} is:`;
  drawCrop(document.getElementById("correct-crop"), digit.crop);
  place.hidden = false;
  place.querySelector("button").focus();
}

export function close() {
  if (!open) return;
  const { before, around, onEnd } = open;
  open = null;
  place.hidden = true;
  // What was read anew meanwhile has other buttons: the one of the same digit takes the focus.
  const index = before?.dataset?.index;
  if (before?.isConnected) before.focus();
  else if (index !== undefined) around?.querySelector(`button[data-index="${index}"]`)?.focus();
  onEnd();
}

async function say(label) {
  const { digit, picture, onDone } = open;
  close();
  try {
    tell(await correct(await picture(), digit, label));
    onDone();
  } catch (error) {
    tell(error.message);
  }
}

function addKey(text, action, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.title = title;
  button.addEventListener("click", action);
  document.getElementById("correct-keys").append(button);
}

for (const label of LABELS) addKey(label, () => say(label), `It is ${label} (key ${label})`);
addKey("no digit", () => say(NOT_A_DIGIT), "It is no digit (key n)");
addKey("leave it", close, "Close (key Esc)");

document.addEventListener("keydown", (event) => {
  if (!open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") close();
  else if (LABELS.includes(event.key)) say(event.key);
  else if (event.key === "n") say(NOT_A_DIGIT);
  else return;
  event.preventDefault();
});
