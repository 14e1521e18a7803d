// The run that is nearest to the pointer.
import { hasBit, type Bits } from "./bits";

export interface Line {
  readonly x: number;
  /** Where each run stands, in tenths of a pixel. */
  readonly at: Uint16Array;
}

/** The marked run whose line passes nearest to a place, -1 where none is within `reach` pixels. */
export function nearestLine(axes: readonly Line[], bits: Bits, x: number, y: number, reach: number): number {
  const right = axes.findIndex((axis) => axis.x >= x);
  const to = axes[right];
  const from = axes[right - 1];
  if (to === undefined || from === undefined) return -1;
  const share = (x - from.x) / (to.x - from.x);
  let [best, least] = [-1, reach * 10];
  for (let run = 0; run < to.at.length; run++) {
    const left = from.at[run] ?? 0;
    const off = Math.abs(left + ((to.at[run] ?? 0) - left) * share - y * 10);
    if (off < least && hasBit(bits, run)) [best, least] = [run, off];
  }
  return best;
}

/** The marked run whose dot is nearest, -1 where none is within `reach` pixels. */
export function nearestDot(xs: Uint16Array, ys: Uint16Array, bits: Bits, x: number, y: number, reach: number): number {
  let [best, least] = [-1, (reach * 10) ** 2];
  for (let run = 0; run < xs.length; run++) {
    const far = ((xs[run] ?? 0) - x * 10) ** 2 + ((ys[run] ?? 0) - y * 10) ** 2;
    if (far < least && hasBit(bits, run)) [best, least] = [run, far];
  }
  return best;
}
