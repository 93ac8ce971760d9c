// What comes in: a sample, a file that is opened or dropped, text that is pasted, or sliders.

import { byId, el, fill } from "./dom.js";

/** Each sample's file, title, what it shows, and the segment that is shown first. */
export const SAMPLES = [
  ["call.json", "A call on hold", "voice, 48 labels", { track: 0, row: 1 }],
  ["meeting.json", "Three in a meeting", "three voices", { track: 0, row: 6 }],
  ["against.json", "Words against voice", "two modalities", { track: 1, row: 0 }],
  ["classes.json", "A classifier", "probabilities", { track: 0, row: 2 }],
  ["dimensions.csv", "A table", "arousal, valence", { track: 0, row: 42 }],
];

/** Call `onfile(name, blob)`, `onsample(name)` and `onblank()` when one of them is wanted. */
export function startInput({ onfile, onsample, onblank }) {
  fill(byId("samples"), SAMPLES.map(([name, title, about]) => el("button", { type: "button", "data-sample": name, "aria-pressed": "false", onclick: () => onsample(name) }, title, el("small", {}, about))));
  byId("blank").addEventListener("click", onblank);
  byId("open").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => {
    const [file] = byId("file").files;
    if (file) onfile(file.name, file);
    byId("file").value = "";
  });
  startPaste(onfile);
  startDrop(onfile);
}

export function showStart(sample, blank) {
  for (const button of byId("samples").children) button.setAttribute("aria-pressed", String(button.dataset.sample === sample));
  byId("blank").setAttribute("aria-pressed", String(blank));
}

function startPaste(onfile) {
  const box = byId("paste-box");
  byId("paste").addEventListener("click", () => {
    box.hidden = !box.hidden;
    byId("paste").setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) byId("pasted").focus();
  });
  const read = (text) => onfile(/^\s*[[{]/.test(text) ? "pasted.json" : "pasted.csv", new Blob([text]));
  byId("read-pasted").addEventListener("click", () => read(byId("pasted").value));
  document.addEventListener("paste", (event) => {
    if (event.target.closest?.("input, textarea")) return;
    const [file] = event.clipboardData.files;
    const text = event.clipboardData.getData("text/plain");
    if (file) onfile(file.name, file);
    else if (text.trim()) read(text);
  });
}

function startDrop(onfile) {
  const veil = byId("dropping");
  const holdsFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!holdsFile(event)) return;
    depth += 1;
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!holdsFile(event)) return;
    depth = Math.max(depth - 1, 0);
    veil.hidden = depth === 0;
  });
  addEventListener("dragover", (event) => holdsFile(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    depth = 0;
    veil.hidden = true;
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    onfile(file.name, file);
  });
}
