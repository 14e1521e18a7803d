// The history of one param: what it was, what it became, and who did that.
import { useEffect, useRef } from "preact/hooks";
import { change, param } from "../address";
import type { Cell, History, Param, Run } from "../api";
import { useSlowRevision } from "../chart/slow";
import { pythonOf } from "../key";
import { useAnswer } from "../load";
import { Failed, Waiting } from "../states";
import { Value } from "../value";
import { Copy, When } from "./bits";

export function Drawer({ run }: { run: Run }) {
  const key = param("k");
  const isLive = run.finished === null;
  const slow = useSlowRevision(isLive);
  const { data, error, retry } = useAnswer<History>(
    key === "" ? null : `/api/run/${encodeURIComponent(run.id)}/history?key=${encodeURIComponent(key)}`,
    undefined,
    slow,
  );
  const home = useRef<HTMLElement>(null);
  useEffect(() => {
    if (home.current !== null) home.current.scrollTop = 0;
  }, [key]);
  if (key === "") return null;
  const held = run.params.find((one) => one.key === key);
  const near = run.unused.find((one) => one.key === key)?.near ?? [];
  return (
    <aside class="drawer" aria-label={`History of ${key}`} ref={home}>
      <div class="drawer-head">
        <h2 class="mono">{key}</h2>
        <button type="button" class="plain" aria-label="Close" title="Esc" onClick={() => change({ k: "" })}>
          ×
        </button>
      </div>
      <div class="drawer-copy">
        <Copy text={key} label="Copy key" />
        <Copy text={pythonOf(key)} label="Copy as Python" title={`Copy ${pythonOf(key)}`} />
      </div>
      {held === undefined ? <p class="quiet">The config has no such key now.</p> : <Now held={held} near={near} />}
      {error !== undefined && <Failed error={error} retry={retry} />}
      {data === undefined && error === undefined && <Waiting lines={4} />}
      {data !== undefined && data.key === key && <Changes data={data} run={run} />}
    </aside>
  );
}

function Now({ held, near }: { held: Param; near: readonly string[] }) {
  return (
    <div class="drawer-now">
      <p class="drawer-value mono">
        <Value cell={held.value} digits={17} />
      </p>
      {held.description !== undefined && <p>{held.description}</p>}
      {held.unused && (
        <p class="unused-text">
          Set, but never read by the script.
          {near.length > 0 && (
            <>
              {" "}
              Was <code>{near.join(", ")}</code> meant?
            </>
          )}
        </p>
      )}
    </div>
  );
}

function Changes({ data, run }: { data: History; run: Run }) {
  const ranks = new Map(run.writers.map(({ name, rank }) => [name, rank]));
  let before: Cell | undefined;
  return (
    <>
      <h3>
        {data.changes.length === 0
          ? "No change recorded"
          : data.changes.length === 1
            ? "Set once"
            : data.changes.length === 2
              ? "Changed once"
              : `Changed ${data.changes.length - 1} times`}
      </h3>
      <ol class="changes">
        {data.changes.map((one, at) => {
          const old = before;
          before = one.deleted ? undefined : one.value;
          const rank = ranks.get(one.writer);
          return (
            <li key={at}>
              <div class="changes-values mono">
                {old !== undefined && (
                  <>
                    <span class="changes-old">
                      <Value cell={old} digits={17} />
                    </span>{" "}
                    <span aria-label="became">→</span>{" "}
                  </>
                )}
                {one.deleted ? <i class="value-null">deleted</i> : <Value cell={one.value} digits={17} />}
              </div>
              <div class="changes-by">
                <code>{one.origin}</code> {one.level !== "" && <span class={`level is-${one.level}`}>{one.level}</span>}
              </div>
              <div class="quiet changes-at">
                {one.time !== null && <When at={one.time} />}
                {one.step !== null && <span>step {one.step.toLocaleString("en-US")}</span>}
                {rank !== undefined && rank !== null && <span>rank {rank}</span>}
                {one.writer !== "" && (
                  <span class="changes-writer" title={one.writer}>
                    {one.writer}
                  </span>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </>
  );
}
