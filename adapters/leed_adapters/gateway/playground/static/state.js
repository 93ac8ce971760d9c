// What the page shows, and how much of it stands in the address, so that it can be shared.

/** Options of the describer and of the prompt, with what they are if nobody chose. */
export const DEFAULTS = {
  lang: "en",
  scale: "",
  top: "",
  calibration: "",
  tense: "present",
  person: "",
  policy: "subtle",
  handover: "inline",
};

export const TAXONOMY = "hume-48";

/** One set of scores: what they are, and each by its label. */
export const part = (about = {}) => ({
  modality: "prosody",
  taxonomy: TAXONOMY,
  quantity: null,
  exclusive: null,
  scores: new Map(),
  ...about,
});

export const state = {
  options: { ...DEFAULTS },
  parts: [part()],
  text: "",
  usual: false,
  recording: null, // {name, sample, bytes, answer, plot}
  selected: null, // {track, row}
  touched: false, // whether scores differ from those of the segment that is selected
  choices: null, // what the server offers
};

/** Options that differ from what leed does anyway, as its API names them. */
export function chosenOptions() {
  const chosen = {};
  for (const name of ["lang", "scale", "calibration", "tense", "person"]) {
    if (state.options[name] !== DEFAULTS[name]) chosen[name] = state.options[name];
  }
  if (state.options.top) chosen.top = state.options.top === "all" ? "all" : Number(state.options.top);
  return chosen;
}

/** The scores of a part; where asked for, with what is usual of the labels that are not set. */
export function scoresOf(one) {
  const scores = Object.fromEntries(one.scores);
  if (!state.usual || state.selected) return scores;
  const table = usualOf(one);
  return table ? { ...Object.fromEntries(Object.entries(table).map(([label, [median]]) => [label, median])), ...scores } : scores;
}

/** What is usual, by label, as [median, 90th percentile]; null where that is not known, or is not looked at. */
export function usualOf(one) {
  const name = state.options.calibration || (scaleNamed(state.options.scale)?.calibrated === false ? "none" : "");
  const calibrations = state.choices?.calibrations ?? [];
  const found = name ? calibrations.find((c) => c.name === name) : calibrations[0];
  return found?.tables.find((t) => t.taxonomy === one.taxonomy && t.modality === one.modality)?.labels ?? null;
}

export const scaleNamed = (name) => state.choices?.scales.find((scale) => scale.name === name);
export const taxonomyNamed = (name) => state.choices?.taxonomies.find((taxonomy) => taxonomy.name === name);

/** What is measured, as the API takes it. */
export function measured() {
  const text = state.text === "" ? {} : { text: state.text };
  if (state.parts.length > 1) {
    return { expression: Object.fromEntries(state.parts.map((p) => [p.modality, scoresOf(p)])), ...text };
  }
  const [one] = state.parts;
  const about = { scores: scoresOf(one) };
  if (one.modality) about.modality = one.modality;
  if (one.taxonomy && (one.taxonomy !== TAXONOMY || state.selected)) about.taxonomy = one.taxonomy;
  if (one.quantity) about.quantity = one.quantity;
  if (one.exclusive !== null) about.exclusive = one.exclusive;
  return { ...about, ...text };
}

/** The address of what is shown, behind its #. A file of the user's own is not in it. */
export function address() {
  const told = new URLSearchParams();
  if (state.recording?.sample && !state.touched) {
    told.set("sample", state.recording.sample);
    if (state.selected) told.set("at", `${state.selected.track}.${state.selected.row}`);
  } else if (state.parts.length === 1) {
    const [one] = state.parts;
    if (one.modality) told.set("modality", one.modality);
    if (one.taxonomy !== TAXONOMY) told.set("taxonomy", one.taxonomy ?? "");
    told.set("scores", [...one.scores].map(([label, value]) => `${label.replace(/[~:,]/g, (c) => `~${c.charCodeAt(0)}~`)}:${value}`).join(","));
    if (state.text) told.set("text", state.text);
    if (state.usual) told.set("usual", "1");
  }
  for (const [name, value] of Object.entries(state.options)) if (value !== DEFAULTS[name]) told.set(name, value);
  return told.toString();
}

/** What an address says; what it gets wrong is left out, for it may come from anybody. */
export function parsed(text) {
  const told = new URLSearchParams(text.replace(/^#/, ""));
  const options = {};
  for (const name of Object.keys(DEFAULTS)) if (told.has(name)) options[name] = told.get(name).slice(0, 200);
  const found = { options, sample: told.get("sample"), at: null, part: null, text: (told.get("text") ?? "").slice(0, 2000), usual: told.get("usual") === "1" };
  const at = /^(\d{1,6})\.(\d{1,9})$/.exec(told.get("at") ?? "");
  if (at) found.at = { track: Number(at[1]), row: Number(at[2]) };
  if (told.has("scores")) {
    const scores = new Map();
    for (const pair of told.get("scores").split(",").slice(0, 500)) {
      const cut = pair.lastIndexOf(":");
      const value = Number(pair.slice(cut + 1));
      const label = pair.slice(0, cut).replace(/~(\d{1,3})~/g, (_, code) => String.fromCharCode(Number(code)));
      if (cut > 0 && pair.slice(cut + 1) !== "" && Number.isFinite(value) && Math.abs(value) <= 1e9) scores.set(label, value);
    }
    found.part = { modality: told.get("modality") || null, taxonomy: told.get("taxonomy") ?? TAXONOMY, scores };
  }
  return found;
}
