// Between the drawings: how many runs are marked, by what, and what can be done with them.
import { useSignal, useSignalEffect } from "@preact/signals";
import { change, go } from "../address";
import { compareLink } from "../runs/selection-bar";
import { withBrush } from "./brush";
import { leafOf } from "../key";
import { brushText } from "./brush-text";
import { addClause } from "../filter/clause";
import { whereIds } from "../runs/selection";
import { brushClauses, type IsBoolean } from "./clause";
import { hasBit } from "./bits";
import { cornersFrom } from "./lasso-corners";
import type { Marked, Marking } from "./marking";
import type { Frame } from "./frame";
import type { Settings } from "./settings";

const MOST_IDS = 300; // a filter may have 400 terms

/** The marked runs as conditions: the brushes' where they say all of it, else the runs' ids where they are few. */
export function clausesFor(
  marking: Marking,
  marked: Marked,
  frame: Frame,
  hasMore: boolean,
  isBoolean: IsBoolean,
): string[] | null {
  const clauses = brushClauses(marking.brushes.value, isBoolean);
  const sound = clauses.filter((clause) => clause !== null);
  if (!hasMore && sound.length === clauses.length) return sound;
  if (marked.count > MOST_IDS) return null;
  const ids = frame.ids.filter((_, run) => hasBit(marked.bits, run));
  return [whereIds(ids)];
}

export function MarksBar({
  marking,
  frame,
  settings,
  isBoolean,
  news,
  onRefresh,
  onCommit,
}: {
  marking: Marking;
  frame: Frame;
  settings: Settings;
  isBoolean: IsBoolean;
  news: string;
  onRefresh: () => void;
  onCommit: () => void;
}) {
  const marked = useSignal(marking.marked.value);
  useSignalEffect(() => {
    marked.value = marking.marked.value;
  });
  const { count, size } = marked.value;
  const brushes = marking.brushes.value;
  const hasLasso = cornersFrom(settings.lasso).length > 0;
  const isMarked = brushes.size > 0 || hasLasso || settings.top < 100;
  const clear = (): void => change({ b: "", l: "", k: "" });
  const filter = (): void => {
    const clauses = clausesFor(marking, marking.settled.value, frame, hasLasso || settings.top < 100, isBoolean);
    if (clauses !== null)
      change({
        f: clauses.reduce((filter, clause) => addClause(filter, clause), settings.filter),
        b: "",
        l: "",
        k: "",
      });
  };
  const canFilter =
    !marked.value.isMoving &&
    clausesFor(marking, marking.settled.value, frame, hasLasso || settings.top < 100, isBoolean) !== null;
  const { chosen } = settings;
  return (
    <div class="marks-bar">
      <p class="marks-count" aria-live="polite">
        <b>{count.toLocaleString("en")}</b>{" "}
        {isMarked ? <>of {size.toLocaleString("en")} runs</> : count === 1 ? "run" : "runs"}
        {frame.total > size && (
          <span class="quiet" title="Narrow the filter to see the others">
            {" "}
            · {size.toLocaleString("en")} newest of {frame.total.toLocaleString("en")} runs
          </span>
        )}
      </p>
      {news !== "" && (
        <button type="button" class="news-button" title="The store has changed since: ask anew" onClick={onRefresh}>
          <span aria-hidden="true">↻ </span>
          {news}
        </button>
      )}
      <ul class="chips" aria-label="Brushes">
        {[...brushes].map(([key, brush]) => (
          <Chip
            key={key}
            name={leafOf(key).leaf}
            title={key}
            text={brushText(brush)}
            onClear={() => {
              marking.set(withBrush(marking.brushes.value, key, { ranges: [], picks: [] }), false);
              onCommit();
            }}
          />
        ))}
        {hasLasso && <Chip name="lasso" title="Drawn in the scatter" text="" onClear={() => change({ l: "" })} />}
        {settings.top < 100 && (
          <Chip name={`best ${settings.top} %`} title="By the metric" text="" onClear={() => change({ k: "" })} />
        )}
      </ul>
      {isMarked && (
        <>
          <button
            type="button"
            onClick={filter}
            disabled={!canFilter}
            title={
              canFilter
                ? "Add what is marked to the filter"
                : `A lasso or a share of the best can be a filter for up to ${MOST_IDS} runs`
            }
          >
            Make filter
          </button>
          <button type="button" class="plain" onClick={clear} aria-keyshortcuts="Escape" title="Esc">
            Clear
          </button>
        </>
      )}
      {chosen.length > 0 && (
        <>
          <button type="button" class="primary" disabled={chosen.length < 2} onClick={() => go(compareLink(chosen))}>
            Compare {chosen.length}
          </button>
          <button type="button" class="plain" onClick={() => change({ r: "" }, true)}>
            Unselect
          </button>
        </>
      )}
    </div>
  );
}

function Chip({ name, title, text, onClear }: { name: string; title: string; text: string; onClear: () => void }) {
  return (
    <li class="chip" title={`${title}${text === "" ? "" : `: ${text}`}`}>
      <span class="chip-name">{name}</span>
      <span class="chip-text">{text}</span>
      <button type="button" aria-label={`Clear ${title}`} onClick={onClear}>
        ×
      </button>
    </li>
  );
}
