// A picture that is chosen, dropped, pasted or taken: shown with its labels, and a table of what was read.

import * as api from "./api.js";
import { ask } from "./correcting.js";
import { drawLabels, fit } from "./labels.js";
import { digitAt } from "./reading.js";
import { Results } from "./results.js";

const MOST_BYTES = 10_000_000; // that the server takes

export class PictureTab {
  constructor() {
    this.stage = document.getElementById("picture-stage");
    this.canvas = document.getElementById("picture-view");
    this.results = new Results(document.getElementById("picture-results"), { onChoose: (index) => this.choose(index), table: "score" });
    this.layers = null; // looks into the network while its tab is selected
    this.file = this.image = this.reading = null;
    this.chosen = -1;
    this.count = 0;
    for (const id of ["picture-file", "picture-photo"]) {
      const input = document.getElementById(id);
      input.addEventListener("change", () => {
        if (input.files[0]) this.open(input.files[0]);
        input.value = ""; // the same file may be chosen again
      });
    }
    for (const name of ["dragenter", "dragover"]) this.stage.addEventListener(name, () => this.stage.classList.add("over"));
    for (const name of ["dragleave", "drop"]) this.stage.addEventListener(name, () => this.stage.classList.remove("over"));
    this.canvas.addEventListener("click", (event) => this.tap(event));
    window.addEventListener("resize", () => this.draw());
  }

  enter() { this.draw(); }

  leave() {}

  // Read it once more.
  again() {
    if (this.file) this.read(this.count);
  }

  // Show a file and read it; of several the last one counts.
  async open(file) {
    const number = ++this.count;
    this.file = file;
    this.image = this.reading = null;
    this.problem("");
    this.results.clear();
    this.layers?.clear();
    this.draw();
    if (file.size > MOST_BYTES) {
      return this.problem(`This picture is larger than ${MOST_BYTES / 1e6} MB: make it smaller first.`);
    }
    this.state("reading …");
    // Some that the server reads no browser shows, such as TIFF.
    createImageBitmap(file).then((image) => {
      if (number === this.count) { this.image = image; this.draw(); }
    }, () => {});
    await this.read(number);
  }

  async read(number) {
    try {
      const reading = await (this.layers ?? api).read(this.file);
      if (number !== this.count) return;
      this.reading = reading;
      this.results.show(reading);
      const seconds = (reading.ms.wait + reading.ms.decode + reading.ms.total) / 1000;
      const count = reading.digits.length;
      const digits = reading.classes ? "" : `${count || "no"} digit${count === 1 ? "" : "s"} in `;
      this.state(`${digits}${reading.size.join(" × ")} pixels, ${seconds.toFixed(2)} s`);
    } catch (error) {
      if (number !== this.count) return;
      this.state("");
      this.problem(error.message);
    }
    this.draw();
  }

  problem(sentence) {
    document.getElementById("picture-problem").textContent = sentence;
  }

  state(words) {
    document.getElementById("picture-state").textContent = words;
  }

  // The size of the picture, as the browser or the server says; nothing before either does.
  get size() {
    if (this.reading) return this.reading.size;
    return this.image ? [this.image.width, this.image.height] : null;
  }

  draw() {
    const empty = !this.size;
    this.canvas.hidden = empty;
    document.getElementById("picture-empty").hidden = !empty;
    if (empty || !this.stage.clientWidth) return;
    this.canvas.style.setProperty("--ratio", this.size[0] / this.size[1]);
    fit(this.canvas, this.canvas.clientWidth, this.canvas.clientHeight);
    const context = this.canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.image) context.drawImage(this.image, 0, 0, this.canvas.width, this.canvas.height);
    if (this.reading) drawLabels(this.canvas, this.reading, this.chosen);
  }

  tap(event) {
    if (!this.reading) return;
    const scale = this.reading.size[0] / this.canvas.clientWidth;
    if (this.layers) return this.layers.pick(event.offsetX * scale, event.offsetY * scale);
    const index = digitAt(this.reading, event.offsetX * scale, event.offsetY * scale);
    if (index >= 0) this.choose(index);
  }

  choose(index) {
    this.chosen = index;
    this.draw();
    const { file, count } = this;
    ask(this.reading.digits[index], async () => file, () => this.read(count), () => {
      this.chosen = -1;
      this.draw();
    });
  }
}
