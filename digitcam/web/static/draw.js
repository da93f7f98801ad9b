// The canvas: mouse, pen and finger write, and what is written is read meanwhile.

import * as api from "./api.js";
import { makeCanvas, toBlob } from "./canvas.js";
import { ask } from "./correcting.js";
import { fit } from "./labels.js";
import { Results } from "./results.js";
import { Strokes, paint, paintStroke } from "./strokes.js";

const WIDTH = 800; // units of the paper
const NARROW = 600; // CSS pixels: below it the paper is square
const READ_WIDTH = 640; // pixels of the picture that is read
const RETRY = 1000;

export class DrawTab {
  constructor() {
    this.canvas = document.getElementById("draw-paper");
    this.context = this.canvas.getContext("2d");
    this.results = new Results(document.getElementById("draw-results"), { onChoose: (index) => this.choose(index), table: "order" });
    this.layers = null; // looks into the network while its tab is selected
    this.strokes = new Strokes();
    this.page = api.pageName("draw");
    this.width = document.getElementById("draw-width");
    this.eraser = document.getElementById("draw-eraser");
    this.pointer = null;
    this.reading = false;
    this.changed = false;
    this.listen();
    window.addEventListener("resize", () => this.draw());
  }

  listen() {
    const on = (name, action) => this.canvas.addEventListener(name, action);
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.up(event));
    const press = (id, action) => document.getElementById(id).addEventListener("click", action);
    press("draw-clear", () => this.change(() => this.strokes.clear()));
    press("draw-undo", () => this.change(() => this.strokes.undo()));
    press("draw-save", () => this.save());
    this.eraser.addEventListener("click", () => this.eraser.setAttribute("aria-pressed", String(!this.erases)));
    document.addEventListener("keydown", (event) => {
      const here = !document.getElementById("draw").hidden;
      if (here && event.key === "z" && (event.ctrlKey || event.metaKey)) this.change(() => this.strokes.undo());
    });
  }

  get erases() { return this.eraser.getAttribute("aria-pressed") === "true"; }

  get height() { return this.square ? WIDTH : 0.75 * WIDTH; }

  enter() {
    // Once something is written the paper keeps its form.
    if (this.strokes.empty) this.square = this.canvas.parentElement.clientWidth < NARROW;
    this.canvas.style.setProperty("--ratio", WIDTH / this.height);
    this.draw();
  }

  leave() {
    this.pointer = null;
  }

  point(event) {
    const scale = WIDTH / this.canvas.clientWidth;
    return [event.offsetX * scale, event.offsetY * scale];
  }

  down(event) {
    if (this.pointer !== null || event.button !== 0) return; // one pen at a time
    this.pointer = event.pointerId;
    try { this.canvas.setPointerCapture(event.pointerId); } catch { /* the pointer has gone already */ }
    this.strokes.begin(this.point(event), Number(this.width.value), this.erases);
    this.draw();
    this.send();
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.strokes.add(this.point(each));
    // What is new is drawn over what is there: a stroke under way only grows.
    paintStroke(this.context, this.strokes.strokes.at(-1));
    this.send();
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.draw();
    this.send();
  }

  change(action) {
    if (this.pointer !== null) return;
    action();
    this.draw();
    this.send();
  }

  draw() {
    if (!this.canvas.clientWidth) return;
    fit(this.canvas, this.canvas.clientWidth, this.canvas.clientHeight);
    paint(this.context, this.strokes.strokes, this.canvas.width / WIDTH);
    document.getElementById("draw-empty").hidden = !this.strokes.empty;
  }

  // The paper as a picture of this width.
  picture(width) {
    const canvas = makeCanvas(width, Math.round((width * this.height) / WIDTH));
    paint(canvas.getContext("2d"), this.strokes.strokes, width / WIDTH);
    return toBlob(canvas, "image/png");
  }

  // Read the paper as it is; while that lasts only that it has changed is noted.
  async send() {
    this.changed = true;
    if (this.reading) return;
    this.reading = true;
    const problem = document.getElementById("draw-problem");
    while (this.changed) {
      this.changed = false;
      try {
        await this.read();
        problem.textContent = "";
      } catch (error) {
        problem.textContent = error.message;
        if (error.retryAfter) {
          await new Promise((resolve) => { setTimeout(resolve, RETRY); });
          this.changed = true;
        }
      }
    }
    this.reading = false;
  }

  async read() {
    if (this.strokes.empty) return this.clear();
    const reading = await (this.layers ?? api).read(await this.picture(READ_WIDTH), { page: this.page });
    if (this.strokes.empty) this.clear();
    else if (reading) this.results.show(reading);
  }

  clear() {
    this.results.clear();
    this.layers?.clear();
  }

  // Read it once more.
  again() { this.send(); }

  choose(index) {
    const digit = this.results.reading.digits[index];
    ask(digit, () => this.picture(READ_WIDTH), () => this.send());
  }

  async save() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await this.picture(2 * WIDTH));
    link.download = "digits.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
