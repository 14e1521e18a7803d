// Scrolling over more rows than an element can be high: browsers stop between 16 and 33 million pixels.
export const ROW = 30;
export const MOST_HEIGHT = 15_000_000;

export interface Extent {
  /** The height of all rows. */
  readonly whole: number;
  /** The height of the element that scrolls, never more than browsers allow. */
  readonly given: number;
  readonly view: number;
}

export function extentOf(rows: number, view: number): Extent {
  const whole = rows * ROW;
  return { whole, given: Math.min(whole, MOST_HEIGHT), view };
}

const range = (height: number, view: number): number => Math.max(0, height - view);

/** The place among all rows that a scroll position stands for. */
export function topOf(scroll: number, { whole, given, view }: Extent): number {
  if (whole === given) return Math.min(scroll, range(whole, view));
  return (Math.min(scroll, range(given, view)) / range(given, view)) * range(whole, view);
}

/** The scroll position that stands for a place among all rows. */
export function scrollOf(top: number, { whole, given, view }: Extent): number {
  const held = Math.min(Math.max(top, 0), range(whole, view));
  return whole === given ? held : Math.round((held / range(whole, view)) * range(given, view));
}

/** The place from which a row is in sight, as near as may be to where we are. */
export function topFor(row: number, top: number, view: number): number {
  if (row * ROW < top) return row * ROW;
  return (row + 1) * ROW > top + view ? (row + 1) * ROW - view : top;
}

/** The first row in sight and the one after the last, with some more on both sides. */
export function rowsAt(top: number, view: number, rows: number, more: number): readonly [number, number] {
  return [Math.max(0, Math.floor(top / ROW) - more), Math.min(rows, Math.ceil((top + view) / ROW) + more)];
}
