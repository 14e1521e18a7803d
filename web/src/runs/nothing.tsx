// What the table says when it has no rows: how to record some, or which condition keeps all out.
import { useEffect, useState } from "preact/hooks";
import { change, param } from "../address";
import { post, type Store } from "../api";
import { clausesOf, dropClause } from "../filter/clause";
import { useAnswer } from "../load";
import { Copy } from "../run/bits";
import { Empty } from "../states";
import { joinWhere } from "../where";

const SNIPPET = `import setpoint
run = setpoint.init(project="first", config={"lr": 0.1})
run.summary["acc"] = 0.97
run.finish()`;

export function NoRuns() {
  const store = useAnswer<Store>("/api/store");
  return (
    <Empty title="No runs yet">
      <p>Run these four lines, and the run appears here by itself:</p>
      <div class="rt-snippet">
        <pre class="mono">{SNIPPET}</pre>
        <Copy text={SNIPPET} />
      </div>
      {store.data !== undefined && (
        <p class="quiet">
          Watching <code>{store.data.store}</code>
        </p>
      )}
    </Empty>
  );
}

const ClearFilter = () => (
  <p>
    <button type="button" onClick={() => change({ f: "" })}>
      Clear the filter
    </button>
  </p>
);

/** Before anything was listed: the filter box says what is wrong with the filter. */
export const Unreadable = () => (
  <Empty title="The filter can't be read, so nothing is listed">
    <ClearFilter />
  </Empty>
);

/** How many runs there are without each of the conditions. */
function useCounts(clauses: readonly string[]): ReadonlyMap<string, number> {
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  const filter = param("f");
  const project = param("p");
  useEffect(() => {
    const stop = new AbortController();
    const ask = async (clause: string): Promise<[string, number]> => {
      const { total } = await post<{ total: number }>(
        "/api/check",
        { where: joinWhere(dropClause(filter, clause), project) },
        stop.signal,
      );
      return [clause, total];
    };
    // A count that can't be had is left out: the button works without it.
    void Promise.allSettled(clauses.map(ask)).then((told) => {
      if (!stop.signal.aborted)
        setCounts(new Map(told.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))));
    });
    return () => stop.abort();
  }, [filter, project]);
  return counts;
}

export function NoMatch() {
  const filter = param("f");
  const clauses = clausesOf(filter);
  const counts = useCounts(clauses);
  if (filter.trim() === "") {
    return (
      <Empty title={`No runs in ${param("p")}`}>
        <p>
          <button type="button" onClick={() => change({ p: "" })}>
            Show all projects
          </button>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No run passes the filter">
      <ul class="rt-clauses">
        {clauses.map((clause) => {
          const count = counts.get(clause);
          return (
            <li key={clause}>
              <code>{clause}</code>
              {count !== undefined && (
                <span class="quiet">
                  {count === 0
                    ? "still none without it"
                    : `${count.toLocaleString("en")} ${count === 1 ? "run" : "runs"} without it`}
                </span>
              )}
              <button
                type="button"
                class={count !== undefined && count > 0 ? "primary" : undefined}
                aria-label={`Drop clause ${clause}`}
                onClick={() => change({ f: dropClause(filter, clause) })}
              >
                Drop clause
              </button>
            </li>
          );
        })}
      </ul>
      {clauses.length > 1 && <ClearFilter />}
    </Empty>
  );
}
