// Scores as bars that are sliders: beside what is usual and the steps of the scale.

import { byId, el, fill, oneLine, score } from "./dom.js";
import { state, taxonomyNamed, usualOf } from "./state.js";

const FEW = 14; // labels that are shown at first, of a set that has more

let rows = new Map(); // by modality and label
let order = [];
let shownAll = false;
let fresh = true; // whether the order is still to be found
let moved = () => {};

const keyOf = (one, label) => JSON.stringify([one.modality, label]);

/** Call `onmove(part, label, value)` when a slider is moved. */
export function startBars(onmove) {
  moved = onmove;
  byId("find").addEventListener("input", show);
  byId("all").addEventListener("click", () => {
    shownAll = !shownAll;
    show();
  });
}

/** Forget the rows: other labels are shown from now on, the strongest of them first. */
export function newBars() {
  rows = new Map();
  order = [];
  fresh = true;
  shownAll = false;
  byId("find").value = "";
}

function labelsOf(one) {
  const known = state.selected ? [] : (taxonomyNamed(one.taxonomy)?.labels ?? []).map((entry) => entry.label);
  return [...new Set([...one.scores.keys(), ...known])];
}

const isBipolar = (one, ladder) => (ladder?.quantity ?? one.quantity ?? taxonomyNamed(one.taxonomy)?.quantity) === "bipolar";

/** The highest score that a bar has room for. */
function roomOf(one, ladder) {
  const steps = ladder?.quantity === "bipolar" ? [] : (ladder?.steps ?? []);
  const highest = Math.max(0, ...one.scores.values());
  const wanted = Math.max(highest, (steps.at(-1)?.from ?? 0.7) * 1.1);
  return wanted <= 0.8 && ladder?.quantity !== "bipolar" ? 0.8 : Math.max(1, Math.ceil(highest * 10) / 10);
}

/** Show the scores of the state, with what the server says of each label. */
export function showBars(answer) {
  const told = new Map((answer?.labels ?? []).map((label) => [JSON.stringify([label.modality, label.label]), label]));
  const groups = [];
  for (const one of state.parts) {
    const ladder = answer?.ladders.find((l) => l.modality === one.modality) ?? null;
    const view = { one, ladder, usual: usualOf(one), room: roomOf(one, ladder), bipolar: isBipolar(one, ladder) };
    for (const label of labelsOf(one)) {
      const key = keyOf(one, label);
      const row = rows.get(key) ?? made(key, one, label);
      rows.set(key, row);
      update(row, view, label, told.get(key) ?? null);
      groups.push({ key, row, named: told.get(key)?.named ?? false, value: one.scores.get(label) ?? -1 });
    }
  }
  if (fresh && (answer || !state.selected)) {
    const strongest = (a, b) => b.named - a.named || b.value - a.value;
    const measuredFirst = (a, b) => (b.value >= 0) - (a.value >= 0);
    order = groups.sort(state.selected ? strongest : measuredFirst).map((g) => g.key);
    fresh = false; // placed once: a slider that is placed anew loses the focus
    fill(byId("bars"), order.map((key) => rows.get(key).node));
  }
  byId("count").textContent = counted(groups);
  show();
}

function counted(groups) {
  const set = groups.filter((g) => g.value !== -1).length;
  const named = groups.filter((g) => g.named).length;
  return `${set} of ${groups.length} measured, ${named} named`;
}

function made(key, one, label) {
  const id = `bar-${rows.size}`;
  const input = el("input", { type: "range", id, min: 0, step: 0.01, autocomplete: "off" });
  const value = el("output", { for: id });
  const says = el("span", { class: "says", id: `${id}-says` });
  const marks = el("span", { class: "marks", "aria-hidden": "true" });
  input.setAttribute("aria-describedby", says.id);
  const several = state.parts.length > 1 ? el("small", {}, ` ${one.modality}`) : null;
  const node = el(
    "li",
    {},
    el("label", { for: id }, oneLine(label, 60), several),
    el("span", { class: "track" }, marks, input),
    value,
    says,
  );
  const row = { node, input, value, says, marks, label, drawn: "" };
  input.addEventListener("input", () => moved(one, label, Number(input.value)));
  return row;
}

function update(row, view, label, told) {
  const { one, room } = view;
  const value = one.scores.get(label);
  row.input.max = room;
  if (document.activeElement !== row.input || value === undefined || Math.abs(Number(row.input.value) - value) > 0.006) {
    row.input.value = value ?? (view.bipolar ? 0.5 : 0);
  }
  const share = (v) => `${Math.min(Math.max((v / room) * 100, 0), 100)}%`;
  const from = view.bipolar ? Math.min(value ?? 0.5, 0.5) : 0;
  const to = view.bipolar ? Math.max(value ?? 0.5, 0.5) : (value ?? 0);
  row.input.style.setProperty("--from", share(from));
  row.input.style.setProperty("--to", share(to));
  row.value.textContent = score(value);
  row.says.textContent = saying(told, value);
  row.says.title = told?.why ?? "";
  row.node.classList.toggle("named", told?.named ?? false);
  row.node.classList.toggle("unset", value === undefined);
  row.input.setAttribute("aria-valuetext", value === undefined ? "not measured" : `${score(value)}, ${row.says.textContent}`);
  drawMarks(row, view, label, share);
}

/** The steps of the scale, the median and the 90th percentile, where they have moved. */
function drawMarks(row, view, label, share) {
  const steps = view.bipolar
    ? (view.ladder?.steps ?? []).flatMap((step) => [0.5 - step.from, 0.5 + step.from])
    : (view.ladder?.steps ?? []).map((step) => step.from);
  const usual = view.usual?.[label] ?? null;
  const drawn = JSON.stringify([steps, usual, view.room]);
  if (row.drawn === drawn) return;
  row.drawn = drawn;
  const mark = (kind, at) => {
    const node = el("i", { class: kind });
    node.style.left = share(at);
    return node;
  };
  const ends = usual ? [mark("median", usual[0]), mark("high", usual[1])] : [];
  fill(row.marks, steps.filter((at) => at <= view.room).map((at) => mark("step", at)), ends);
}

/** In a word or two, what becomes of a label. */
function saying(told, value) {
  if (value === undefined || !told) return "";
  if (told.named) return told.adverb ?? "named";
  const why = told.why;
  if (why.startsWith("not strong")) return "low";
  if (why.startsWith("as usual")) return "as usual";
  if (why.startsWith("repeats") || why.startsWith("withheld") || why.startsWith("beyond")) return why.split(" (")[0];
  return told.adverb ? `${told.adverb}, unsaid` : "unsaid";
}

/** Show the rows that are wanted: those that were found, or the first few. */
function show() {
  const wanted = byId("find").value.trim().toLowerCase();
  const all = byId("all");
  let seen = 0;
  order.forEach((key, place) => {
    const row = rows.get(key);
    const hit = wanted ? row.label.toLowerCase().includes(wanted) : shownAll || place < FEW;
    const busy = document.activeElement === row.input;
    row.node.hidden = !(hit || busy);
    seen += row.node.hidden ? 0 : 1;
  });
  all.hidden = Boolean(wanted) || order.length <= FEW;
  all.textContent = shownAll ? "Show fewer labels" : `Show all ${order.length} labels`;
  all.setAttribute("aria-expanded", String(shownAll));
  byId("bars").classList.toggle("nothing", seen === 0);
}
