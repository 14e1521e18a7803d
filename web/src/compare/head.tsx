// The heads of the columns: one a run, with what can be done to its column.
import { change, href } from "../address";
import type { Row } from "../api";
import { type Mark, Swatch } from "../chart/marks";
import { Status, clock, nameOf, reasonOf } from "../run/bits";
import { Link } from "../shell";
import { moved, setRuns } from "./state";

interface HeadProps {
  readonly run: Row;
  readonly at: number;
  readonly ids: readonly string[];
  readonly mark: Mark | undefined;
  readonly isBase: boolean;
}

export function Head({ run, at, ids, mark, isBase }: HeadProps) {
  const name = nameOf(run);
  const reason = reasonOf(run);
  return (
    <div class={isBase ? "compare-head is-base" : "compare-head"}>
      <div class="compare-head-name">
        {mark !== undefined && <Swatch mark={mark} />}
        <span class="compare-head-link" title={`${name}\n${run.id}`}>
          <Link to={href(`/run/${run.id}`, [])} label={name} />
        </span>
      </div>
      <div class="compare-head-facts" title={reason}>
        <Status status={run.status} />
        {isBase ? (
          <span class="compare-base">baseline</span>
        ) : (
          <span class="quiet">{clock(run.created).slice(5, 16)}</span>
        )}
      </div>
      <div class="compare-head-tools" role="group" aria-label={`Column of ${name}`}>
        <button
          type="button"
          class="plain"
          aria-pressed={isBase}
          title={isBase ? "No baseline" : "Compare the others with this run"}
          onClick={() => change({ base: isBase ? "" : run.id })}
        >
          {isBase ? "no baseline" : "baseline"}
        </button>
        <button
          type="button"
          class="plain"
          aria-label={`Move ${name} left`}
          title="Move left"
          disabled={at === 0}
          onClick={() => setRuns(moved(ids, run.id, -1))}
        >
          ‹
        </button>
        <button
          type="button"
          class="plain"
          aria-label={`Move ${name} right`}
          title="Move right"
          disabled={at === ids.length - 1}
          onClick={() => setRuns(moved(ids, run.id, 1))}
        >
          ›
        </button>
        <button
          type="button"
          class="plain"
          aria-label={`Remove ${name}`}
          title="Remove from the comparison"
          onClick={() => setRuns(ids.filter((id) => id !== run.id))}
        >
          ×
        </button>
      </div>
    </div>
  );
}
