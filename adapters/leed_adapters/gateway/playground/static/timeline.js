// A recording over time: a plot of one track, its stretches, and the segments to choose from.

import { byId, clock, el, fill, oneLine, svg } from "./dom.js";
import { state } from "./state.js";

const HEIGHT = 230;
const LEFT = 34;
const TOP = 12;
const BOTTOM = 168;
const BAND = 178;

let choose = () => {};
let more = () => {};

/** Call `onchoose(track, row)` when a segment is chosen, and `onmore()` when more of them are wanted. */
export function startTimeline(onchoose, onmore) {
  choose = onchoose;
  more = onmore;
  byId("more-segments").addEventListener("click", () => more());
  byId("track").addEventListener("change", () => {
    state.recording.plot = Number(byId("track").value);
    showPlot();
  });
  new ResizeObserver(() => state.recording && showPlot()).observe(byId("plot"));
}

export function showRecording() {
  const { recording } = state;
  byId("timeline").hidden = !recording;
  if (!recording) return;
  const { answer } = recording;
  byId("loaded").textContent = `${oneLine(recording.name, 60)}, read as ${answer.format}: ${counted(answer)}`;
  byId("told").textContent = answer.report.summary;
  byId("told").lang = state.options.lang;
  showIssues(answer);
  const { plots } = answer.report;
  recording.plot = Math.min(recording.plot, Math.max(plots.length - 1, 0));
  fill(byId("track"), plots.map((plot, i) => el("option", { value: i }, titleOf(plot, i))));
  byId("track").value = String(recording.plot);
  byId("track-field").hidden = plots.length < 2;
  showPlot();
  showSegments();
}

const counted = (answer) => {
  const segments = `${answer.count} ${answer.count === 1 ? "segment" : "segments"}`;
  return answer.track_count > 1 ? `${segments} in ${answer.track_count} tracks` : segments;
};

const titleOf = (plot, i) => [oneLine(plot.who ?? `Track ${i + 1}`, 40), plot.modality].filter(Boolean).join(", ");

function showIssues(answer) {
  byId("issues-box").hidden = answer.issue_count === 0;
  byId("issues-summary").textContent = `${answer.issue_count} ${answer.issue_count === 1 ? "thing was" : "things were"} odd or missing`;
  fill(byId("issues"), answer.issues.map((issue) => el("li", {}, oneLine([issue.source, issue.where, issue.message].filter(Boolean).join(": "), 300))));
}

