// The options, as selects that are built from what the server offers.

import { byId, el, fill } from "./dom.js";
import { state } from "./state.js";

function field(label, control, hint) {
  control.id ||= `option-${label.toLowerCase().replaceAll(" ", "-")}`;
  const told = hint ? el("small", { id: `${control.id}-hint` }, hint) : null;
  if (told) control.setAttribute("aria-describedby", told.id);
  return el("label", { class: "field", for: control.id }, el("span", {}, label), control, told);
}

export function select(id, choices, value, onchange) {
  const node = el("select", { id }, ...choices.map(([name, title]) => el("option", { value: name }, title)));
  node.value = value;
  if (node.value !== value) node.value = choices[0][0];
  node.addEventListener("change", () => onchange(node.value));
  return node;
}

const named = (list) => list.map((one) => [one.name, one.title ?? one.name]);

/** Build the options of the sentence and of the prompt; `changed` is told which kind it was. */
export function buildOptions(changed) {
  const { choices, options } = state;
  const set = (name, kind) => (value) => {
    options[name] = value;
    changed(kind);
  };
  const tops = [["", "default"], ...[1, 2, 3, 4, 5].map((n) => [String(n), String(n)]), ["all", "All"]];
  const scales = [["", `${choices.scales[0].name} (default)`], ...choices.scales.slice(1).map((s) => [s.name, s.name])];
  const calibrations = [["", "default"], ...choices.calibrations.map((c) => [c.name, c.name])];
  const person = el("input", { id: "person", type: "text", maxlength: 80, placeholder: "They", autocomplete: "off" });
  person.value = options.person;
  person.addEventListener("input", () => set("person", "words")(person.value));
  fill(
    byId("options"),
    field("Language", select("lang", named(choices.languages), options.lang, set("lang", "words"))),
    field("Scale", select("scale", scales, options.scale, set("scale", "words"))),
    field("Terms at most", select("top", tops, options.top, set("top", "words"))),
    field("Calibration", select("calibration", calibrations, options.calibration, set("calibration", "words"))),
    field("Tense", select("tense", choices.tenses.map((t) => [t, t]), options.tense, set("tense", "words"))),
    field("Person", person),
  );
  fill(
    byId("prompt-options"),
    field("Policy", select("policy", choices.policies.map((p) => [p.name, p.name]), options.policy, set("policy", "prompt"))),
    field("Handover", select("handover", choices.handovers.map((h) => [h.name, h.name]), options.handover, set("handover", "prompt"))),
  );
}

/** Build the choice of what is measured: the label set and the modality. */
export function buildScoreOptions(changed) {
  const [one] = state.parts;
  const own = state.choices.taxonomies.filter((t) => t.aspect === "expression" || t.aspect === "attribute" || t.aspect === "sentiment");
  const taxonomies = own.map((t) => [t.name, `${t.name} (${t.labels.length})`]);
  if (!own.some((t) => t.name === one.taxonomy)) taxonomies.unshift([one.taxonomy ?? "", one.taxonomy ?? "as the labels tell"]);
  const modalities = [...state.choices.modalities.map((m) => [m, m]), ["", "not told"]];
  fill(
    byId("score-options"),
    field("Label set", select("taxonomy", taxonomies, one.taxonomy ?? "", (value) => changed({ taxonomy: value || null }))),
    field("Modality", select("modality", modalities, one.modality ?? "", (value) => changed({ modality: value || null }))),
  );
}
