// Moving through the comparison's grid by keys: one cell has the focus, and comes into sight.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type BodyRow, type Sizes } from "./layout";
import { toggleClosed, togglePart } from "./state";

interface Grid {
  readonly place: { readonly current: HTMLDivElement | null };
  readonly rows: readonly BodyRow[];
  readonly starts: readonly number[];
  readonly size: Sizes;
  readonly columns: number;
  /** The height of the heads, which stand over the rows. */
  readonly head: number;
}
export interface Moving {
  readonly row: number;
  /** 0 for the key, from 1 for the runs. */
  readonly column: number;
  readonly setActive: (at: readonly [number, number]) => void;
  readonly keyDown: (event: KeyboardEvent) => void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  j: [1, 0],
  k: [-1, 0],
  PageDown: [15, 0],
  PageUp: [-15, 0],
};

export const toggle = (row: BodyRow): void => {
  if (row.kind === "part") togglePart(row.part, row.isOpen, row.isLong);
  if (row.kind === "section") toggleClosed(`${row.part}:${row.key}`);
};

const between = (value: number, high: number): number => Math.min(Math.max(value, 0), Math.max(0, high));

function bringIntoSight(element: HTMLElement, row: number, column: number, { starts, size, head }: Grid): void {
  const top = starts[row] ?? 0;
  const left = (column - 1) * size.column;
  const [high, wide] = [element.clientHeight - head, element.clientWidth - size.key];
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + 44 > element.scrollTop + high) element.scrollTop = top + 44 - high;
  if (column === 0) return;
  if (left < element.scrollLeft) element.scrollLeft = left;
  else if (left + size.column > element.scrollLeft + wide) element.scrollLeft = left + size.column - wide;
}

export function useMoving(grid: Grid): Moving {
  const { place, rows, columns } = grid;
  const [active, setActive] = useState<readonly [number, number]>([0, 0]);
  const isMoving = useRef(false);
  const row = between(active[0], rows.length - 1);
  const now = rows[row];
  // A section has one cell; the column that was left for it comes back on the next row that has cells.
  const column = now?.kind === "leaf" ? between(active[1], columns) : 0;
  useLayoutEffect(() => {
    const element = place.current;
    if (!isMoving.current || element === null) return;
    isMoving.current = false;
    isMoving.current = false;
    bringIntoSight(element, row, column, grid);
    // The row may come into the page only with the scrolling.
    requestAnimationFrame(() =>
      element.querySelector<HTMLElement>(`[data-at="${row}:${column}"]`)?.focus({ preventScroll: true }),
    );
  }, [row, column]);
  const keyDown = (event: KeyboardEvent): void => {
    if (now === undefined || (event.target as Element).closest("[data-at]") === null) return;
    const step = STEPS[event.key];
    const isPress = event.key === "Enter" || event.key === " ";
    if (step === undefined && !(isPress && now.kind !== "leaf")) return;
    event.preventDefault();
    const [down, across] = step ?? [0, 0];
    if (now.kind !== "leaf" && down === 0) {
      if (across === 0 || now.isOpen !== across > 0) toggle(now);
      return;
    }
    isMoving.current = true;
    setActive([between(row + down, rows.length - 1), across === 0 ? active[1] : between(column + across, columns)]);
  };
  return { row, column, setActive, keyDown };
}
