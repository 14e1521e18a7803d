// The marked runs as a table: only the rows in sight are in the page, so 50,000 scroll as 50 do.
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef, useState } from "preact/hooks";
import { address, href } from "../address";
import { Link } from "../shell";
import { digitsFor, Value } from "../value";
import type { Axis } from "./axis";
import { among } from "./bits";
import { leafOf } from "../key";
import { cellAt } from "./cells";
import { hovered } from "./hover-layer";
import type { Marking } from "./marking";
import { bestFirst } from "./ranking";
import { useSize } from "./size";
import { classColour } from "./theme";
import type { View } from "./view";

const ROW = 28;
const HEAD = 30;
const PICK = 32;
const NAME = 180;
const CELL = 100;
const MORE = 6; // rows drawn beyond those in sight

export interface TableProps {
  readonly view: View;
  readonly marking: Marking;
  readonly names: readonly string[];
  /** The column that sorts, "-" before it for downwards; "" for the best by the metric first. */
  readonly sort: string;
  readonly chosen: ReadonlySet<string>;
  readonly onSort: (sort: string) => void;
  readonly onChoose: (id: string, is: boolean) => void;
}

/** All runs in a column's order: numbers by size, others by name, rails last either way. */
function orderBy(axis: Axis, isDown: boolean): Uint32Array {
  const { column, slots } = axis;
  if (axis.kind === "number") return bestFirst(column, slots.length, isDown ? "max" : "min");
  const first = axis.categories.length;
  const place = (run: number): number => {
    const slot = slots[run] ?? 0;
    return slot >= first ? slot : isDown ? first - slot : slot;
  };
  return Uint32Array.from(slots, (_, run) => run).sort((one, other) => place(one) - place(other) || one - other);
}

export function RunsTable(props: TableProps) {
  const { view, marking, names, sort, onSort } = props;
  const texts = new Set(names.filter((name) => view.axisFor({ name })?.kind === "category"));
  const width = { minWidth: `${PICK + NAME + names.length * CELL}px` };
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [top, setTop] = useState(0);
  const key = sort.replace(/^-/, "");
  const axis = sort === "" ? null : view.axisFor({ name: key });
  const order = useMemo(
    () => (axis === null ? view.order : orderBy(axis, sort.startsWith("-"))),
    [axis, sort, view.order],
  );
  const settled = useSignal(marking.settled.value);
  useSignalEffect(() => {
    settled.value = marking.settled.value;
  });
  const { bits } = settled.value;
  const rows = useMemo(() => among(order, bits), [order, bits]);
  const first = Math.max(0, Math.floor(top / ROW) - MORE);
  const shown = [...rows.subarray(first, first + Math.ceil(size.height / ROW) + 2 * MORE)];
  const digits = names.map((name) => digitsFor(shown.map((run) => cellAt(view.frame.columns.get(name), run))));
  const [active, setActive] = useState(0);
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, j: 1, k: -1 }[event.key];
    if (by === undefined || box.current === null) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, active + by));
    setActive(next);
    const y = next * ROW;
    if (y < box.current.scrollTop) box.current.scrollTop = y;
    else if (y + ROW + HEAD > box.current.scrollTop + size.height) box.current.scrollTop = y + ROW + HEAD - size.height;
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>(`[data-row="${next}"] a`)?.focus({ preventScroll: true }),
    );
  };
  return (
    <div
      class="runs-table"
      ref={box}
      role="grid"
      aria-label="Marked runs"
      aria-rowcount={rows.length + 1}
      aria-colcount={names.length + 2}
      tabindex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKey}
      onPointerLeave={() => (hovered.value = -1)}
    >
      <HeadRow width={width} texts={texts} names={names} sort={sort} metric={view.metric?.name ?? ""} onSort={onSort} />
      <div class="runs-space" role="rowgroup" style={{ ...width, height: `${rows.length * ROW}px` }}>
        {shown.map((run, at) => (
          <RunRow
            key={run}
            {...props}
            texts={texts}
            run={run}
            at={first + at}
            digits={digits}
            isActive={first + at === active}
          />
        ))}
      </div>
      {rows.length === 0 && (
        <p class="runs-none quiet">No run is in all of the brushes. Take one away, or press Esc to clear them.</p>
      )}
    </div>
  );
}

