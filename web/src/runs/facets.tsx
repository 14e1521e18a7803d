// What the runs hold, beside the table: a press narrows to a value, with Alt or Shift to all but it.
import { useRef, useState } from "preact/hooks";
import { change, param } from "../address";
import type { Facet, Facets as FacetsAnswer } from "../api";
import { addClause } from "../filter/clause";
import { refreshes } from "../live";
import { useAnswer } from "../load";
import { Failed, Waiting } from "../states";
import { floatText, textOf } from "../value";
import { leafOf } from "../key";

const MOST_VALUES = 6;

/** A press adds a condition to the filter; with Alt or Shift its opposite. */
const narrow = (clause: string, event: MouseEvent): void =>
  change({ f: addClause(param("f"), clause, event.altKey || event.shiftKey) });

type Bin = NonNullable<Facet["bins"]>[number];

/** One condition for neighbours among the bins: from the first one's low to the last one's high. */
export function rangeClause(first: Bin, last: Bin): string {
  const [, low, name] = /^(\S+) <= (.+?) <=? \S+$/u.exec(first.clause) ?? [];
  const [, sign, high] = / (<=?) (\S+)$/u.exec(last.clause) ?? [];
  if (low === undefined || name === undefined || high === undefined)
    return first === last ? first.clause : `(${first.clause} or ${last.clause})`;
  return `${low} <= ${name} ${sign ?? "<="} ${high}`;
}

export function Facets({ where }: { where: string }) {
  const { data, error, retry, isLoading } = useAnswer<FacetsAnswer>(
    "/api/facets",
    { where, keys: null },
    refreshes.value,
  );
  return (
    <aside class={`rt-facets${isLoading && data !== undefined ? " is-old" : ""}`} aria-label="Values">
      {error !== undefined && error.kind !== "filter" && <Failed error={error} retry={retry} />}
      {data === undefined && error === undefined && <Waiting lines={10} />}
      {data?.facets.length === 0 && <p class="quiet rt-facets-none">All these runs have the same params.</p>}
      {data?.facets.map((facet) => (
        <FacetBox key={facet.key} facet={facet} total={data.total} />
      ))}
      {data !== undefined && data.facets.length > 0 && (
        <p class="quiet rt-facets-none">
          Press a bar to narrow, with Alt or Shift to leave it out. Drag over bars for a range.
        </p>
      )}
    </aside>
  );
}

function FacetBox({ facet, total }: { facet: Facet; total: number }) {
  const { leaf, parent } = leafOf(facet.key);
  return (
    <details class="rt-facet" open>
      <summary title={facet.key}>
        <span class="rt-facet-name">{leaf}</span> <span class="quiet">{parent}</span>
      </summary>
      {facet.bins !== null ? <Histogram facet={facet} bins={facet.bins} /> : <Values facet={facet} total={total} />}
      {facet.unset > 0 && <p class="rt-unset quiet">{facet.unset.toLocaleString("en")} not set</p>}
    </details>
  );
}

function Values({ facet, total }: { facet: Facet; total: number }) {
  const [isAll, setAll] = useState(false);
  const values = facet.values ?? [];
  const most = Math.max(1, ...values.map(({ count }) => count));
  const shown = isAll ? values : values.slice(0, MOST_VALUES);
  const hidden = values.length - shown.length;
  return (
    <ul class="rt-values">
      {shown.map(({ value, count, clause }) => (
        <li key={clause}>
          <button
            type="button"
            class="plain"
            title={`${textOf(value)}: ${count.toLocaleString("en")} of ${total.toLocaleString("en")} runs`}
            onClick={(event) => narrow(clause, event)}
          >
            <span class="rt-value-bar" aria-hidden="true" style={{ width: `${(100 * count) / most}%` }} />
            <span class="rt-value-text">{textOf(value)}</span>
            <span class="rt-value-count">{count.toLocaleString("en")}</span>
          </button>
        </li>
      ))}
      {(hidden > 0 || isAll) && (
        <li>
          <button type="button" class="plain quiet rt-values-more" onClick={() => setAll(!isAll)}>
            {isAll ? "Fewer" : `${hidden} more`}
          </button>
        </li>
      )}
      {facet.more > 0 && (isAll || hidden === 0) && (
        <li class="quiet rt-values-more">and {facet.more.toLocaleString("en")} others</li>
      )}
    </ul>
  );
}

/** Whether the bars widen by a factor rather than being as wide each. */
function isLog(bins: readonly Bin[]): boolean {
  const [first, last] = [bins[0], bins.at(-1)];
  return first !== undefined && last !== undefined && last.high - last.low > 3 * (first.high - first.low);
}

/** Bars of a number's values; of many bars one is met by Tab, arrows go on. Dragging takes all between. */
function Histogram({ facet, bins }: { facet: Facet; bins: readonly Bin[] }) {
  const [active, setActive] = useState(0);
  const [range, setRange] = useState<readonly [number, number] | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const [from, to] = range === null ? [-1, -1] : [Math.min(...range), Math.max(...range)];
  const take = (event: MouseEvent, at: number): void => {
    const [first, last] = range === null ? [bins[at], bins[at]] : [bins[from], bins[to]];
    setRange(null);
    if (first !== undefined && last !== undefined) narrow(rangeClause(first, last), event);
  };
  const key = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.min(Math.max(active + by, 0), bins.length - 1);
    setActive(next);
    box.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div class="rt-histogram">
      <div
        class="rt-bins"
        ref={box}
        role="group"
        aria-label={`Values of ${facet.key}`}
        onKeyDown={key}
        onPointerLeave={() => setRange(null)}
      >
        {bins.map(({ low, high, count }, at) => (
          <button
            key={at}
            type="button"
            tabIndex={at === active ? 0 : -1}
            class={`rt-bin${at >= from && at <= to ? " is-taken" : ""}`}
            aria-label={`${floatText(low)} to ${floatText(high)}: ${count.toLocaleString("en")} runs`}
            title={`${floatText(low)} – ${floatText(high)}\n${count.toLocaleString("en")} runs`}
            onPointerDown={() => setRange([at, at])}
            onPointerEnter={(event) => {
              if (range !== null && event.buttons === 1) setRange([range[0], at]);
            }}
            onPointerUp={(event) => take(event, at)}
            onClick={(event) => {
              if (event.detail === 0) take(event, at);
            }}
          >
            <span style={{ height: `${count === 0 ? 0 : Math.max(4, (100 * count) / most)}%` }} />
          </button>
        ))}
      </div>
      <p class="rt-ends">
        <span>{floatText(bins[0]?.low ?? 0, 3)}</span>
        {isLog(bins) && <span title="Each bar spans a factor">log</span>}
        <span>{floatText(bins.at(-1)?.high ?? 0, 3)}</span>
      </p>
    </div>
  );
}
