// All metrics of some runs, grouped by what stands before their last slash or dot; a chart asks for its points when seen.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { change, param, joinList, splitList } from "../address";
import type { Series } from "../api";
import { useAnswer } from "../load";
import { Failed } from "../states";
import { Chart } from "./chart";
import { curveOf } from "./curve";
import { Swatch, marksOf, type Mark } from "./marks";
import { useSlowRevision } from "./slow";
import { Tools } from "./tools";
import { view, type View } from "./view";

export interface ChartRun {
  readonly id: string;
  readonly label: string;
  readonly isLive: boolean;
}
interface PanelProps {
  readonly runs: readonly ChartRun[];
  readonly metrics: readonly string[];
  /** What a reader is told where there is no metric. */
  readonly none: string;
}

const POINTS = 60_000; // drawn per chart in all, so that many curves stay as quick as few

const FLAT = 8; // as many need no groups to be found in

export const groupOf = (metric: string): string => /^(.*)[/.][^/.]*$/.exec(metric)?.[1] ?? "";

/** Metrics by group, in the order in which they come; those without a group first. */
export function grouped(metrics: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const metric of metrics) {
    const group = groupOf(metric);
    groups.set(group, [...(groups.get(group) ?? []), metric]);
  }
  return new Map([...groups].sort(([one], [other]) => Number(one !== "") - Number(other !== "")));
}

export function Panel({ runs, metrics, none }: PanelProps) {
  const ids = runs.map(({ id }) => id).join(",");
  const marks = useMemo(() => marksOf(runs.map(({ id }) => id)), [ids]);
  const names = useMemo(() => new Map(runs.map(({ id, label }) => [id, label])), [runs]);
  const shown = view();
  const hidden = new Set(splitList(param("h")));
  const closed = new Set(splitList(param("mc")));
  const wanted = metrics.filter((metric) => metric.toLowerCase().includes(shown.search.toLowerCase()));
  const asked = useSlowRevision(runs.some(({ isLive }) => isLive));
  if (metrics.length === 0) return <p class="quiet panel-none">{none}</p>;
  const toggle = (name: "h" | "mc", set: Set<string>, text: string): void => {
    if (!set.delete(text)) set.add(text);
    change({ [name]: joinList([...set]) }, true);
  };
  const isGrouped = metrics.length > FLAT;
  const one = (metric: string) => (
    <Metric
      key={metric}
      metric={metric}
      runs={runs}
      hidden={hidden}
      marks={marks}
      names={names}
      view={shown}
      asked={asked}
    />
  );
  return (
    <section class="panel" aria-label="Metrics">
      <Tools view={shown} total={metrics.length} found={wanted.length} />
      {runs.length > 1 && <Legend runs={runs} marks={marks} hidden={hidden} toggle={(id) => toggle("h", hidden, id)} />}
      {wanted.length === 0 && <p class="quiet panel-none">No metric has “{shown.search}” in its name.</p>}
      {!isGrouped && <div class="panel-grid is-flat">{wanted.map(one)}</div>}
      {isGrouped &&
        [...grouped(wanted)].map(([group, members]) => (
          <details key={group} class="panel-group" open={!closed.has(group)}>
            <summary
              onClick={(event) => {
                event.preventDefault(); // the address says which are open
                toggle("mc", closed, group);
              }}
            >
              {group === "" ? "Metrics" : group} <span class="quiet">{members.length}</span>
            </summary>
            {!closed.has(group) && <div class="panel-grid">{members.map(one)}</div>}
          </details>
        ))}
    </section>
  );
}

function Legend({
  runs,
  marks,
  hidden,
  toggle,
}: {
  runs: PanelProps["runs"];
  marks: ReadonlyMap<string, Mark>;
  hidden: ReadonlySet<string>;
  toggle: (id: string) => void;
}) {
  return (
    <ul class="legend" aria-label="Runs; press one to hide or show its curves">
      {runs.map(({ id, label }) => {
        const mark = marks.get(id);
        return (
          <li key={id}>
            <button
              type="button"
              class="plain legend-run"
              aria-pressed={!hidden.has(id)}
              title={id}
              onClick={() => toggle(id)}
            >
              {mark !== undefined && <Swatch mark={mark} />}
              <span>{label}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Whether an element has come near to what is visible. */
function useSeen(): [{ current: HTMLDivElement | null }, boolean] {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (place.current === null || typeof IntersectionObserver === "undefined") return undefined;
    const watch = new IntersectionObserver((entries) => setSeen(entries.some(({ isIntersecting }) => isIntersecting)), {
      rootMargin: "300px",
    });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return [place, isSeen];
}

interface MetricProps {
  readonly metric: string;
  readonly runs: readonly ChartRun[];
  readonly hidden: ReadonlySet<string>;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly names: ReadonlyMap<string, string>;
  readonly view: View;
  readonly asked: number;
}

function Metric({ metric, runs, hidden, marks, names, view: shown, asked }: MetricProps) {
  const [place, isSeen] = useSeen();
  const [wasSeen, setWasSeen] = useState(false);
  useEffect(() => {
    if (isSeen) setWasSeen(true);
  }, [isSeen]);
  // A zoomed chart asks for more, so that what was left out of the whole comes into sight.
  const points = Math.min(
    shown.zoom === null ? 2000 : 5000,
    Math.max(100, Math.floor(POINTS / Math.max(1, runs.length))),
  );
  const last = useRef(asked);
  if (isSeen) last.current = asked; // what is out of sight waits
  const body = { runs: runs.map(({ id }) => id), metrics: [metric], points };
  const { data, error, retry } = useAnswer<{ series: readonly Series[] }>(
    wasSeen || isSeen ? "/api/series" : null,
    body,
    last.current,
  );
  const off = [...hidden].join(",");
  const curves = useMemo(
    () =>
      (data?.series ?? [])
        .filter(({ run, total }) => total > 0 && !hidden.has(run))
        .map((series) => curveOf(series, shown.x, shown.smoothing)),
    [data, off, shown.x, shown.smoothing],
  );
  return (
    <div class="panel-cell" ref={place}>
      {error !== undefined && <Failed error={error} retry={retry} />}
      {data !== undefined && isSeen && curves.length > 0 && (
        <Chart metric={metric} curves={curves} marks={marks} names={names} view={shown} />
      )}
      {data !== undefined && curves.length === 0 && (
        <figure class="chart">
          <figcaption class="chart-head">
            <span class="chart-name">{metric}</span>
          </figcaption>
          <p class="quiet">{data.series.length === 0 ? "No points recorded." : "All its curves are hidden."}</p>
        </figure>
      )}
      {(data === undefined || !isSeen) && error === undefined && <div class="chart chart-waits" aria-hidden="true" />}
    </div>
  );
}
