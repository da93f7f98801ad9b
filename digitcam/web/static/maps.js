// Numbers as colours, as in the windows: maps from dark to bright, weights and what spoke in two colours.

import { makeCanvas } from "./canvas.js";

// Viridis (Smith and van der Walt, 2015), nine of its colours; those between are mixed.
const VIRIDIS = [
  [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37],
];
// For and against: orange and blue of the palette of Okabe and Ito (2008); nothing is the ground.
const [FOR, AGAINST, GROUND] = [[230, 159, 0], [0, 114, 178], [40, 40, 40]];
export const MARK = "#fff";
export const PATCH = "#e69f00";

// What the server packed in base64: bytes, or numbers of 4 bytes, little-endian as machines with browsers are.
export function bytesOf(packed) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(packed);
  const letters = atob(packed);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

export function floatsOf(packed) {
  return new Float32Array(bytesOf(packed).buffer);
}

export function largest(values, size = (value) => value) {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, size(values[i]));
  return most;
}

// Colours of numbers: functions from a value to a pixel, which is red, green, blue and opaque in one number.
const STEPS = 255;

export function pixel(red, green, blue) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0; // as ImageData has it
}

function table(colourAt) {
  return Uint32Array.from({ length: STEPS + 1 }, (_, i) => pixel(...colourAt(i / STEPS)));
}

const HEAT = table((part) => {
  const at = part * (VIRIDIS.length - 1);
  const below = Math.min(Math.floor(at), VIRIDIS.length - 2);
  return mixed(VIRIDIS[below], VIRIDIS[below + 1], at - below);
});
const [FOR_IT, AGAINST_IT] = [FOR, AGAINST].map((colour) => table((part) => mixed(GROUND, colour, part)));
const GREY = table((part) => mixed([0, 0, 0], [255, 255, 255], part));

export function heat(most) {
  const scale = STEPS / (most || 1);
  return (value) => HEAT[Math.round(Math.min(Math.max(value * scale, 0), STEPS))];
}

export function signed(most) {
  const scale = STEPS / (most || 1);
  return (value) => (value >= 0 ? FOR_IT : AGAINST_IT)[Math.round(Math.min(Math.abs(value) * scale, STEPS))];
}

export function grey(value) {
  return GREY[value];
}

function mixed(from, to, part) {
  return [0, 1, 2].map((i) => Math.round(from[i] + (to[i] - from[i]) * part));
}

// Maps side by side, height × width × count values by rows, each with a line of the ground around it.
export class Mosaic {
  constructor(height, width, count, columns = Math.ceil(Math.sqrt(count))) {
    Object.assign(this, { height, width, count, columns });
    this.rows = Math.ceil(count / columns);
    this.canvas = makeCanvas(columns * (width + 1) + 1, this.rows * (height + 1) + 1);
    this.image = new ImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  // Paint them, the one with the number `chosen` in a frame; `get(row, column, which)` gives a value.
  paint(target, get, colour, chosen = -1) {
    const { pixels, canvas } = this;
    for (let which = 0; which < this.count; which++) {
      const [x0, y0] = this.corner(which);
      for (let row = 0; row < this.height; row++) {
        const at = (y0 + row) * canvas.width + x0;
        for (let column = 0; column < this.width; column++) pixels[at + column] = colour(get(row, column, which));
      }
    }
    [target.width, target.height] = [canvas.width, canvas.height];
    const context = target.getContext("2d");
    context.putImageData(this.image, 0, 0);
    if (chosen < 0) return;
    const [x, y] = this.corner(chosen);
    context.strokeStyle = MARK;
    context.strokeRect(x - 0.5, y - 0.5, this.width + 1, this.height + 1);
  }

  corner(which) {
    return [1 + (which % this.columns) * (this.width + 1), 1 + Math.floor(which / this.columns) * (this.height + 1)];
  }

  // Which map is at a point, given as parts of the mosaic's width and height; -1 for none.
  at(x, y) {
    const column = Math.floor(((x * this.canvas.width) - 1) / (this.width + 1));
    const which = Math.floor(((y * this.canvas.height) - 1) / (this.height + 1)) * this.columns + column;
    return column >= 0 && column < this.columns && which >= 0 && which < this.count ? which : -1;
  }
}

// One map as squares of so many pixels, and the frame [x, y, width, height] of some of them.
export function paintLarge(target, height, width, get, colour, frame, mark) {
  const small = makeCanvas(width, height);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < width * height; i++) pixels[i] = colour(get(Math.floor(i / width), i % width));
  small.getContext("2d").putImageData(image, 0, 0);
  const unit = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
  [target.width, target.height] = [width * unit, height * unit];
  const context = target.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, target.width, target.height);
  if (!frame) return;
  context.strokeStyle = mark;
  context.lineWidth = 3;
  const [x, y, wide, high] = frame.map((value) => value * unit);
  context.strokeRect(x + 1.5, y + 1.5, wide - 3, high - 3);
}

const SIDE = 280; // pixels
