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

// What a server packed in base64: bytes, or little-endian numbers of 4 bytes.
export function bytesOf(packed) {
  return Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
}

export function floatsOf(packed) {
  const view = new DataView(bytesOf(packed).buffer);
  return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

export function largest(values, sign = (value) => value) {
  return values.reduce((most, value) => Math.max(most, sign(value)), 0);
}

// Colours of numbers: a function from a value to red, green and blue.
export function heat(most) {
  return (value) => {
    const at = (Math.min(Math.max(value / (most || 1), 0), 1) * (VIRIDIS.length - 1));
    const below = Math.min(Math.floor(at), VIRIDIS.length - 2);
    return mixed(VIRIDIS[below], VIRIDIS[below + 1], at - below);
  };
}

export function signed(most) {
  return (value) => mixed(GROUND, value >= 0 ? FOR : AGAINST, Math.min(Math.abs(value) / (most || 1), 1));
}

export function grey(value) {
  return [value, value, value];
}

function mixed(from, to, part) {
  return [0, 1, 2].map((i) => from[i] + (to[i] - from[i]) * part);
}

// Maps side by side, height × width × count values by rows, each with a line of the ground around it.
export class Mosaic {
  constructor(height, width, count, columns = Math.ceil(Math.sqrt(count))) {
    Object.assign(this, { height, width, count, columns });
    this.rows = Math.ceil(count / columns);
    this.canvas = makeCanvas(columns * (width + 1) + 1, this.rows * (height + 1) + 1);
    this.image = new ImageData(this.canvas.width, this.canvas.height);
  }

  // Paint them, the one with the number `chosen` in a frame; `get(row, column, which)` gives a value.
  paint(target, get, colour, chosen = -1) {
    const { data } = this.image;
    data.fill(0);
    for (let which = 0; which < this.count; which++) {
      const [x0, y0] = this.corner(which);
      for (let row = 0; row < this.height; row++) {
        let at = 4 * ((y0 + row) * this.canvas.width + x0);
        for (let column = 0; column < this.width; column++, at += 4) {
          const [red, green, blue] = colour(get(row, column, which));
          data[at] = red; data[at + 1] = green; data[at + 2] = blue; data[at + 3] = 255;
        }
      }
    }
    [target.width, target.height] = [this.canvas.width, this.canvas.height];
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
  for (let i = 0; i < width * height; i++) image.data.set([...colour(get(Math.floor(i / width), i % width)), 255], 4 * i);
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
