// The network while it looks at a digit of the source that is at work: the camera, the paper or a picture.

import * as api from "./api.js";
import { LookView } from "./look.js";
import { inOrder } from "./reading.js";

const POLL = 400; // milliseconds between asking whether the network is open
const RATE_OVER = 2000; // milliseconds over which looks are counted
const NOTHING = "No digit has been read yet: there is nothing to look into.";
const LOADING = "Keras is being loaded, to look into the network: some seconds …";

export class LayersTab {
  constructor() {
    this.tab = null; // the source that is looked at
    this.network = null;
    this.view = null;
    this.looks = [];
    this.picks = 0; // counts what was picked: answers to earlier ones pick nothing
    this.forget();
  }

  // Look into the digits of a tab from now on; null ends that.
  async watch(tab) {
    if (this.tab) this.tab.layers = null;
    this.tab = tab;
    this.forget();
    this.clear();
    if (!tab) return;
    tab.layers = this;
    if (!this.network && !await this.open()) return;
    if (this.tab === tab) tab.again();
  }

  // Wait until the network is open; whether it is.
  async open() {
    this.problem("");
    this.state(LOADING);
    try {
      let network = await api.network();
      while (network.state === "loading" && this.tab) {
        await new Promise((resolve) => { setTimeout(resolve, POLL); });
        network = await api.network();
      }
      if (network.state === "loading") return false;
      if (!this.network) this.view = new LookView(network);
      this.network = network;
      this.state(NOTHING);
      return true;
    } catch (error) {
      this.state("");
      this.problem(error.message);
      return false;
    }
  }

  // A reading as the other tabs want it, and a look besides once the network is open.
  async read(picture, wish = {}) {
    if (!this.network) return api.read(picture, wish);
    const { picks } = this;
    const answer = await api.look(picture, { ...wish, ...this.wish() });
    if (answer && picks === this.picks && this.tab) await this.take(answer, picture);
    return answer;
  }

  wish() {
    if (this.point) return { point: this.point.map(Math.floor).join() };
    return this.picked ? { box: this.picked.box.join(), refused: Number(this.picked.refused) } : {};
  }

  async take(answer, picture) {
    const { look } = answer;
    if (look && (this.point || this.picked)) this.picked = { box: look.box, refused: look.refused };
    this.point = null;
    if (!look) return this.clear();
    this.state("");
    document.getElementById("layers-look").hidden = false;
    this.showPicks(answer);
    await this.view.show(look, picture);
    this.count();
  }

  // Look at what is at a point of the picture.
  pick(x, y) {
    this.forget();
    this.point = [x, y];
    this.tab.again();
  }

  forget() {
    this.picks++;
    this.point = this.picked = null;
  }

  clear() {
    document.getElementById("layers-look").hidden = true;
    document.getElementById("layers-picks").replaceChildren();
    document.getElementById("layers-rate").textContent = "";
    if (this.network) this.state(NOTHING);
  }

  // A button for each digit, and for ink that was refused; those that stay keep the focus.
  showPicks(answer) {
    const { digits, refused, look } = answer;
    const place = document.getElementById("layers-picks");
    const read = inOrder(answer).map((index) => ({ ...digits[index], refused: false }));
    const known = refused.some((box) => String(box) === String(look.box));
    const others = look.refused && !known ? [...refused, look.box] : refused;
    const all = [...read, ...others.map((box) => ({ label: "?", box, refused: true }))];
    while (place.children.length > all.length) place.lastChild.remove();
    while (place.children.length < all.length) place.append(document.createElement("button"));
    all.forEach((each, i) => {
      const button = place.children[i];
      if (button.textContent !== each.label) button.textContent = each.label;
      const name = each.refused ? "ink that was refused" : `the ${each.label}`;
      button.title = name;
      button.setAttribute("aria-label", `Look at ${name}`);
      button.setAttribute("aria-pressed", String(each.refused === look.refused && String(each.box) === String(look.box)));
      button.onclick = () => {
        this.forget();
        this.picked = each;
        this.tab.again();
      };
    });
  }

  count() {
    const now = performance.now();
    this.looks = [...this.looks.filter((time) => now - time <= RATE_OVER), now];
    const rate = Math.round((1000 * this.looks.length) / RATE_OVER);
    document.getElementById("layers-rate").textContent = rate > 1 ? `${rate} looks a second` : "";
  }

  problem(sentence) {
    document.getElementById("layers-problem").textContent = sentence;
  }

  state(words) {
    const place = document.getElementById("layers-state");
    if (place.textContent !== words) place.textContent = words;
  }
}
