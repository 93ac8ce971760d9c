// The messages as they would be sent, with what leed puts in marked.

import { byId, el, fill } from "./dom.js";

export function showPrompt(answer) {
  byId("prompt-error").textContent = "";
  const count = answer.exact ? `${answer.tokens} tokens` : `about ${answer.tokens} tokens`;
  byId("tokens").textContent = `${count}, ${answer.injected} of them leed's (${answer.counter})`;
  fill(byId("prompt"), answer.marked.map(message));
}

const LONG = 420; // characters from which a message is shown in part
let whole = false; // whether long messages are shown in full

function message(one) {
  const parts = one.parts.map((part) =>
    part.injected ? el("ins", {}, el("span", { class: "away" }, "added by leed: "), part.text) : part.text,
  );
  const length = one.parts.reduce((sum, part) => sum + part.text.length, 0);
  const words = el("div", { class: "words" }, ...(length ? parts : [el("i", {}, "no words")]));
  return el(
    "li",
    {},
    el("p", { class: "who" }, one.who, el("small", {}, ` ${one.tokens} tokens`)),
    words,
    length > LONG ? fold(words) : null,
  );
}

/** A button that shows all of a long message, or its beginning. */
function fold(words) {
  const button = el("button", { type: "button" });
  const show = () => {
    words.classList.toggle("short", !whole);
    button.setAttribute("aria-expanded", String(whole));
    button.textContent = whole ? "Show its beginning" : "Show all of it";
  };
  button.addEventListener("click", () => {
    whole = !whole;
    show();
  });
  show();
  return button;
}
