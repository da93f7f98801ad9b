// One look into the network, painted: the way to it, the maps of each stage, one of them enlarged, the answer.

import { Mosaic, PATCH, MARK, bytesOf, floatsOf, grey, heat, largest, paintLarge, pixel, signed } from "./maps.js";
import { firstName } from "./reading.js";

const MOST_BARS = 11;
const SPEAKS = 0.985; // what speaks more than this share of the pixels is in full colour

const asItIs = (colour) => colour;
const $ = (name) => document.getElementById(`layers-${name}`);

export class LookView {
  // network: names of its outputs, the shape of its input, and its stages, as the server tells them.
  constructor({ names, input, stages }) {
    this.names = names;
    [this.height, this.width, this.channels] = input;
    this.stages = stages.map((stage) => ({
      ...stage,
      mosaic: new Mosaic(...stage.shape),
      weights: stage.kernel && floatsOf(stage.kernel.values),
    }));
    this.look = null;
    this.chosen = null; // [stage, map]; the strongest of the last stage until somebody chooses
    this.listed = $("stages");
    this.listed.replaceChildren(...this.stages.map((stage, i) => this.makeStage(stage, i)));
    this.listed.onkeydown = (event) => this.press(event);
    $("map").onpointermove = (event) => this.tellValue(event);
    $("map").onpointerleave = () => this.tellStrongest();
  }

  makeStage(stage, index) {
    const figure = document.createElement("figure");
    const [height, width, maps] = stage.shape;
    stage.canvas = document.createElement("canvas");
    stage.canvas.setAttribute("role", "img");
    stage.canvas.setAttribute("aria-label", `Layer ${index + 1}: ${maps} maps of ${height}×${width}`);
    stage.canvas.onpointermove = (event) => {
      const which = stage.mosaic.at(event.offsetX / stage.canvas.clientWidth, event.offsetY / stage.canvas.clientHeight);
      if (which >= 0) this.choose(index, which);
    };
    stage.canvas.onpointerdown = stage.canvas.onpointermove;
    const caption = document.createElement("figcaption");
    caption.textContent = `${stage.kind === "convolution" ? "conv" : "pool"} ${maps} × ${height}×${width}`;
    figure.append(stage.canvas, caption);
    return figure;
  }

  // Show a look, as the server tells it, at a part of a picture (a Blob).
  async show(look, picture) {
    this.look = { ...look, maps: look.maps.map(floatsOf), features: floatsOf(look.features), spoke: look.spoke.map(floatsOf) };
    const { width, channels } = this;
    const input = bytesOf(look.input);
    this.input = (row, column) => {
      const at = (row * width + column) * channels;
      return channels === 1 ? grey(input[at]) : pixel(input[at], input[at + 1], input[at + 2]);
    };
    this.paintWay();
    this.stages.forEach((_, i) => this.paintStage(i));
    this.paintChosen();
    this.paintAnswer();
    await this.paintDigit(picture);
  }

  async paintDigit(picture) {
    const [x, y, width, height] = this.look.part;
    try {
      const part = await createImageBitmap(picture, x, y, width, height);
      const canvas = $("digit");
      [canvas.width, canvas.height] = [width, height];
      canvas.getContext("2d").drawImage(part, 0, 0);
      part.close();
    } catch { /* a picture that this browser does not show, such as TIFF */ }
  }