/** Show the plot of the track that was chosen, as wide as there is room. */
export function showPlot() {
  const plot = state.recording?.answer.report.plots[state.recording.plot];
  const usable = plot && plot.points.length > 1 && plot.series.length > 0;
  byId("plot").hidden = !usable;
  byId("plot-legend").hidden = !usable;
  if (!usable) return;
  const width = Math.max(byId("plot").clientWidth, 260);
  const wide = width > 560;
  const view = viewOf(plot, width, wide ? 92 : 16);
  const names = plot.series.map((series) => oneLine(series.label, 40)).join(", ");
  const span = plot.timed ? `${clock(plot.points[0].begin)} to ${clock(plot.points.at(-1).end)}` : `${plot.points.length} points`;
  fill(
    byId("plot"),
    svg(
      "svg",
      { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": `${titleOf(plot, state.recording.plot)}: ${names}, ${span}` },
      ...steps(plot, view, wide),
      ...plot.series.map((series, i) => curve(series, view, i)).reverse(),
      ...bands(plot, view),
      ...ticks(plot, view, wide ? 5 : 3),
      ...places(plot, view),
    ),
  );
  fill(byId("plot-legend"), plot.series.map((series, i) => el("li", {}, svg("svg", { viewBox: "0 0 28 8", width: 28, height: 8, "aria-hidden": "true" }, svg("path", { class: `curve c${i}`, d: "M0 4L28 4" })), oneLine(series.label, 40))));
}

function viewOf(plot, width, right) {
  const middles = plot.points.map((p, i) => (plot.timed ? (p.begin + (p.end ?? p.begin)) / 2 : i));
  const first = plot.timed ? plot.points[0].begin : 0;
  const last = plot.timed ? Math.max(...plot.points.map((p) => p.end ?? p.begin)) : plot.points.length - 1;
  const values = plot.series.flatMap((series) => series.values.filter((v) => v !== null));
  const bipolar = plot.ladder.quantity === "bipolar";
  const high = bipolar ? 1 : Math.max(0.3, Math.ceil(Math.max(0, ...values) * 10) / 10);
  const low = Math.min(0, ...values);
  const end = width - right;
  const x = (value) => LEFT + (last > first ? (value - first) / (last - first) : 0.5) * (end - LEFT);
  const y = (value) => BOTTOM - ((value - low) / (high - low)) * (BOTTOM - TOP);
  const xs = middles.map(x);
  const edges = [LEFT, ...xs.slice(1).map((at, i) => (xs[i] + at) / 2), end];
  return { x, y, xs, edges, first, last, high, low, end, bipolar };
}

function steps(plot, view, wide) {
  const lines = [svg("line", { class: "axis", x1: LEFT, x2: view.end, y1: BOTTOM, y2: BOTTOM })];
  let last = Infinity;
  for (const step of view.bipolar ? [] : plot.ladder.steps) {
    if (step.from > view.high) continue;
    const at = view.y(step.from);
    lines.push(svg("line", { class: "step", x1: LEFT, x2: view.end, y1: at, y2: at }));
    if (wide && last - at >= 12) {
      lines.push(svg("text", { class: "adverb", x: view.end + 8, y: at + 4 }, step.adverb));
      last = at;
    }
  }
  for (const value of [view.low, view.high]) {
    lines.push(svg("text", { x: LEFT - 6, y: view.y(value) + 4, "text-anchor": "end" }, String(Number(value.toFixed(2)))));
  }
  return lines;
}

function curve(series, view, i) {
  let path = "";
  let pen = false;
  const dots = [];
  series.values.forEach((value, k) => {
    if (value === null) {
      pen = false;
      return;
    }
    const at = `${view.xs[k].toFixed(1)} ${view.y(value).toFixed(1)}`;
    path += `${pen ? "L" : "M"}${at}`;
    pen = true;
    if (series.values.length <= 40) dots.push(svg("circle", { class: `dot c${i}`, cx: view.xs[k].toFixed(1), cy: view.y(value).toFixed(1), r: 2.6 }));
  });
  return svg("g", {}, svg("path", { class: `curve c${i}`, d: path }), ...dots);
}

function bands(plot, view) {
  return plot.stretches.map((stretch) => {
    const from = view.edges[stretch.start];
    const width = Math.max(view.edges[stretch.stop] - from - 1, 1);
    const fits = stretch.words.length * 6.6 < width - 10;
    return svg(
      "g",
      {},
      svg("title", {}, stretch.words),
      svg("rect", { class: "band", x: from, y: BAND, width, height: 20, rx: 4 }),
      fits ? svg("text", { class: "on-band", x: from + 7, y: BAND + 14 }, stretch.words) : null,
    );
  });
}

function ticks(plot, view, count) {
  const found = [];
  for (let i = 0; i < count; i += 1) {
    const value = view.first + ((view.last - view.first) * i) / (count - 1);
    const text = plot.timed ? clock(value) : String(Math.round(value) + 1);
    const anchor = i === 0 ? "start" : i === count - 1 ? "end" : "middle";
    found.push(svg("text", { x: view.x(value), y: HEIGHT - 8, "text-anchor": anchor }, text));
  }
  return found;
}

/** Where to point at a segment, and where the one stands that is selected. */
function places(plot, view) {
  const found = [];
  plot.points.forEach((point, k) => {
    const selected = isSelected(plot, point);
    if (selected) found.push(svg("line", { class: "here", x1: view.xs[k], x2: view.xs[k], y1: TOP - 4, y2: BAND + 20 }));
    found.push(
      svg(
        "rect",
        {
          class: "place",
          x: view.edges[k],
          y: 0,
          width: Math.max(view.edges[k + 1] - view.edges[k], 1),
          height: BAND,
          onclick: () => choose(plot.track, point.row + Math.floor((point.count - 1) / 2)),
        },
        svg("title", {}, [clock(point.begin), point.sentence].filter(Boolean).join(" ")),
      ),
    );
  });
  return found;
}

function isSelected(plot, point) {
  const at = state.selected;
  return at !== null && at.track === plot.track && at.row >= point.row && at.row < point.row + point.count;
}

export function showSegments() {
  const { answer } = state.recording;
  const several = answer.track_count > 1;
  fill(
    byId("segments"),
    answer.rows.map((row) => {
      const selected = state.selected?.track === row.track && state.selected?.row === row.row;
      const who = several ? el("span", { class: "who" }, oneLine([row.speaker, row.modality].filter(Boolean).join(" · "), 40)) : null;
      return el(
        "li",
        {},
        el(
          "button",
          { type: "button", "aria-pressed": String(selected), class: row.notable ? null : "quiet", onclick: () => choose(row.track, row.row) },
          el("span", { class: "time" }, clock(row.begin)),
          who,
          el("span", { class: "words", lang: state.options.lang }, oneLine(row.description, 400)),
        ),
      );
    }),
  );
  const left = answer.count - answer.rows.length;
  byId("more-segments").hidden = left <= 0;
  byId("more-segments").textContent = `Show more (${left} left)`;
}

/** Show which segment is selected, without making the list anew. */
export function showSelected() {
  if (!state.recording) return;
  const { rows } = state.recording.answer;
  [...byId("segments").children].forEach((item, i) => {
    const here = rows[i] && rows[i].track === state.selected?.track && rows[i].row === state.selected?.row;
    item.firstElementChild.setAttribute("aria-pressed", String(Boolean(here)));
  });
  const own = state.recording.answer.report.plots.findIndex((plot) => plot.track === state.selected?.track);
  if (own >= 0 && own !== state.recording.plot) {
    state.recording.plot = own;
    byId("track").value = String(own);
  }
  showPlot();
}
