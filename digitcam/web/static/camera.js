// The camera: frames go to the server as fast as it reads them, labels are drawn over the live video.

import * as api from "./api.js";
import { makeCanvas, toBlob } from "./canvas.js";
import { ask } from "./correcting.js";
import { drawLabels, fit } from "./labels.js";
import { digitAt } from "./reading.js";
import { Results } from "./results.js";

const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: { ideal: "environment" } };
// One frame is read while the next one is on its way.
const MOST_UNDER_WAY = 2;
const JPEG = ["image/jpeg", 0.9];
const RATE_OVER = 2000; // milliseconds over which readings are counted
const HERE = "Drawing and pictures work without it.";
const PROBLEMS = {
  NotAllowedError: `The camera was refused. Allow it in the browser's address bar, then start it again. ${HERE}`,
  NotFoundError: `No camera was found. Plug one in, then start it again. ${HERE}`,
  NotReadableError: `The camera does not start: another program may be using it. ${HERE}`,
  OverconstrainedError: "This camera is gone: choose another one.",
};
const INSECURE =
  "Browsers give the camera to pages on HTTPS or localhost alone, and this page is on neither. " +
  "On a phone, “Take a photo” under Picture works; on the computer that runs digitcam, open its address with localhost.";

export class CameraTab {
  constructor() {
    this.video = document.getElementById("camera-video");
    this.canvas = document.getElementById("camera-labels");
    this.results = new Results(document.getElementById("camera-results"), { onChoose: (index) => this.choose(index) });
    this.startButton = document.getElementById("camera-start");
    this.freezeButton = document.getElementById("camera-freeze");
    this.devices = document.getElementById("camera-devices");
    this.layers = null; // looks into the network while its tab is selected
    this.stream = null;
    this.session = 0; // counts the starts: answers to an earlier one are dropped
    this.frozen = false;
    this.shown = null; // the reading that is shown, and the picture that it is of
    this.chosen = -1;
    this.startButton.addEventListener("click", () => (this.stream ? this.stop() : this.start()));
    this.freezeButton.addEventListener("click", () => this.freeze(!this.frozen));
    this.devices.addEventListener("change", () => this.start(this.devices.value));
    this.canvas.addEventListener("click", (event) => this.tap(event));
    document.addEventListener("visibilitychange", () => this.send());
    this.video.addEventListener("resize", () => { // the picture's size is known, or has changed
      this.video.style.setProperty("--ratio", this.video.videoWidth / this.video.videoHeight);
      this.draw();
    });
    window.addEventListener("resize", () => this.draw());
  }

  async enter() {
    if (!navigator.mediaDevices?.getUserMedia) return this.fail(INSECURE);
    try { // who has allowed it before need not ask for it again
      const state = await navigator.permissions.query({ name: "camera" });
      if (state.state === "granted" && !this.stream) await this.start();
    } catch { /* a browser that does not tell */ }
  }

  leave() {
    this.stop();
  }

