// The virtual table: only rows and columns in sight are in the page, so a million rows scroll as fifty do.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Row } from "../api";
import { useSize } from "../explore/size";
import { type Column, isLocal, spansOf } from "./columns";
import { type HeadActions, Heads } from "./head";
import { useKeptPlace } from "./kept-place";
import { type RowContext, RunRow } from "./row";
import type { Rows } from "./rows";
import { ROW, type Extent, extentOf, rowsAt, scrollOf, topFor, topOf } from "./scrolling";
import { selected } from "./selection";

const MORE_ROWS = 6;
const MORE_PX = 300; // columns this far out of sight are drawn too

/** The cell that has the focus: row -1 is the heads', column 0 the name's. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface GridProps extends HeadActions, Pick<RowContext, "colour" | "linkTo" | "onCheck" | "onEdit"> {
  readonly rows: Rows;
  readonly version: number;
  readonly isOld: boolean;
  readonly columns: readonly Column[];
  readonly nameWidth: number;
  readonly sort: readonly string[];
  readonly place: Place;
  readonly setPlace: (place: Place) => void;
  readonly window: { current: readonly [number, number] };
  /** A column whose values are needed though it may not be shown; "" for none. */
  readonly also: string;
  readonly onCheckAll: () => void;
  readonly onOpen: (row: Row) => void;
}

interface Drawn {
  readonly column: Column;
  readonly index: number;
  readonly gap: number;
}

/** The columns to draw: all pinned ones, and of the others those near what is in sight. */
function drawnOf(columns: readonly Column[], nameWidth: number, left: number, width: number): readonly Drawn[] {
  const drawn: Drawn[] = [];
  let end = nameWidth;
  columns.forEach((column, index) => {
    if (!column.isPinned && (column.left + column.width < left - MORE_PX || column.left > left + width + MORE_PX))
      return;
    drawn.push({ column, index, gap: column.left - end });
    end = column.left + column.width;
  });
  return drawn;
}

interface Scrolled {
  readonly box: { current: HTMLDivElement | null };
  readonly top: number;
  readonly left: number;
  readonly extent: Extent;
  readonly goTo: (top: number) => void;
  readonly listen: { onScroll: (event: Event) => void };
}

/** Where the table is scrolled to; wheels move by pixels of rows even where the element is lower than all rows. */
function useScroll(
  total: number,
  headHeight: number,
  width: number,
): Scrolled & { size: { width: number; height: number } } {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const extent = extentOf(total, Math.max(0, size.height - headHeight));
  const [at, setAt] = useState({ top: 0, left: 0 });
  const now = useRef({ top: 0, expected: 0, extent });
  now.current.extent = extent;
  const goTo = (top: number): void => {
    const { extent: held } = now.current;
    const next = Math.min(Math.max(top, 0), Math.max(0, held.whole - held.view));
    now.current.top = next;
    if (box.current === null) return;
    box.current.scrollTop = scrollOf(next, held);
    now.current.expected = box.current.scrollTop;
    setAt({ top: next, left: box.current.scrollLeft });
  };
  const onScroll = (event: Event): void => {
    const { scrollTop, scrollLeft } = event.currentTarget as HTMLElement;
    if (Math.abs(scrollTop - now.current.expected) >= 1) {
      now.current.top = topOf(scrollTop, now.current.extent);
      now.current.expected = scrollTop;
    }
    setAt({ top: now.current.top, left: scrollLeft });
  };
  useEffect(() => {
    const own = box.current;
    const wheel = (event: WheelEvent): void => {
      const { extent: held, top } = now.current;
      if (
        held.whole === held.given ||
        event.ctrlKey ||
        event.shiftKey ||
        Math.abs(event.deltaX) > Math.abs(event.deltaY)
      )
        return;
      event.preventDefault();
      goTo(top + event.deltaY * (event.deltaMode === 1 ? ROW : event.deltaMode === 2 ? held.view : 1));
    };
    own?.addEventListener("wheel", wheel, { passive: false });
    return () => own?.removeEventListener("wheel", wheel);
  }, []);
  useLayoutEffect(() => {
    // Fewer rows than before: the browser has moved the element to its new end.
    if (now.current.top > Math.max(0, extent.whole - extent.view)) goTo(extent.whole - extent.view);
  }, [extent.whole, extent.view, width]);
  return { box, size, top: at.top, left: at.left, extent, goTo, listen: { onScroll } };
}

