// The sentence, its terms marked; and why it says what it says.

import { byId, el, fill } from "./dom.js";
import { state } from "./state.js";

/** A sentence in pieces: text, and the phrases of its terms, which stand behind whatever was said. */
export function marked(sentence, terms) {
  const found = [];
  let end = sentence.length;
  for (const term of [...terms].reverse()) {
    const at = sentence.lastIndexOf(term.phrase, end - term.phrase.length);
    if (at < 0 || term.phrase === "") continue;
    found.unshift([at, at + term.phrase.length]);
    end = at;
  }
  const pieces = [];
  let place = 0;
  for (const [from, to] of found) {
    pieces.push(sentence.slice(place, from), el("mark", {}, sentence.slice(from, to)));
    place = to;
  }
  return [...pieces, sentence.slice(place)].filter((piece) => piece !== "");
}

export function showSentence(answer) {
  const node = byId("sentence");
  byId("sentence-error").textContent = "";
  node.lang = state.options.lang;
  if (node.textContent !== answer.description) fill(node, marked(answer.description, answer.terms));
  node.classList.toggle("quiet", !answer.notable);
  node.classList.toggle("long", answer.description.length > 140);
  const lines = answer.explanation.split("\n").slice(1);
  const reasons = lines.filter((line) => line.startsWith("- ")).map((line) => line.slice(2));
  const odd = answer.issues.map((issue) => issue.message);
  fill(byId("why"), [...reasons, ...odd].map((line, i) => reason(line, i < answer.terms.length)));
  byId("decided").textContent = [...new Set(lines.filter((line) => /^(read as|decided by):/.test(line)))].join("; ");
}

function reason(line, named) {
  const cut = line.indexOf(": ");
  if (cut < 0) return el("li", {}, line);
  return el("li", { class: named ? "said" : "unsaid" }, el("b", {}, line.slice(0, cut)), ` ${line.slice(cut + 2)}`);
}
