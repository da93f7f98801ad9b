// The three tabs, and which of them is at work.

import { models } from "./api.js";
import { CameraTab } from "./camera.js";
import { allowCorrections, close } from "./correcting.js";
import { DrawTab } from "./draw.js";
import { PictureTab } from "./picture.js";
import { tellApart } from "./reading.js";

const tabs = { camera: new CameraTab(), draw: new DrawTab(), picture: new PictureTab() };
const names = Object.keys(tabs);
let current = "";

export function select(name) {
  if (!(name in tabs) || name === current) return;
  close();
  if (current) tabs[current].leave();
  current = name;
  for (const each of names) {
    const tab = document.getElementById(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    document.getElementById(each).hidden = each !== name;
  }
  history.replaceState(null, "", `#${name}`);
  tabs[name].enter();
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
  select("picture");
  tabs.picture.open(file);
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

select(location.hash.slice(1) in tabs ? location.hash.slice(1) : "camera");

try {
  const [model] = await models();
  allowCorrections(model.corrections);
  tellApart(model.classes);
  document.getElementById("model").textContent = `Read on this page's own computer with the model “${model.name}”. Pictures are not kept.`;
} catch (error) {
  document.getElementById("model").textContent = error.message;
}