/** Keep the focus on the place's cell while the grid has it, and the place's cell in sight. */
function useFocus(props: GridProps, { box, top, left, size, goTo, extent }: ReturnType<typeof useScroll>): void {
  const { place, columns, nameWidth } = props;
  const first = useRef(true);
  useLayoutEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const own = box.current;
    if (own === null) return;
    if (place.row >= 0) {
      const wanted = topFor(place.row, top, extent.view);
      if (wanted !== top) goTo(wanted);
    }
    const column = columns[place.column - 1];
    const pinned = columns.filter(({ isPinned }) => isPinned).reduce((sum, { width }) => sum + width, nameWidth);
    if (column !== undefined && !column.isPinned) {
      if (column.left - left < pinned) own.scrollLeft = column.left - pinned;
      else if (column.left + column.width > left + size.width) own.scrollLeft = column.left + column.width - size.width;
    }
  }, [place]);
  useEffect(() => {
    const own = box.current;
    if (own?.contains(document.activeElement) !== true) return;
    const row = place.row < 0 ? own.querySelector(".rt-leaves") : own.querySelector(`[data-row="${place.row}"]`);
    const cell = row?.querySelector<HTMLElement>(`[data-col="${place.column}"]`);
    const wanted = cell ?? own;
    if (document.activeElement !== wanted && wanted.contains(document.activeElement) !== (wanted !== own))
      wanted.focus({ preventScroll: true });
  });
}

/** What the keys of a grid do: arrows, Home and End, pages; with Alt a head moves, with Shift it gets wider. */
function keyAction(event: KeyboardEvent, props: GridProps, page: number): (() => void) | undefined {
  const { place, setPlace, columns, rows } = props;
  const last = { row: rows.total - 1, column: columns.length };
  const to = (row: number, column: number) => () =>
    setPlace({ row: Math.min(Math.max(row, -1), last.row), column: Math.min(Math.max(column, 0), last.column) });
  const column = place.row < 0 ? columns[place.column - 1] : undefined;
  const side = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (column !== undefined && side !== 0 && event.altKey) {
    return () => {
      const next = columns[place.column - 1 + (side > 0 ? 2 : -1)];
      if (side < 0 && place.column <= 1) return;
      props.onMove(column.name, next?.name ?? null);
      setPlace({ row: -1, column: Math.min(place.column + side, last.column) });
    };
  }
  if (column !== undefined && side !== 0 && event.shiftKey)
    return () => props.onResize(column.name, column.width + side * 16, true);
  if (column !== undefined && event.key === "ArrowDown" && event.altKey)
    return () => props.onMenu(column.name, event.target as HTMLElement);
  const isFar = event.ctrlKey || event.metaKey;
  if (event.altKey || (isFar && event.key !== "Home" && event.key !== "End")) return undefined;
  switch (event.key) {
    case "ArrowRight":
      return to(place.row, place.column + 1);
    case "ArrowLeft":
      return to(place.row, place.column - 1);
    case "ArrowDown":
      return to(place.row + 1, place.column);
    case "ArrowUp":
      return to(place.row - 1, place.column);
    case "PageDown":
      return to(place.row + page, place.column);
    case "PageUp":
      return to(Math.max(0, place.row - page), place.column);
    case "Home":
      return isFar ? to(0, 0) : to(place.row, 0);
    case "End":
      return isFar ? to(last.row, last.column) : to(place.row, last.column);
    default:
      return enterAction(event, props);
  }
}

function enterAction(event: KeyboardEvent, props: GridProps): (() => void) | undefined {
  const { place, columns, rows } = props;
  const name = place.column === 0 ? "run.name" : columns[place.column - 1]?.name;
  const row = rows.row(place.row);
  if (event.key === " " && row !== undefined) return () => props.onCheck(place.row, event.shiftKey);
  if (event.key !== "Enter" && event.key !== "F2") return undefined;
  if (place.row < 0) return name === undefined ? undefined : () => props.onSort(name, event.shiftKey);
  if (row === undefined) return undefined;
  if (name === "tags" || name === "run.notes") return () => props.onEdit(row, name, event.target as HTMLElement);
  return () => props.onOpen(row);
}

