// What the runs hold, beside the table: a press narrows to a value, with Alt or Shift to all but it. A key that the filter
// speaks of keeps its values, counted as they would be without that, so that another one can be taken too.
import { useRef, useState } from "preact/hooks";
import { change, param } from "../address";
import type { Facet, Facets as FacetsAnswer } from "../api";
import { addClause } from "../filter/clause";
import { leafOf } from "../key";
import { refreshes } from "../live";
import { useAnswer } from "../load";
import { Failed, Waiting } from "../states";
import { floatText, textOf } from "../value";
import { joinWhere } from "../where";
import { type Choice, choicesOf, namesIn, pressed, valueIn } from "./choice";

const MOST_VALUES = 6;

type Press = (clause: string, event: MouseEvent) => void;
type Bin = NonNullable<Facet["bins"]>[number];

const countText = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "run" : "runs"}`;

/** A press adds a condition to the filter, or changes the one that is there; with Alt or Shift it leaves the value out. */
const presser =
  (choice: Choice | undefined): Press =>
  (clause, event) => {
    const not = event.altKey || event.shiftKey;
    const filter = param("f");
    if (choice !== undefined) change({ f: pressed(choice, clause, not) });
    else change({ f: addClause(filter, clause, not) });
  };

/** One condition for neighbours among the bins: from the first one's low to the last one's high. */
export function rangeClause(first: Bin, last: Bin): string {
  const [, low, name] = /^(\S+) <= (.+?) <=? \S+$/u.exec(first.clause) ?? [];
  const [, sign, high] = / (<=?) (\S+)$/u.exec(last.clause) ?? [];
  if (low === undefined || name === undefined || high === undefined)
    return first === last ? first.clause : `(${first.clause} or ${last.clause})`;
  return `${low} <= ${name} ${sign ?? "<="} ${high}`;
}

/** A facet's key as filters write it. */
export function nameOfFacet({ key, values, bins }: Facet): string {
  const clauses = [...(values ?? []), ...(bins ?? [])].map(({ clause }) => clause);
  return namesIn(clauses.find((clause) => clause !== "") ?? "")[0] ?? key;
}

/** Keys in the order in which they stood, so that none moves away under the pointer; new ones behind. */
export function inPlace(before: readonly string[], now: readonly string[]): string[] {
  const kept = before.filter((name) => now.includes(name));
  return [...kept, ...now.filter((name) => !kept.includes(name))];
}

export function Facets({ where }: { where: string }) {
  const { data, error, retry, isLoading } = useAnswer<FacetsAnswer>(
    "/api/facets",
    { where, keys: null },
    refreshes.value,
  );
  const order = useRef<readonly string[]>([]);
  const choices = choicesOf(param("f"));
  const facets = new Map(data?.facets.map((facet) => [nameOfFacet(facet), facet]));
  order.current = inPlace(order.current, [...choices.map(({ name }) => name), ...facets.keys()]);
  return (
    <aside class={`rt-facets${isLoading && data !== undefined ? " is-old" : ""}`} aria-label="Values">
      {error !== undefined && error.kind !== "filter" && <Failed error={error} retry={retry} />}
      {data === undefined && error === undefined && <Waiting lines={10} />}
      {data?.facets.length === 0 && choices.length === 0 && (
        <p class="quiet rt-facets-none">All these runs have the same params.</p>
      )}
      {data !== undefined &&
        order.current.map((name) => (
          <FacetOf
            key={name}
            facet={facets.get(name)}
            total={data.total}
            choice={choices.find((choice) => choice.name === name)}
          />
        ))}
      {data !== undefined && order.current.length > 0 && (
        <p class="quiet rt-facets-none">
          Press a bar to narrow, with Alt or Shift to leave it out. Drag over bars for a range.
        </p>
      )}
    </aside>
  );
}

/** One key's values: those that were told with all others, or where the filter speaks of it, its own ones. */
function FacetOf({ facet, total, choice }: { facet: Facet | undefined; total: number; choice: Choice | undefined }) {
  const own = useAnswer<FacetsAnswer>(
    choice === undefined ? null : "/api/facets",
    { where: joinWhere(choice?.rest ?? "", param("p")), keys: [choice?.name] },
    refreshes.value,
  );
  const last = useRef<readonly [Facet, number] | undefined>(undefined);
  const told = own.data?.facets[0];
  // Until its own answer is there it is shown as it was before the press.
  if (choice === undefined) last.current = facet === undefined ? undefined : [facet, total];
  else if (told !== undefined && !own.isLoading) last.current = [told, own.data?.total ?? 0];
  const [shown, among] = last.current ?? [];
  if (shown === undefined || among === undefined || (shown.bins === null && (shown.values ?? []).length === 0))
    return null;
  return <FacetBox facet={shown} total={among} choice={choice} />;
}

function FacetBox({ facet, total, choice }: { facet: Facet; total: number; choice: Choice | undefined }) {
  const { leaf, parent } = leafOf(facet.key);
  const press = presser(choice);
  return (
    <details class={`rt-facet${choice === undefined ? "" : " is-chosen"}`} open>
      <summary title={facet.key}>
        <span class="rt-facet-name">{leaf}</span> <span class="quiet">{parent}</span>
        {choice !== undefined && (
          <button
            type="button"
            class="plain rt-facet-clear"
            title={`Take out ${choice.clauses.join(" and ")}`}
            aria-label={`Take ${facet.key} out of the filter`}
            onClick={(event) => {
              event.preventDefault();
              change({ f: choice.rest });
            }}
          >
            ×
          </button>
        )}
      </summary>
      {facet.bins !== null ? (
        <Histogram facet={facet} bins={facet.bins} choice={choice} press={press} />
      ) : (
        <Values facet={facet} total={total} choice={choice} press={press} />
      )}
      {facet.unset > 0 && <Unset facet={facet} choice={choice} press={press} />}
    </details>
  );
}

interface PartProps {
  readonly facet: Facet;
  readonly choice: Choice | undefined;
  readonly press: Press;
}

/** How a bar stands in the filter: taken, left out, or not spoken of. */
function markOf(choice: Choice | undefined, clause: string): { isTaken: boolean; mark: string } {
  const value = valueIn(clause);
  const isTaken = value !== undefined && choice?.some?.includes(value) === true;
  const isOut = value !== undefined && choice?.none?.includes(value) === true;
  return { isTaken, mark: isTaken ? " is-taken" : isOut ? " is-out" : "" };
}

function Unset({ facet, choice, press }: PartProps) {
  const clause = `missing(${nameOfFacet(facet)})`;
  const { isTaken, mark } = markOf(choice, clause);
  return (
    <button
      type="button"
      class={`plain quiet rt-unset${mark}`}
      aria-pressed={isTaken}
      onClick={(event) => press(clause, event)}
    >
      {facet.unset.toLocaleString("en")} not set
    </button>
  );
}

function Values({ facet, total, choice, press }: PartProps & { total: number }) {
  const [isAll, setAll] = useState(false);
  const values = facet.values ?? [];
  const most = Math.max(1, ...values.map(({ count }) => count));
  const isChosen = ({ clause }: { clause: string }): boolean => markOf(choice, clause).mark !== "";
  const shown = values.filter((value, at) => isAll || at < MOST_VALUES || isChosen(value));
  const hidden = values.length - shown.length;
  return (
    <ul class="rt-values">
      {shown.map(({ value, count, clause }) => (
        <li key={textOf(value)}>
          <button
            type="button"
            class={`plain${markOf(choice, clause).mark}`}
            aria-pressed={markOf(choice, clause).isTaken}
            disabled={clause === ""}
            title={`${textOf(value)}: ${count.toLocaleString("en")} of ${countText(total)}`}
            onClick={(event) => press(clause, event)}
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
export function isLog(bins: readonly Bin[]): boolean {
  const [first, last] = [bins[0], bins.at(-1)];
  return first !== undefined && last !== undefined && last.high - last.low > 3 * (first.high - first.low);
}

/** Bars of a number's values; of many bars one is met by Tab, arrows go on. Dragging takes all between. */
function Histogram({ facet, bins, choice, press }: PartProps & { bins: readonly Bin[] }) {
  const [active, setActive] = useState(0);
  const [range, setRange] = useState<readonly [number, number] | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const [from, to] = range === null ? [-1, -1] : [Math.min(...range), Math.max(...range)];
  const [least, largest] = choice?.range ?? [Infinity, -Infinity];
  const isWithin = (low: number, high: number): boolean => low >= least && high <= largest;
  const take = (event: MouseEvent, at: number): void => {
    const [first, last] = range === null ? [bins[at], bins[at]] : [bins[from], bins[to]];
    setRange(null);
    if (first === undefined || last === undefined) return;
    const clause = rangeClause(first, last);
    if (choice !== undefined && choice.clauses.length === 1 && choice.clauses[0] === clause) change({ f: choice.rest });
    else press(clause, event);
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
            class={`rt-bin${at >= from && at <= to ? " is-taken" : ""}${isWithin(low, high) ? " is-chosen" : ""}`}
            aria-label={`${floatText(low)} to ${floatText(high)}: ${countText(count)}`}
            aria-pressed={isWithin(low, high)}
            title={`${floatText(low)} – ${floatText(high)}\n${countText(count)}`}
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
