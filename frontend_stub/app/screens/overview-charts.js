/* The charts of the overview: members by where they came from, and what came of provisioning requests. */
import { html, useEffect, useMemo } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { Chart } from "../ui/chart.js";
import { numberText } from "../ui/numbers.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { OUTCOMES } from "./log-words.js";
import { SOURCES } from "./member-actions.js";

const DAY_MS = 86_400_000;
const SOURCE_SERIES = [
  { key: "SCIM", text: SOURCES.SCIM, tone: "accent" },
  { key: "SSO", text: SOURCES.SSO, tone: "good" },
  { key: "MANUAL", text: SOURCES.MANUAL, tone: "neutral" },
];
const RESULT_SERIES = [
  { key: "succeeded", text: OUTCOMES.SUCCEEDED[1], tone: "accent" },
  { key: "unchanged", text: OUTCOMES.UNCHANGED[1], tone: "neutral" },
  { key: "refused", text: OUTCOMES.REFUSED[1], tone: "warning" },
  { key: "failed", text: OUTCOMES.FAILED[1], tone: "danger" },
];
const SKELETON_ROWS = 4;

/** The periods that the charts can show, by what the address says. */
export const RANGES = {
  "7d": { text: "7 days", days: 7, bucket: "DAY" },
  "30d": { text: "30 days", days: 30, bucket: "DAY" },
  "90d": { text: "90 days", days: 90, bucket: "WEEK" },
};

/** The period that is shown when the address says none. */
export const USUAL_RANGE = "30d";

/* The variables of a chart's operation; the same all day long. */
function variablesOf(range) {
  const { days, bucket } = RANGES[range];
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return { since: new Date(today - (days - 1) * DAY_MS).toISOString(), bucket };
}

/* The query of a chart, which is read anew when `age` grows. */
function useChart(answer, age) {
  useEffect(() => {
    if (age > 0) answer.reload();
  }, [age]);
  return answer;
}

function sum(numbers) {
  return numbers.reduce((all, number) => all + number, 0);
}

function membersBySource(series) {
  const bySource = Object.fromEntries(series.map(({ source, points }) => [source, points]));
  return series[0].points.map(({ start }, index) => ({
    start,
    values: Object.fromEntries(SOURCE_SERIES.map(({ key }) => [key, bySource[key]?.[index].total ?? 0])),
  }));
}

function told(kind, points) {
  const [first, last] = [points[0], points.at(-1)].map(({ values }) => sum(Object.values(values)));
  if (kind === "area") return `From ${numberText(first)} to ${numberText(last)} in the time shown.`;
  const problems = sum(points.map(({ values }) => values.refused + values.failed));
  const all = sum(points.map(({ values }) => sum(Object.values(values))));
  const noun = all === 1 ? "request" : "requests";
  return `${numberText(all)} ${noun} in the time shown, of which ${numberText(problems)} were refused or failed.`;
}

function Card({ id, title, children }) {
  return html`
    <section class="card" aria-labelledby=${id}>
      <div class="card-head">
        <h3 id=${id}>${title}</h3>
        <span class="muted chart-zone">Days in UTC</span>
      </div>
      ${children}
    </section>
  `;
}

function Answered({ answer, label, children }) {
  const { error, reload, data } = answer;
  if (error) return html`<${Failure} error=${error} onRetry=${reload} />`;
  if (!data) return html`<${Skeleton} label=${label} rows=${SKELETON_ROWS} />`;
  return html`<${Stale} answer=${answer} />${children}`;
}

/** How many members there were, by source. */
export function MembersChart({ range, age }) {
  const answer = useChart(useQuery("OverviewMembers", variablesOf(range)), age);
  const series = answer.data?.organization.membershipSeries;
  const points = useMemo(() => series && membersBySource(series), [series]);
  return html`
    <${Card} id="members-over-time" title="Members by source">
      <${Answered} answer=${answer} label="Loading the chart of members">
        ${points && html`
          <${Chart} label="Members by source" summary=${told("area", points)} kind="area" points=${points}
            series=${SOURCE_SERIES} weekly=${RANGES[range].bucket === "WEEK"} busy=${answer.loading} />`}
      <//>
    <//>
  `;
}

function logOf(weekly) {
  return (start) => {
    const until = new Date(Date.parse(start) + (weekly ? 7 : 1) * DAY_MS).toISOString();
    return `/activity?${new URLSearchParams({ tab: "log", since: start, until })}`;
  };
}

/** What came of the requests of provisioning clients. */
export function ResultsChart({ range, age }) {
  const answer = useChart(useQuery("OverviewResults", variablesOf(range)), age);
  const results = answer.data?.organization.provisioningResults;
  const points = useMemo(() => results?.map(({ start, ...values }) => ({ start, values })), [results]);
  const weekly = RANGES[range].bucket === "WEEK";
  return html`
    <${Card} id="provisioning-results" title="Provisioning results">
      <${Answered} answer=${answer} label="Loading the chart of provisioning results">
        ${points && (sum(points.map(({ values }) => sum(Object.values(values)))) === 0
          ? html`<${Empty} title="No requests in this time">What your identity provider sends is counted here.<//>`
          : html`
              <${Chart} label="Provisioning results" summary=${told("bars", points)} kind="bars" points=${points}
                series=${RESULT_SERIES} weekly=${weekly} busy=${answer.loading} href=${logOf(weekly)} />`)}
      <//>
    <//>
  `;
}
