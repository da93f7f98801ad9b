// The tabs, and which of the sources is at work.

import { models } from "./api.js";
import { CameraTab } from "./camera.js";
import { allowCorrections, close } from "./correcting.js";
import { DrawTab } from "./draw.js";
import { LayersTab } from "./layers.js";
import { PictureTab } from "./picture.js";
import { tellApart } from "./reading.js";

const sources = { camera: new CameraTab(), draw: new DrawTab(), picture: new PictureTab() };
const layers = new LayersTab();
const LAYERS = "layers";
const names = [...Object.keys(sources), LAYERS];
let current = ""; // the tab that is selected
let source = ""; // what is at work on it: of the layers one of the others

export function select(name) {
  if (!names.includes(name) || name === current) return;
  close();
  current = name;
  for (const each of names) {
    const tab = document.getElementById(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
  }
  history.replaceState(null, "", `#${name}`);
  work(name === LAYERS ? source || "draw" : name);
}

// Have one of the sources at work, and its digits looked into where that is the tab.
function work(name) {
  const looking = current === LAYERS;
  if (source && source !== name) sources[source].leave();
  source = name;
  for (const each of Object.keys(sources)) {
    document.getElementById(each).hidden = each !== name;
    document.getElementById(`layers-${each}`).setAttribute("aria-pressed", String(each === name));
  }
  for (const id of ["layers", "layers-sources"]) document.getElementById(id).hidden = !looking;
  document.querySelector("main").classList.toggle("looking", looking);
  sources[name].enter();
  layers.watch(looking ? sources[name] : null);
}

for (const name of Object.keys(sources)) {
  document.getElementById(`layers-${name}`).addEventListener("click", () => work(name));
}
for (const name of names) {
  document.getElementById(`tab-${name}`).addEventListener("click", () => select(name));
}

document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  let next = names.indexOf(current);
  if (event.key in steps) next = (next + steps[event.key] + names.length) % names.length;
  else if (event.key === "Home") next = 0;
  else if (event.key === "End") next = names.length - 1;
  else return;
  event.preventDefault();
  select(names[next]);
  document.getElementById(`tab-${names[next]}`).focus();
});

// A picture that is pasted or dropped anywhere goes to its tab.
function take(files) {
  const file = [...files][0];
  if (!file) return;
  if (current === LAYERS) work("picture");
  else select("picture");
  sources.picture.open(file);
}

document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files ?? [];
  if (!files.length) return;
  event.preventDefault();
  take(files);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer?.files ?? []);
});
window.addEventListener("hashchange", () => select(location.hash.slice(1)));

select(names.includes(location.hash.slice(1)) ? location.hash.slice(1) : "camera");

try {
  const [model] = await models();
  allowCorrections(model.corrections);
  tellApart(model.classes);
  document.getElementById("model").textContent = `Read on this page's own computer with the model “${model.name}”. Pictures are not kept.`;
} catch (error) {
  document.getElementById("model").textContent = error.message;
}