/** The rows to draw, each with where it stands; asks for those that are missing. */
function useRowsInSight(
  { rows, columns, version, window, also }: GridProps,
  scroll: ReturnType<typeof useScroll>,
  drawn: readonly Drawn[],
): readonly [number, number] {
  const [first, last] = rowsAt(scroll.top, scroll.extent.view, rows.total, MORE_ROWS);
  window.current = [first, last];
  const asked = (names: readonly string[]): string[] =>
    [...new Set([...names, also])].filter((name) => name !== "" && !isLocal(name));
  const inSight = asked(drawn.map(({ column }) => column.name));
  useLayoutEffect(() => {
    if (scroll.extent.view > 0) rows.want(first, last, inSight, asked(columns.map(({ name }) => name)));
  }, [rows, first, last, version, inSight.join("\n"), scroll.extent.view > 0]);
  return [first, last];
}

/** Rows and the elements that draw them: one that leaves on one side comes back on the other, which spares making it anew. */
function slots(first: number, last: number, count: number): readonly { at: number; slot: number }[] {
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, step) => ({
    at: first + step,
    slot: (first + step) % count,
  }));
  return rows.sort((one, other) => one.slot - other.slot);
}

export function Grid(props: GridProps) {
  const { rows, columns, nameWidth, place, setPlace, version } = props;
  const spans = useMemo(() => spansOf(columns), [columns]);
  const headHeight = spans.some(({ parent }) => parent !== "") ? 50 : 30;
  const width = columns.reduce((sum, column) => sum + column.width, nameWidth);
  const scroll = useScroll(rows.total, headHeight, width);
  const { box, size, top, left, extent } = scroll;
  const fresh = drawnOf(columns, nameWidth, left, size.width);
  const drawnKey = fresh.map(({ index, gap }) => `${index}:${gap}`).join();
  const drawn = useMemo(() => fresh, [columns, drawnKey]);
  const [first, last] = useRowsInSight(props, scroll, drawn);
  useKeptPlace(rows.question, place, setPlace, scroll);
  useFocus(props, scroll);
  const { colour, linkTo } = props;
  const actions = useRef(props);
  actions.current = props;
  const context = useMemo<RowContext>(
    () => ({
      rows,
      version,
      columns: drawn,
      nameWidth,
      colour,
      linkTo,
      onCheck: (at, isRange) => actions.current.onCheck(at, isRange),
      onEdit: (row, name, at) => actions.current.onEdit(row, name, at),
    }),
    [rows, version, drawn, nameWidth, colour, linkTo],
  );
  const press = (event: MouseEvent): void => {
    const cell = (event.target as Element).closest<HTMLElement>("[data-col]");
    const row = cell?.closest<HTMLElement>("[data-row]");
    if (cell != null && row != null) setPlace({ row: Number(row.dataset["row"]), column: Number(cell.dataset["col"]) });
  };
  const key = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement && event.key === " ") return;
    const act = keyAction(event, props, Math.max(1, Math.floor(extent.view / ROW) - 1));
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const offset = box.current === null ? 0 : scrollOf(top, extent) - top;
  const chosen = selected.value;
  const isInSight = place.row < 0 || (place.row >= first && place.row < last);
  return (
    <div
      class={`rt-grid${props.isOld ? " is-old" : ""}`}
      ref={box}
      role="grid"
      aria-label="Runs"
      aria-rowcount={rows.total + 2}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-busy={props.isOld}
      tabIndex={isInSight ? -1 : 0}
      {...scroll.listen}
      onKeyDown={key}
      onMouseDown={press}
    >
      <div class="rt-wide" style={{ width: `${width}px` }}>
        <Heads
          {...props}
          columns={drawn}
          all={columns}
          spans={spans}
          active={place.row < 0 ? place.column : -1}
          isNumber={(name) => rows.look(name).isNumber}
          checked={chosen.size === 0 ? false : chosen.size >= rows.total ? true : "mixed"}
        />
        <div class="rt-body" role="rowgroup" style={{ height: `${extent.given}px` }}>
          {slots(first, last, Math.ceil(extent.view / ROW) + 2 * MORE_ROWS + 1).map(({ at, slot }) => {
            const isActive = at === place.row;
            return (
              <RunRow
                key={slot}
                context={context}
                at={at}
                y={at * ROW + offset}
                isSelected={chosen.has(rows.row(at)?.id ?? "")}
                active={isActive ? place.column : -1}
                isCurrent={isActive}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
