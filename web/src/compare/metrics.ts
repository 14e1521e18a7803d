// Which metrics the compared runs have logged.
import { useEffect, useState } from "preact/hooks";
import { ApiError, type Comparison, type Run, type Series, get, post } from "../api";
import { nameIn } from "../key";

const ASKED_RUNS = 3;
const ASKED_METRICS = 50; // the server takes no more in one question

/** Results that may be the last values of metrics, which have the same keys. */
const candidates = (data: Comparison): string[] => data.results.map(({ key }) => nameIn(key.replace(/^summary\./, "")));

/** The metrics of the first runs, and of the results that differ those that are metrics of any run. */
async function find(data: Comparison): Promise<string[]> {
  const ids = data.runs.map(({ id }) => id);
  const firsts = await Promise.allSettled(
    ids.slice(0, ASKED_RUNS).map((id) => get<Run>(`/api/run/${encodeURIComponent(id)}`)),
  );
  const known = firsts.flatMap((answer) =>
    answer.status === "fulfilled" ? answer.value.metrics.map(({ name }) => name) : [],
  );
  const open =
    ids.length <= ASKED_RUNS
      ? []
      : candidates(data)
          .filter((name) => !known.includes(name))
          .slice(0, ASKED_METRICS);
  if (open.length === 0) return [...new Set(known)];
  const { series } = await post<{ series: readonly Series[] }>("/api/series", {
    runs: ids.slice(0, 200),
    metrics: open,
    points: 3,
  });
  const found = new Set(series.map(({ metric }) => metric));
  return [...new Set([...known, ...open.filter((name) => found.has(name))])];
}

/** Undefined until they are known; where the server can't tell, charts come without them and the comparison stays. */
export function useMetrics(data: Comparison | undefined): readonly string[] | undefined {
  const [names, setNames] = useState<readonly string[]>();
  const asked =
    data === undefined ? "" : JSON.stringify([data.runs.map(({ id }) => id), data.results.map(({ key }) => key)]);
  useEffect(() => {
    if (data === undefined) return undefined;
    let isWanted = true;
    find(data).then(
      (found) => {
        if (isWanted) setNames(found);
      },
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        if (isWanted) setNames([]);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [asked]);
  return names;
}
