// The Python, and the curl, that do the same.

import { byId } from "./dom.js";
import { chosenOptions, measured, state } from "./state.js";

let shown = "python";

// A JSON string is one of Python's too.
const quoted = (text) => JSON.stringify(text);

function python(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, inner]) => `${quoted(name)}: ${python(inner)}`).join(", ")}}`;
  }
  return typeof value === "string" ? quoted(value) : String(value);
}

const keywords = (options) => Object.entries(options).map(([name, value]) => `${name}=${python(value)}`);

/** A call, on lines of its own where it is long. */
function call(name, parts) {
  const line = `${name}(${parts.join(", ")})`;
  return line.length <= 88 ? line : `${name}(\n${parts.map((one) => `    ${one},\n`).join("")})`;
}

function prompting() {
  const { handover, policy } = state.options;
  const options = {};
  if (handover !== "inline") options.handover = handover;
  if (policy !== "subtle") options.policy = policy;
  const message = `[{"role": "user", "content": ${quoted(state.text)}}]`;
  return `messages = ${call("leed.inject", [message, "description", ...keywords(options), ...keywords(chosenOptions())])}`;
}

export function pythonCode() {
  const options = keywords(chosenOptions());
  const lines = ["import leed", ""];
  if (state.recording && !state.touched) {
    lines.push(`recording = leed.read(${quoted(state.recording.name)})`);
    lines.push(`print(${call("leed.summarize", ["recording", "max_tokens=200", ...options])})`);
    if (state.selected && state.parts.length === 1) {
      const { track, row } = state.selected;
      lines.push(`segment = recording.tracks[${track}].segment(${row})`);
      lines.push(`description = ${call("leed.describe", ["segment", ...options])}`, "print(description)", prompting());
      return lines.join("\n");
    }
  }
  const { scores, expression, ...about } = measured();
  lines.push(`description = ${call("leed.describe", [python(expression ?? scores), ...keywords(about), ...options])}`);
  lines.push("print(description)", prompting());
  return lines.join("\n");
}

const inShell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export function curlCode() {
  const { origin } = location;
  if (state.recording && !state.touched) {
    const query = new URLSearchParams(chosenOptions()).toString();
    const file = inShell(`@${state.recording.name}`);
    return `curl -s --data-binary ${file} \\\n  ${inShell(`${origin}/leed/v1/read${query ? `?${query}` : ""}`)}`;
  }
  const body = inShell(JSON.stringify({ ...measured(), ...chosenOptions() }));
  return `curl -s ${origin}/leed/v1/describe \\\n  -H 'content-type: application/json' \\\n  -d ${body}`;
}

export function showCode() {
  byId("code").textContent = shown === "python" ? pythonCode() : curlCode();
}

export function startCode() {
  for (const kind of ["python", "curl"]) {
    byId(`code-${kind}`).addEventListener("click", () => {
      shown = kind;
      for (const other of ["python", "curl"]) byId(`code-${other}`).setAttribute("aria-pressed", String(other === kind));
      showCode();
    });
  }
  byId("copy").addEventListener("click", async () => {
    const told = byId("copied");
    try {
      await navigator.clipboard.writeText(byId("code").textContent);
      told.textContent = "Copied.";
      byId("copy").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId("code"));
      told.textContent = "It is selected: copy it with the keyboard.";
      byId("copy").textContent = "Selected";
    }
    setTimeout(() => {
      byId("copy").textContent = "Copy";
      told.textContent = "";
    }, 2500);
  });
}