  paintWay() {
    const { ink, spoke, answer, second } = this.look;
    $("ink").parentElement.hidden = this.channels > 1; // of a whole picture nothing was cut out
    if (ink) {
      const levels = bytesOf(ink.levels);
      paintLarge($("ink"), ink.size[1], ink.size[0], (row, column) => levels[row * ink.size[0] + column], grey);
    }
    paintLarge($("input"), this.height, this.width, this.input, asItIs);
    $("input-name").textContent = `input ${this.width}×${this.height}`;
    const strengths = spoke.map((values) => values.map(Math.abs).sort());
    const most = Math.max(...strengths.map((sorted) => sorted[Math.floor(SPEAKS * sorted.length)]));
    [answer, second].forEach((which, i) => {
      paintLarge($(`spoke-${i}`), this.height, this.width, (row, column) => spoke[i][row * this.width + column], signed(most));
      $(`for-${i}`).textContent = `spoke for ${firstName(this.names[which])}`;
    });
    $("why").replaceChildren(...this.look.why.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }));
  }

  paintStage(index) {
    const { mosaic, canvas, shape: [, width, maps] } = this.stages[index];
    const values = this.look.maps[index];
    const [stage, which] = this.place;
    const get = (row, column, map) => values[(row * width + column) * maps + map];
    mosaic.paint(canvas, get, heat(largest(values)), stage === index ? which : -1);
  }

  // The map that is enlarged: [stage, map].
  get place() {
    if (this.chosen) return this.chosen;
    const last = this.stages.length - 1;
    const values = this.look.maps[last];
    return [last, values.indexOf(largest(values)) % this.stages[last].shape[2]];
  }

  // A value of the map that is enlarged.
  value(row, column) {
    const [stage, which] = this.place;
    const [, width, maps] = this.stages[stage].shape;
    return this.look.maps[stage][(row * width + column) * maps + which];
  }

  // Row and column of the greatest value of the map that is enlarged.
  get strongest() {
    const [height, width] = this.stages[this.place[0]].shape;
    let best = [0, 0];
    for (let i = 0; i < height * width; i++) {
      const at = [Math.floor(i / width), i % width];
      if (this.value(...at) > this.value(...best)) best = at;
    }
    return best;
  }

  paintChosen() {
    const [index, which] = this.place;
    const { shape: [height, width, maps], field } = this.stages[index];
    const [row, column] = this.strongest;
    const get = (y, x) => this.value(y, x);
    paintLarge($("map"), height, width, get, heat(this.value(row, column)), [column, row, 1, 1], MARK);
    $("map-name").textContent = `map ${which + 1} of ${maps}, layer ${index + 1}`;
    paintLarge($("patch"), this.height, this.width, this.input, asItIs, this.patchOf(field, row, column), PATCH);
    $("patch-name").textContent = `looks at ${field.size}×${field.size}`;
    this.paintKernel();
    this.tellStrongest();
  }

  paintKernel() {
    const [index, which] = this.place;
    const { kernel, weights } = this.stages[index];
    $("kernel").hidden = !kernel;
    $("kernel-name").textContent = "";
    if (!kernel) return;
    const [height, width, inputs, maps] = kernel.shape;
    const get = (row, column, input) => weights[((row * width + column) * inputs + input) * maps + which];
    const own = weights.filter((_, i) => i % maps === which);
    new Mosaic(height, width, inputs).paint($("kernel"), get, signed(largest(own, Math.abs)));
    $("kernel-name").textContent = `weights ${height}×${width}${inputs > 1 ? ` × ${inputs} maps` : ""}`;
  }

  tellStrongest() {
    const [row, column] = this.strongest;
    this.tell("most: ", row, column);
  }

  tellValue(event) {
    const [height, width] = this.stages[this.place[0]].shape;
    const row = Math.floor((event.offsetY / event.target.clientHeight) * height);
    const column = Math.floor((event.offsetX / event.target.clientWidth) * width);
    if (row >= 0 && row < height && column >= 0 && column < width) this.tell("", row, column);
  }

  tell(what, row, column) {
    const value = this.value(row, column).toFixed(5);
    $("value").textContent = `${what}row ${row + 1}, column ${column + 1}: ${value}`;
  }

  choose(stage, which) {
    const [before] = this.place;
    if (this.chosen && before === stage && this.chosen[1] === which) return;
    this.chosen = [stage, which];
    if (before !== stage) this.paintStage(before);
    this.paintStage(stage);
    this.paintChosen();
  }

  // The arrow keys go to the maps beside, and from the last one of a stage to the next stage.
  press(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (!(event.key in steps) || !this.look) return;
    event.preventDefault();
    let [stage, which] = this.place;
    const [along, down] = steps[event.key];
    const { mosaic } = this.stages[stage];
    which += along + down * mosaic.columns;
    if (along && (which < 0 || which >= mosaic.count)) {
      stage = (stage + along + this.stages.length) % this.stages.length;
      which = along > 0 ? 0 : this.stages[stage].mosaic.count - 1;
    } else if (which < 0 || which >= mosaic.count) return;
    this.choose(stage, which);
    $("said").textContent = `${$("map-name").textContent}, ${$("value").textContent}`;
  }

  paintAnswer() {
    const { probabilities, features, answer, second } = this.look;
    let order = [...probabilities.keys()];
    if (order.length > MOST_BARS) order = order.sort((a, b) => probabilities[b] - probabilities[a]).slice(0, MOST_BARS);
    const body = $("answer");
    while (body.children.length < order.length) body.append(document.getElementById("layers-bar").content.firstElementChild.cloneNode(true));
    order.forEach((which, i) => {
      const [name, score, wide] = body.children[i].children;
      name.textContent = firstName(this.names[which]);
      score.textContent = `${(100 * probabilities[which]).toFixed(2)} %`;
      wide.firstChild.style.setProperty("--part", `${100 * probabilities[which]}%`);
      body.children[i].className = which === answer ? "most" : which === second ? "second" : "";
    });
    const columns = Math.ceil(Math.sqrt(8 * features.length));
    const most = largest(features);
    $("features").parentElement.hidden = !features.length;
    if (!features.length) return;
    const rows = Math.ceil(features.length / columns);
    paintLarge($("features"), rows, columns, (row, column) => features[row * columns + column] ?? 0, heat(most));
    $("features-name").textContent = `${features.length} last features`;
  }

  // The patch of the input behind a place of a map: x, y, width and height.
  patchOf({ size, step, start }, row, column) {
    const [x, y] = [column, row].map((place) => Math.max(start + step * place, 0));
    const right = Math.min(start + step * column + size, this.width);
    const foot = Math.min(start + step * row + size, this.height);
    return [x, y, Math.max(1, right - x), Math.max(1, foot - y)];
  }
}
