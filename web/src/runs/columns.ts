// The columns of the runs' table: which, in what order, how wide, and how their heads are nested.
import type { Scope } from "../api";
import { type Head, leafOf } from "../key";

export const NAME = "run.name";
export const STATUS = "run.status";
export const CREATED = "run.created";
export const TAGS = "tags";
export const NOTES = "run.notes";

/** Columns that each row brings with it: the server is not asked for them. */
const LOCAL: ReadonlySet<string> = new Set([STATUS, CREATED, TAGS, NOTES]);
const LABELS: Readonly<Record<string, string>> = {
  [STATUS]: "status",
  [CREATED]: "started",
  "run.finished": "ended",
  "run.exit_code": "exit code",
  "run.job_type": "job type",
};

export const isLocal = (name: string): boolean => LOCAL.has(name);
export const scopeOf = (name: string): Scope =>
  name === TAGS || name.startsWith("run.")
    ? "run"
    : name.startsWith("summary.") || name.startsWith('summary"')
      ? "summary"
      : "config";

/** What the head of a column says: the last name large, what is before it small. Facts about a run need no parent. */
export function headOf(name: string): Head {
  if (scopeOf(name) === "run") return { parent: "", leaf: LABELS[name] ?? name.replace(/^run\./, "") };
  return leafOf(name);
}

export interface Column extends Head {
  readonly name: string;
  readonly left: number;
  readonly width: number;
  readonly isPinned: boolean;
}

export const LEAST_WIDTH = 56;
export const MOST_WIDTH = 900;
const USUAL: Readonly<Record<string, number>> = { [STATUS]: 104, [CREATED]: 104, [TAGS]: 150, [NOTES]: 180 };

export const fitted = (width: number): number => Math.round(Math.min(Math.max(width, LEAST_WIDTH), MOST_WIDTH));

/** A width in which a head and texts of so many signs have room. */
export function naturalWidth(name: string, signs: number): number {
  const usual = USUAL[name];
  if (usual !== undefined) return usual;
  return fitted(Math.min(Math.max(signs * 7.6 + 24, headOf(name).leaf.length * 7.2 + 56, 76), 260));
}

/** Columns with their places, the pinned ones first. */
export function placed(
  names: readonly string[],
  pins: readonly string[],
  widthOf: (name: string) => number,
  start: number,
): Column[] {
  const pinned = pins.filter((name) => names.includes(name));
  const order = [...pinned, ...names.filter((name) => !pinned.includes(name))];
  let left = start;
  return order.map((name) => {
    const width = widthOf(name);
    const column = { ...headOf(name), name, left, width, isPinned: pinned.includes(name) };
    left += width;
    return column;
  });
}

/** A head over neighbours that have the same parent. */
export interface Span {
  readonly parent: string;
  readonly first: number;
  readonly count: number;
  readonly left: number;
  readonly width: number;
}

/** The upper heads: one for each stretch of columns of the same parent, pinned and other columns apart. */
export function spansOf(columns: readonly Column[]): Span[] {
  const spans: Span[] = [];
  columns.forEach((column, at) => {
    const last = spans.at(-1);
    if (last?.parent === column.parent && columns[at - 1]?.isPinned === column.isPinned) {
      spans[spans.length - 1] = { ...last, count: last.count + 1, width: last.width + column.width };
    } else spans.push({ parent: column.parent, first: at, count: 1, left: column.left, width: column.width });
  });
  return spans;
}

/** A list with one of its members at another's place. */
export function movedTo(names: readonly string[], name: string, to: number): string[] {
  const rest = names.filter((other) => other !== name);
  const at = Math.min(Math.max(to, 0), rest.length);
  return [...rest.slice(0, at), name, ...rest.slice(at)];
}

export const sortKey = (term: string): string => term.replace(/^-/, "");

/** The sort after a click on a head: upwards, downwards, none; with `isMore` beside what sorts already. */
export function sortedBy(terms: readonly string[], name: string, isMore: boolean): string[] {
  const held = terms.find((term) => sortKey(term) === name);
  const next = held === undefined ? [name] : held === name ? [`-${name}`] : [];
  if (!isMore) return next;
  if (held === undefined) return [...terms, ...next];
  return terms.flatMap((term) => (term === held ? next : [term]));
}
