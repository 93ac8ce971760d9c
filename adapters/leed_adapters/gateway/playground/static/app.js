// The playground: what changes leads to requests, and their answers to what is shown.

import { newBars, showBars, startBars } from "./bars.js";
import { buildOptions, buildScoreOptions } from "./choices.js";
import { showCode, startCode } from "./code.js";
import { byId, debounced } from "./dom.js";
import { SAMPLES, showStart, startInput } from "./input.js";
import { showPrompt } from "./prompt.js";
import { showSentence } from "./sentence.js";
import { ask, Failed, post, send, Stale, useKey } from "./server.js";
import { address, chosenOptions, DEFAULTS, measured, parsed, part, state, taxonomyNamed, TAXONOMY } from "./state.js";
import { startTheme } from "./theme.js";
import { showRecording, showSegments, showSelected, startTimeline } from "./timeline.js";

const WAIT = 120; // milliseconds without a change before the server is asked
const PAGE = 100; // segments at a time

let own = ""; // the address that this page has written itself

/** Run something that asks the server; what fails is said where it arises, and all else stays as it is. */
async function trying(place, run) {
  try {
    await run();
    byId(place).textContent = "";
  } catch (error) {
    if (error instanceof Stale) return;
    if (!(error instanceof Failed)) throw error;
    byId(place).textContent = error.message;
  }
}

// --- asking

const describe = () =>
  trying("sentence-error", async () => {
    const answer = await post("describe", "/leed/v1/describe", { ...measured(), ...chosenOptions() });
    showSentence(answer);
    showBars(answer);
  });

const prompt = () =>
  trying("prompt-error", async () => {
    const { policy, handover } = state.options;
    showPrompt(await post("prompt", "/leed/v1/prompt", { ...measured(), ...chosenOptions(), policy, handover }));
  });

const describeSoon = debounced(describe, WAIT);
const promptSoon = debounced(prompt, WAIT);
const readSoon = debounced(() => state.recording && readAgain(), WAIT);
const keepSoon = debounced(() => {
  own = address();
  history.replaceState(null, "", `#${own}`);
}, WAIT);

/** After a change: "scores" of the sliders, "words" by an option, or the "prompt" alone. */
function changed(kind) {
  if (kind !== "prompt") describeSoon();
  if (kind === "words") readSoon();
  promptSoon();
  showCode();
  keepSoon();
}

const readPath = (more) => `/leed/v1/read?${new URLSearchParams({ ...chosenOptions(), ...more })}`;

// --- recordings

function tooLarge(blob) {
  const most = state.choices.limits.file;
  return blob.size > most ? `The file has ${blob.size.toLocaleString("en")} bytes; this server takes ${most.toLocaleString("en")} at most.` : "";
}

async function open(name, blob, { sample = null, at = null } = {}) {
  await trying("input-error", async () => {
    const why = tooLarge(blob);
    if (why) throw new Failed(why);
    const answer = await send("read", readPath({ limit: PAGE }), blob);
    state.recording = { name, sample, bytes: blob, answer, plot: 0 };
    state.usual = false;
    showStart(sample, false);
    showRecording();
    const first = answer.rows.find((row) => row.notable) ?? answer.rows[0];
    if (at || first) await select(at?.track ?? first.track, at?.row ?? first.row);
    else clearScores();
  });
}

async function openSample(name, at = null) {
  const [, , , first] = SAMPLES.find(([sample]) => sample === name);
  await trying("input-error", async () => {
    const answer = await fetch(`/playground/samples/${name}`);
    if (!answer.ok) throw new Failed(`The sample cannot be loaded: the server answered ${answer.status}.`);
    await open(name, await answer.blob(), { sample: name, at: at ?? first });
  });
}

/** Read the recording once more: an option has changed the words. */
async function readAgain() {
  await trying("input-error", async () => {
    const { recording } = state;
    const limit = Math.min(Math.max(recording.answer.rows.length, PAGE), state.choices.limits.rows);
    const answer = await send("read", readPath({ limit }), recording.bytes);
    if (state.recording !== recording) return;
    recording.answer = answer;
    showRecording();
    showSelected();
  });
}

async function moreSegments() {
  await trying("input-error", async () => {
    const { recording } = state;
    const offset = recording.answer.rows.length;
    const answer = await send("more", readPath({ limit: PAGE, offset, report: "no" }), recording.bytes);
    recording.answer.rows.push(...answer.rows);
    showSegments();
  });
}

async function rowAt(track, row) {
  const { recording } = state;
  const known = recording.answer.rows.find((one) => one.track === track && one.row === row);
  if (known) return known;
  const answer = await send("row", readPath({ track, offset: row, limit: 1, report: "no" }), recording.bytes);
  return answer.rows[0] ?? null;
}

