/* Charts of numbers over time: drawn as SVG, told as a table beside it. All days are days in UTC. */
import { html, useId, useState } from "../../vendor/kit.js";
import { numberText } from "./numbers.js";

const HEIGHT = 100; // of the drawing; both directions are stretched to the room there is
const GAP = 0.2; // of the room of a bar
const STEPS = [2, 4, 6, 8, 10];
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const wholeDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/* The smallest round number that is even, so that half of it is a number too, and not below the largest sum. */
function roof(largest) {
  const magnitude = 10 ** Math.max(0, Math.ceil(Math.log10(Math.max(largest, 1))) - 1);
  return STEPS.map((step) => step * magnitude).find((candidate) => candidate >= largest) ?? 10 * magnitude;
}

/* Each series' lower and upper edge at each point, from the bottom up. */
function stacked(points, series) {
  const floors = points.map(() => 0);
  return series.map(({ key }) => points.map(({ values }, index) => {
    const from = floors[index];
    floors[index] += values[key];
    return [from, floors[index]];
  }));
}

function Areas({ points, series, top }) {
  const step = 1 / Math.max(points.length - 1, 1);
  const edges = stacked(points, series);
  const at = (index, value) => `${index * step} ${HEIGHT * (1 - value / top)}`;
  return series.map(({ key, tone }, number) => {
    const layer = edges[number].length > 1 ? edges[number] : [...edges[number], ...edges[number]];
    const above = layer.map(([, upper], index) => at(index, upper));
    const below = layer.map(([lower], index) => at(index, lower)).reverse();
    const isThere = (index) => layer[index][1] > layer[index][0];
    // no edge where there is nothing: it would lie on that of the series below
    const edge = above.slice(1).map((to, index) => (
      isThere(index) || isThere(index + 1) ? `M${above[index]}L${to}` : ""
    ));
    return html`
      <g key=${key} class=${`series series-${tone}`}>
        <path class="area" d=${`M${[...above, ...below].join("L")}Z`} />
        <path class="edge" d=${edge.join("")} />
      </g>
    `;
  });
}

function Bars({ points, series, top }) {
  const room = 1 / points.length;
  const edges = stacked(points, series);
  return series.map(({ key, tone }, number) => html`
    <g key=${key} class=${`series series-${tone}`}>
      ${edges[number].map(([from, to], index) => to > from && html`
        <rect class="bar" key=${index} x=${(index + GAP / 2) * room} width=${(1 - GAP) * room}
          y=${HEIGHT * (1 - to / top)} height=${(HEIGHT * (to - from)) / top} />
      `)}
    </g>
  `);
}

const KINDS = { area: Areas, bars: Bars };

/* Which point is meant by a place in the drawing, from 0 to 1. */
function nearest(place, kind, count) {
  const index = kind === "area" ? Math.round(place * (count - 1)) : Math.floor(place * count);
  return Math.min(Math.max(index, 0), count - 1);
}

function Drawing({ kind, points, series, shown, onShow }) {
  const top = roof(Math.max(...points.map(({ values }) => series.reduce((sum, { key }) => sum + values[key], 0))));
  const Marks = KINDS[kind];
  const mark = kind === "area" ? shown / Math.max(points.length - 1, 1) : (shown + 0.5) / points.length;

  function onMove(event) {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onShow(nearest((event.clientX - left) / width, kind, points.length));
  }

  return html`
    <div class="plot" aria-hidden="true">
      <div class="plot-scale">
        ${[top, top / 2, 0].map((value) => html`<span key=${value}>${numberText(value)}</span>`)}
      </div>
      <svg class="plot-drawing" viewBox=${`0 0 1 ${HEIGHT}`} preserveAspectRatio="none"
        onPointerMove=${onMove} onPointerDown=${onMove} onPointerLeave=${() => onShow(null)}>
        ${[0, 0.5, 1].map((part) => html`
          <path key=${part} class="grid-line" d=${`M0 ${HEIGHT * part}H1`} />`)}
        <${Marks} points=${points} series=${series} top=${top} />
        ${shown !== null && html`<path class="mark" d=${`M${mark} 0V${HEIGHT}`} />`}
      </svg>
      <div class="plot-days">
        <span>${dayAndMonth.format(new Date(points[0].start))}</span>
        ${points.length > 1 && html`<span>${dayAndMonth.format(new Date(points.at(-1).start))}</span>`}
      </div>
    </div>
  `;
}

function totalOf(points, key, kind) {
  return kind === "area" ? points.at(-1).values[key] : points.reduce((sum, { values }) => sum + values[key], 0);
}

/* What the colours mean, with the numbers of the point that is looked at, else those of the whole chart. */
function Legend({ kind, points, series, point, bucketText }) {
  return html`
    <div class="legend">
      <span class="legend-of">
        ${point ? bucketText(wholeDay.format(new Date(point.start))) : kind === "area" ? "Now" : "All together"}
      </span>
      <ul class="legend-list">
        ${series.map(({ key, text, tone }) => html`
          <li key=${key} class="legend-entry">
            <svg class=${`swatch series-${tone}`} viewBox="0 0 1 1" aria-hidden="true">
              <rect width="1" height="1" />
            </svg>
            ${text} <b>${numberText(point ? point.values[key] : totalOf(points, key, kind))}</b>
          </li>
        `)}
      </ul>
    </div>
  `;
}

function DataTable({ label, points, series, first, href }) {
  const day = (start) => wholeDay.format(new Date(start));
  return html`
    <details class="chart-data">
      <summary>Numbers as a table</summary>
      <div class="chart-table" role="region" aria-label=${`${label}: numbers`} tabindex="0">
        <table class="table-plain">
          <caption class="visually-hidden">${label}</caption>
          <thead>
            <tr>
              <th scope="col">${first}</th>
              ${series.map(({ key, text }) => html`<th scope="col" key=${key}>${text}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${points.toReversed().map(({ start, values }) => html`
              <tr key=${start}>
                <th scope="row">${href ? html`<a href=${href(start)}>${day(start)}</a>` : day(start)}</th>
                ${series.map(({ key }) => html`<td key=${key}>${numberText(values[key])}</td>`)}
              </tr>
            `)}
          </tbody>
        </table>
      </div>
    </details>
  `;
}

/** Numbers over time, one series on top of the other; of kind `area` for what there is, `bars` for what happened.

  `points` is a list of {start, values: {key: number}} from the oldest on, at least one; `series` a list of
  {key, text, tone} from the bottom up. `summary` tells in a sentence what a look at the chart tells. `weekly` says that
  a point is a week. `href(start)` is where the row of a point leads. */
export function Chart({ label, summary, kind, points, series, weekly = false, busy = false, href }) {
  const id = useId();
  const [shown, setShown] = useState(null);
  const at = shown !== null && shown < points.length ? shown : null;
  const bucketText = (day) => (weekly ? `Week of ${day}` : day);
  return html`
    <figure class="chart" aria-labelledby=${id} aria-busy=${busy}>
      <figcaption class="visually-hidden" id=${id}>${label}. ${summary}</figcaption>
      <${Legend} kind=${kind} points=${points} series=${series} point=${at === null ? null : points[at]}
        bucketText=${bucketText} />
      <${Drawing} kind=${kind} points=${points} series=${series} shown=${at} onShow=${setShown} />
      <${DataTable} label=${label} points=${points} series=${series} first=${weekly ? "Week of" : "Day"} href=${href} />
    </figure>
  `;
}
