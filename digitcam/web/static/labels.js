// Boxes and labels over a picture, on a canvas as large as it is shown.

import { sureness } from "./reading.js";

// Ground and letters, as in the windows: Okabe and Ito (2008).
const COLOURS = { sure: ["#0072b2", "#fff"], fair: ["#f0e442", "#000"], doubtful: ["#d55e00", "#000"] };
const MARK = "#009e73";

// Make a canvas as large as its place on the screen, in the screen's own pixels; gives pixels per CSS pixel.
export function fit(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  return ratio;
}

// Draw a reading's labels over what is on the canvas; `chosen` is the index of a digit that is marked, or -1.
export function drawLabels(canvas, reading, chosen = -1) {
  const context = canvas.getContext("2d");
  const ratio = window.devicePixelRatio || 1;
  const scale = canvas.width / reading.size[0];
  const line = Math.max(1, 2 * ratio);
  reading.digits.forEach((digit, index) => {
    const [x, y, width, height] = digit.box.map((value) => value * scale);
    const [ground, letters] = COLOURS[sureness(digit.confidence)];
    frame(context, x - line, y - line, width + 2 * line, height + 2 * line, line, ground);
    if (index === chosen) frame(context, x - 4 * line, y - 4 * line, width + 8 * line, height + 8 * line, 2 * line, MARK);
    const size = Math.min(Math.max(0.45 * height, 14 * ratio), 44 * ratio);
    drawPill(context, canvas, digit.label, x + width / 2, y - 1.5 * line, size, ground, letters);
  });
}

function frame(context, x, y, width, height, line, colour) {
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(x, y, width, height);
}

// The label on a ground of its own, above the digit where there is room.
function drawPill(context, canvas, text, middle, foot, size, ground, letters) {
  const wide = 0.95 * size;
  const high = 1.15 * size;
  const left = Math.min(Math.max(middle - wide / 2, 0), canvas.width - wide);
  const top = Math.max(foot - high, 0);
  context.fillStyle = ground;
  context.beginPath();
  context.roundRect(left, top, wide, high, 0.2 * size);
  context.fill();
  context.fillStyle = letters;
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, left + wide / 2, top + 0.54 * high);
}
