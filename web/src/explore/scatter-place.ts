// Where runs stand in a scatter: the scale of each axis in the middle, rails at the lower ends.
import { type Axis, categoryShare } from "./axis";
import { shareOf } from "./scale";

/** A side of the plot in CSS pixels: the scale goes from `low` to `high`, which may run either way. */
export interface Side {
  readonly low: number;
  readonly high: number;
  /** How far a rail is from the next one, away from the scale. */
  readonly rail: number;
}
export const sideFor = (axis: Axis, start: number, end: number, rail: number): Side => {
  const away = start < end ? 1 : -1;
  const rails = axis.rails.length * rail;
  return { low: start + away * (rails + 10), high: end - away * 10, rail: away * rail };
};

export const along = (side: Side, share: number): number => side.low + share * (side.high - side.low);
export const railAt = (side: Side, rail: number): number => side.low - side.rail * (rail + 0.9);
export const shareAt = (side: Side, pixel: number): number => (pixel - side.low) / (side.high - side.low);

/** A steady number from -0.5 to 0.5 for a run, so that runs of a category stand beside each other. */
const jitter = (run: number, salt: number): number =>
  (((Math.imul(run + 1, 2654435761) ^ Math.imul(salt, 40503)) >>> 8) & 0xffff) / 65536 - 0.5;

/** Where each run stands along a side, in tenths of a pixel. */
export function sidePlaces(axis: Axis, side: Side, salt: number): Uint16Array<ArrayBuffer> {
  const count = axis.categories.length;
  const step = Math.abs(side.high - side.low) / Math.max(1, count);
  const spread = Math.min(step * 0.7, 60);
  return Uint16Array.from(axis.slots, (slot, run) => {
    const at =
      slot < 0
        ? along(side, axis.shares[run] ?? 0)
        : slot < count
          ? along(side, categoryShare(slot, count)) + jitter(run, salt) * spread
          : railAt(side, slot - count) + jitter(run, salt) * Math.abs(side.rail) * 0.5;
    return Math.max(0, Math.round(at * 10));
  });
}

/** Radii in half pixels: the area grows with the key's number; runs without one are small. */
export function radiiOf(axis: Axis | null, size: number, count: number): Uint8Array<ArrayBuffer> {
  const plain = count > 10_000 ? 3 : count > 2000 ? 4 : count > 200 ? 6 : 8;
  if (axis === null) return new Uint8Array(size).fill(plain);
  const [least, most] = count > 2000 ? [2, 10] : [4, 20];
  return Uint8Array.from(axis.slots, (slot, run) => {
    const share =
      slot >= 0 ? axis.shares[run] : axis.kind === "number" ? shareOf(axis.scale, axis.column.numbers[run] ?? 0) : 0;
    return Number.isNaN(share ?? NaN)
      ? least
      : Math.round(Math.sqrt(least ** 2 + (share ?? 0) * (most ** 2 - least ** 2)));
  });
}