/** Show one segment: its scores, and those of other modalities of the same stretch. */
async function select(track, row) {
  await trying("input-error", async () => {
    const found = await rowAt(track, row);
    if (!found) return;
    const beside = state.recording.answer.rows.filter((one) => one !== found && one.modality !== found.modality && sameStretch(one, found));
    const rows = [...beside.filter((one, i) => beside.findIndex((o) => o.modality === one.modality) === i), found];
    state.parts = (found.modality ? rows.filter((one) => one.modality) : [found]).map((one) =>
      part({ modality: one.modality, taxonomy: one.taxonomy, quantity: one.quantity, exclusive: one.exclusive, scores: new Map(Object.entries(one.scores)) }),
    );
    state.selected = { track, row };
    state.text = found.text ?? "";
    state.touched = false;
    showInput();
    showSelected();
    changed("scores");
  });
}

const sameStretch = (a, b) => a.source === b.source && a.speaker === b.speaker && a.begin !== null && a.begin === b.begin && a.end === b.end && a.aspect === b.aspect;

// --- sliders

function clearScores() {
  state.parts = [part({ modality: state.parts[0].modality ?? "prosody" })];
  state.selected = null;
  state.text = "";
  state.touched = true;
  showInput();
  changed("scores");
}

function blank(about = { part: part({ scores: new Map([["Sadness", 0.34]]) }), text: "I'm fine" }) {
  state.recording = null;
  state.selected = null;
  state.touched = true;
  state.parts = [about.part];
  state.text = about.text;
  state.usual = about.usual ?? false;
  showStart(null, true);
  showRecording();
  showInput();
  changed("scores");
}

/** Show what the scores are, in the fields above them. */
function showInput() {
  newBars();
  buildScoreOptions(setPart);
  byId("score-options").hidden = state.parts.length > 1;
  byId("text").value = state.text;
  byId("usual").checked = state.usual;
  byId("usual-field").hidden = Boolean(state.selected);
  showBars(null);
}

function setPart(about) {
  const [one] = state.parts;
  Object.assign(one, about);
  if ("taxonomy" in about) {
    const chosen = taxonomyNamed(about.taxonomy);
    if (chosen?.modalities.length && !chosen.modalities.includes(one.modality)) one.modality = chosen.modalities[0];
    state.parts = [part({ modality: one.modality, taxonomy: about.taxonomy ?? TAXONOMY })];
    state.selected = null;
  }
  state.touched = true;
  showInput();
  changed("scores");
}

function move(one, label, value) {
  const quantity = one.quantity ?? taxonomyNamed(one.taxonomy)?.quantity;
  if (value === 0 && !state.selected && quantity === "intensity") one.scores.delete(label);
  else one.scores.set(label, value);
  state.touched = true;
  showBars(null);
  changed("scores");
}

// --- the address

/** Show what the address says; if it says nothing, the first sample. */
async function follow() {
  const told = parsed(location.hash);
  const allowed = {
    lang: state.choices.languages,
    scale: state.choices.scales,
    calibration: state.choices.calibrations,
    policy: state.choices.policies,
    handover: state.choices.handovers,
  };
  state.options = { ...DEFAULTS };
  for (const [name, value] of Object.entries(told.options)) {
    const fits = {
      top: () => value === "all" || /^[1-9]\d{0,2}$/.test(value),
      tense: () => state.choices.tenses.includes(value),
      person: () => true,
    }[name] ?? (() => allowed[name].some((one) => one.name === value));
    if (fits()) state.options[name] = name === "scale" && value === state.choices.scales[0].name ? "" : value;
  }
  buildOptions(changed);
  if (told.part) {
    const modality = state.choices.modalities.includes(told.part.modality) ? told.part.modality : null;
    const taxonomy = taxonomyNamed(told.part.taxonomy) ? told.part.taxonomy : TAXONOMY;
    blank({ part: part({ ...told.part, modality, taxonomy }), text: told.text, usual: told.usual });
    return;
  }
  const sample = SAMPLES.some(([name]) => name === told.sample) ? told.sample : null;
  await openSample(sample ?? SAMPLES[0][0], sample ? told.at : null);
}

// --- start

async function start() {
  startTheme(byId("theme"));
  startBars(move);
  startCode();
  startTimeline(select, moreSegments);
  startInput({ onfile: open, onsample: (name) => openSample(name), onblank: () => blank() });
  byId("clear").addEventListener("click", clearScores);
  byId("text").addEventListener("input", () => {
    state.text = byId("text").value;
    state.touched = true;
    changed("scores");
  });
  byId("usual").addEventListener("change", () => {
    state.usual = byId("usual").checked;
    changed("scores");
  });
  addEventListener("hashchange", () => location.hash.slice(1) !== own && follow());
  document.addEventListener("leed:key", () => {
    byId("key-form").hidden = false;
  });
  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useKey(byId("key").value);
    byId("key-form").hidden = true;
    begin();
  });
  await begin();
}

async function begin() {
  await trying("input-error", async () => {
    state.choices = await ask("options", "/leed/v1/options");
    byId("version").textContent = `leed ${state.choices.version}, served by this machine. Nothing is sent anywhere else.`;
    await follow();
    document.documentElement.dataset.ready = "";
  });
}

start();
