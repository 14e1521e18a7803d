// Which rows the comparison has, how high each is, and which of them and of the columns are in sight.
import type { Comparison, Line } from "../api";
import { isOtherOrigin, keyTest } from "./difference";
import type { Comparing } from "./state";
import { type TreeRow, treeRows } from "./tree";

export type PartName = "config" | "results" | "facts";
export const TITLES: Readonly<Record<PartName, string>> = {
  config: "Config",
  results: "Results",
  facts: "Code, packages, machine",
};

export interface PartRow {
  readonly kind: "part";
  readonly part: PartName;
  readonly shown: number;
  readonly hidden: number;
  readonly isOpen: boolean;
  /** Whether it begins closed, as what is below it would be pushed far down. */
  readonly isLong: boolean;
}
export type BodyRow = PartRow | (TreeRow<Line> & { readonly part: PartName });

const LONG = 20; // rows of code, packages and machine; a run that was killed early lacks all of another's

/** Among results, all keys are of the summary: the part's title says so already. */
const plainKey = (line: Line): Line =>
  line.key.startsWith("summary.") ? { ...line, key: line.key.slice("summary.".length) } : line;

/** The lines of each part that pass the filter and the switches. */
export function chosen(data: Comparison, state: Comparing): ReadonlyMap<PartName, readonly Line[]> {
  const { test } = keyTest(state.filter);
  const isShown = (line: Line): boolean =>
    (line.differs || state.isAll || (state.hasOrigins && isOtherOrigin(line))) && test(line.key);
  return new Map(
    (["config", "results", "facts"] as const).map((part) => [part, data[part].map(plainKey).filter(isShown)]),
  );
}

/** How many equal lines of a part are not shown, whether or not the server sent them. */
function hiddenIn(data: Comparison, part: PartName, lines: readonly Line[]): number {
  return (
    data.hidden[part] + data[part].filter((line) => !line.differs).length - lines.filter((line) => !line.differs).length
  );
}

export function bodyRows(data: Comparison, state: Comparing): BodyRow[] {
  const parts = chosen(data, state);
  return [...parts].flatMap(([part, lines]): BodyRow[] => {
    const hidden = state.filter === "" ? hiddenIn(data, part, lines) : 0;
    if (lines.length === 0 && hidden === 0) return [];
    const isLong = part === "facts" && state.filter === "" && lines.filter(({ differs }) => differs).length > LONG;
    const isOpen = !state.closed.has(`:${part}`) && (!isLong || state.opened.has(part));
    const closed = new Set(
      [...state.closed].flatMap((name) => (name.startsWith(`${part}:`) ? [name.slice(part.length + 1)] : [])),
    );
    const head: PartRow = { kind: "part", part, shown: lines.length, hidden, isOpen, isLong };
    return isOpen ? [head, ...treeRows(lines, closed).map((row) => ({ ...row, part }))] : [head];
  });
}

export interface Sizes {
  readonly key: number;
  readonly column: number;
  readonly leaf: number;
  /** Whether a cell has room for value and origin on one line. */
  readonly isWide: boolean;
}

export function sizes(width: number, columns: number): Sizes {
  const key = width < 640 ? 150 : width < 1000 ? 190 : 260;
  const column = Math.floor(Math.min(Math.max((width - key - 2) / Math.max(1, columns), 168), 600));
  const isWide = column >= 300;
  return { key, column, isWide, leaf: isWide ? 30 : 44 };
}

export const heightOf = (row: BodyRow, { leaf }: Sizes): number => {
  if (row.kind === "part") return 40;
  if (row.kind === "section") return 28;
  return row.part === "config" ? leaf : 30;
};

/** Where each row starts, and at the end where the last one stops. */
export function offsets(rows: readonly BodyRow[], of: Sizes): readonly number[] {
  const starts = [0];
  for (const row of rows) starts.push((starts.at(-1) ?? 0) + heightOf(row, of));
  return starts;
}

/** The first and the one after the last of what lies, in part, between two places; `extra` more on each side. */
export function visible(starts: readonly number[], from: number, to: number, extra: number): readonly [number, number] {
  const count = starts.length - 1;
  const search = (wanted: number): number => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle + 1] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [Math.max(0, search(from) - extra), Math.min(count, search(to) + 1 + extra)];
}
