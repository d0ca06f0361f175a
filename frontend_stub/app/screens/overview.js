/* Overview: what needs attention, who is in, and what the identity provider did; what happens shows up by itself. */
import { html, useRef, useState } from "../../vendor/kit.js";
import { useLive } from "../live.js";
import { useQuery } from "../query.js";
import { query, setQuery } from "../router.js";
import { Segments } from "../ui/field.js";
import { Failure, Skeleton, Stale } from "../ui/states.js";
import { usePolling, useSettled } from "../ui/timing.js";
import { AttentionList, FirstSteps, isBeginning } from "./overview-attention.js";
import { MembersChart, RANGES, ResultsChart, USUAL_RANGE } from "./overview-charts.js";
import { Expiring, LastRequest, Numbers } from "./overview-numbers.js";

const SETTLE_MS = 1_000; // one look for a burst of hints
const POLL_MS = 30_000; // a refusal leaves no event of which the page would hear, nor does the passing of time
const CHARTS_MS = 60_000; // a day's number changes little in a minute

/* Grows when the charts should be read anew. */
function useChartsAge() {
  const [age, setAge] = useState(0);
  const read = useRef(performance.now());
  function look() {
    if (performance.now() - read.current < CHARTS_MS) return;
    read.current = performance.now();
    setAge((before) => before + 1);
  }
  return [age, look];
}

function Now({ organization }) {
  const begins = isBeginning(organization);
  return html`
    ${begins && html`<${FirstSteps} organization=${organization} />`}
    ${(!begins || organization.attention.length > 0) && html`<${AttentionList} items=${organization.attention} />`}
    <${Numbers} members=${organization.members} />
  `;
}

function Aside({ organization }) {
  return html`
    <div class="overview-aside">
      <${LastRequest} request=${organization.provisioningRequests.nodes[0]} />
      <${Expiring} tokens=${organization.tokens} />
    </div>
  `;
}

/** The screen at /overview. */
export function Overview() {
  const range = Object.hasOwn(RANGES, query.value.range ?? "") ? query.value.range : USUAL_RANGE;
  const now = useQuery("Overview");
  const [age, lookAtCharts] = useChartsAge();
  const organization = now.data?.organization;

  function look() {
    now.reload();
    lookAtCharts();
  }
  useLive(useSettled(look, SETTLE_MS));
  usePolling(look, POLL_MS);

  return html`
    <h1 tabindex="-1">Overview</h1>
    <${Stale} answer=${now} />
    ${now.error ? html`<${Failure} error=${now.error} onRetry=${now.reload} />`
      : organization ? html`<${Now} organization=${organization} />`
      : html`<${Skeleton} label="Loading the overview" rows=${4} />`}
    <div class="overview-head">
      <h2>Over time</h2>
      <${Segments} label="Period" value=${range} options=${Object.entries(RANGES).map(([key, { text }]) => [key, text])}
        onChange=${(chosen) => setQuery({ range: chosen === USUAL_RANGE ? "" : chosen })} />
    </div>
    <div class="overview-charts">
      <${MembersChart} range=${range} age=${age} />
      <${ResultsChart} range=${range} age=${age} />
    </div>
    ${organization && html`<${Aside} organization=${organization} />`}
  `;
}