function HeadRow({
  width,
  texts,
  names,
  sort,
  metric,
  onSort,
}: {
  width: { minWidth: string };
  texts: ReadonlySet<string>;
  names: readonly string[];
  sort: string;
  metric: string;
  onSort: (sort: string) => void;
}) {
  const next = (name: string): string => (sort === name ? `-${name}` : sort === `-${name}` ? "" : name);
  const ariaSort = (name: string): "ascending" | "descending" | "none" =>
    sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none";
  return (
    <div class="runs-row runs-head" role="row" aria-rowindex={1} style={width}>
      <span class="runs-pick" role="columnheader">
        <span class="visually-hidden">Choose</span>
      </span>
      <span class="runs-name" role="columnheader">
        Run
      </span>
      {names.map((name) => (
        <span
          key={name}
          role="columnheader"
          aria-sort={ariaSort(name)}
          class={`runs-cell${texts.has(name) ? " text" : ""}${name === metric ? " runs-metric" : ""}`}
        >
          <button type="button" class="plain" onClick={() => onSort(next(name))} title={`${name}\nSort`}>
            {leafOf(name).leaf}
            <span aria-hidden="true">{sort === name ? " ↑" : sort === `-${name}` ? " ↓" : ""}</span>
          </button>
        </span>
      ))}
    </div>
  );
}

function RunRow({
  view,
  names,
  chosen,
  onChoose,
  texts,
  run,
  at,
  digits,
  isActive,
}: TableProps & {
  texts: ReadonlySet<string>;
  run: number;
  at: number;
  digits: readonly number[];
  isActive: boolean;
}) {
  const { frame, colouring } = view;
  const id = frame.ids[run] ?? "";
  const name = frame.names[run] ?? "";
  const isHovered = useComputed(() => hovered.value === run);
  const kept = ["f", "p", "m"].map((part) => [part, address.value.params.get(part) ?? ""] as const);
  const isChosen = chosen.has(id);
  const key = (event: KeyboardEvent): void => {
    if (event.key !== "x") return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(id, !isChosen);
  };
  return (
    <div
      role="row"
      aria-rowindex={at + 2}
      aria-selected={isChosen}
      data-row={at}
      class={`runs-row${isHovered.value ? " hovered" : ""}${isChosen ? " chosen" : ""}`}
      style={{ transform: `translateY(${at * ROW}px)` }}
      onPointerEnter={() => (hovered.value = run)}
      onKeyDown={key}
    >
      <span class="runs-pick" role="gridcell">
        <input
          type="checkbox"
          tabindex={-1}
          checked={isChosen}
          aria-label={`Choose ${name === "" ? id : name}`}
          onChange={(event) => onChoose(id, event.currentTarget.checked)}
        />
      </span>
      <span class="runs-name" role="gridcell">
        <span class="swatch" style={{ background: classColour(colouring.kind, colouring.classes[run] ?? 255) }} />
        <RunLink to={href(`/run/${id}`, kept)} label={name === "" ? id : name} isActive={isActive} />
      </span>
      {names.map((column, place) => {
        const cell = cellAt(frame.columns.get(column), run);
        return (
          <span
            key={column}
            role="gridcell"
            class={`runs-cell${texts.has(column) ? " text" : ""}`}
            title={typeof cell === "string" ? cell : undefined}
          >
            <Value cell={cell} digits={digits[place] ?? 4} />
          </span>
        );
      })}
    </div>
  );
}

/** A link of which only the active row's is met by Tab. */
function RunLink({ to, label, isActive }: { to: string; label: string; isActive: boolean }) {
  const span = useRef<HTMLSpanElement>(null);
  const link = span.current?.querySelector("a");
  if (link != null) link.tabIndex = isActive ? 0 : -1;
  return (
    <span ref={span} class="runs-link">
      <Link to={to} label={label} />
    </span>
  );
}