  async start(device = "") {
    if (!navigator.mediaDevices?.getUserMedia) return this.fail(INSECURE);
    this.stop();
    const session = ++this.session;
    this.problem("");
    this.startButton.disabled = true;
    try {
      const video = device ? { ...WANTED, facingMode: undefined, deviceId: { exact: device } } : WANTED;
      const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      if (session !== this.session) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      this.video.srcObject = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => this.lost(session));
      await this.video.play();
    } catch (error) {
      if (session === this.session) this.fail(PROBLEMS[error.name] ?? `The camera does not start: ${error.message}.`);
      return;
    }
    this.begin();
    await this.listDevices();
  }

  begin() {
    document.getElementById("camera-empty").hidden = true;
    this.startButton.disabled = false;
    this.startButton.textContent = "Stop";
    this.startButton.classList.remove("main");
    this.freezeButton.disabled = false;
    this.page = api.pageName("camera");
    this.began = performance.now();
    this.frame = this.newest = 0;
    this.underWay = 0;
    this.answers = [];
    this.waitForFrame(this.session);
  }

  stop() {
    this.session++;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = this.video.srcObject = this.shown = null;
    this.setFrozen(false);
    this.freezeButton.disabled = true;
    this.startButton.disabled = false;
    this.startButton.textContent = "Start the camera";
    this.startButton.classList.add("main");
    document.getElementById("camera-empty").hidden = false;
    document.getElementById("camera-rate").textContent = "";
    this.results.clear();
    this.layers?.clear();
    this.draw();
  }

  fail(sentence) {
    this.stop();
    this.problem(sentence);
  }

  lost(session) {
    if (session === this.session) this.fail("The camera has stopped: was it unplugged? Start it again.");
  }

  problem(sentence) {
    document.getElementById("camera-problem").textContent = sentence;
  }

  // Names of cameras are told once one of them may be used.
  async listDevices() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const cameras = all.filter((device) => device.kind === "videoinput");
    const current = this.stream?.getVideoTracks()[0].getSettings().deviceId;
    this.devices.replaceChildren(
      ...cameras.map((camera, i) => new Option(camera.label || `camera ${i + 1}`, camera.deviceId, false, camera.deviceId === current)),
    );
    document.getElementById("camera-choice").hidden = cameras.length < 2;
  }

  waitForFrame(session) {
    const next = () => {
      if (session !== this.session) return;
      this.send();
      this.waitForFrame(session);
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(next);
    else requestAnimationFrame(next);
  }

  // Send the picture of this moment, unless enough are under way.
  async send() {
    if (!this.stream || this.frozen || document.hidden || this.resting || this.underWay >= MOST_UNDER_WAY) return;
    if (!this.video.videoWidth) return;
    const session = this.session;
    this.underWay++;
    const picture = grab(this.video);
    const wish = { page: this.page, time: (performance.now() - this.began) / 1000, frame: this.frame++ };
    try {
      const reading = await (this.layers ?? api).read(await toBlob(picture, ...JPEG), wish);
      if (reading && session === this.session) this.take(reading, picture);
    } catch (error) {
      if (session === this.session) this.rest(error);
    } finally {
      if (session === this.session) this.underWay--;
    }
  }

  take(reading, picture) {
    this.problem("");
    this.count();
    if (this.frozen || reading.frame < this.newest) return;
    this.newest = reading.frame;
    this.show(reading, picture);
  }

  show(reading, picture) {
    this.shown = { reading, picture };
    this.results.show(reading);
    this.draw();
  }

  // The server is busy or gone: say so, and ask again a little later.
  rest(error) {
    this.problem(error.message);
    this.resting = true;
    setTimeout(() => { this.resting = false; this.send(); }, 1000 * (error.retryAfter || 1));
  }

  count() {
    const now = performance.now();
    this.answers.push(now);
    this.answers = this.answers.filter((time) => now - time <= RATE_OVER);
    const over = Math.min(RATE_OVER, now - this.began) / 1000;
    if (over > 1) document.getElementById("camera-rate").textContent = `${Math.round(this.answers.length / over)} readings a second`;
  }

  freeze(frozen) {
    if (!this.shown) return;
    this.setFrozen(frozen);
    this.draw();
  }

  setFrozen(frozen) {
    this.frozen = frozen;
    this.freezeButton.setAttribute("aria-pressed", String(frozen));
  }

  draw() {
    const { clientWidth: width, clientHeight: height, offsetLeft, offsetTop } = this.video;
    fit(this.canvas, width, height);
    Object.assign(this.canvas.style, {
      width: `${width}px`, height: `${height}px`, left: `${offsetLeft}px`, top: `${offsetTop}px`,
    });
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.shown) return;
    if (this.frozen) context.drawImage(this.shown.picture, 0, 0, this.canvas.width, this.canvas.height);
    drawLabels(this.canvas, this.shown.reading, this.chosen);
  }

  tap(event) {
    if (!this.shown) return;
    const { reading } = this.shown;
    const scale = reading.size[0] / this.canvas.clientWidth;
    if (this.layers) return this.layers.pick(event.offsetX * scale, event.offsetY * scale);
    const index = digitAt(reading, event.offsetX * scale, event.offsetY * scale);
    if (index >= 0) this.choose(index);
  }

  // The picture stands still while somebody says what a digit is.
  choose(index) {
    const { reading, picture } = this.shown;
    const before = this.frozen;
    this.freeze(true);
    this.chosen = index;
    this.draw();
    ask(reading.digits[index], () => toBlob(picture, ...JPEG), () => this.learnt(picture), () => {
      this.chosen = -1;
      if (!before) this.setFrozen(false);
      this.draw();
    });
  }

  // A frozen picture is read again; the film is anyway.
  again() {
    if (this.shown) this.learnt(this.shown.picture);
  }

  async learnt(picture) {
    if (!this.frozen) return;
    try {
      const reading = await (this.layers ?? api).read(await toBlob(picture, ...JPEG));
      if (this.frozen && this.shown?.picture === picture) this.show(reading, picture);
    } catch (error) {
      this.problem(error.message);
    }
  }
}

function grab(video) {
  const canvas = makeCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0);
  return canvas;
}
