// Where things stand on an axis of so many pixels: the scale above, rails below it.
import { type Axis, categoryShare } from "./axis";

/** Heights in CSS pixels, from the drawing's top. */
export interface Height {
  readonly top: number;
  readonly bottom: number;
  readonly rail: number;
}

export const heightFor = (total: number, rails: number): Height => {
  const rail = 20;
  return { top: 10, bottom: total - 8 - rails * rail, rail };
};

export const yOfShare = (axis: Axis, height: Height, share: number): number =>
  height.top + (axis.isFlipped ? share : 1 - share) * (height.bottom - height.top);

export const shareOfY = (axis: Axis, height: Height, y: number): number => {
  const down = Math.min(1, Math.max(0, (y - height.top) / (height.bottom - height.top)));
  return axis.isFlipped ? down : 1 - down;
};

export const yOfRail = (height: Height, rail: number): number => height.bottom + (rail + 0.75) * height.rail;

/** The rail at a height, -1 on the scale. */
export const railAtY = (axis: Axis, height: Height, y: number): number =>
  y < height.bottom + height.rail * 0.25
    ? -1
    : Math.min(axis.rails.length - 1, Math.floor((y - height.bottom) / height.rail - 0.25));

/** Where a slot stands. */
export const yOfSlot = (axis: Axis, height: Height, slot: number): number =>
  slot < axis.categories.length
    ? yOfShare(axis, height, categoryShare(slot, axis.categories.length))
    : yOfRail(height, slot - axis.categories.length);

/** Where each run stands, in tenths of a pixel. */
export function placesOf(axis: Axis, height: Height): Uint16Array<ArrayBuffer> {
  const places = new Uint16Array(axis.slots.length);
  for (let run = 0; run < places.length; run++) {
    const share = axis.shares[run] ?? NaN;
    const y = Number.isNaN(share) ? yOfSlot(axis, height, axis.slots[run] ?? 0) : yOfShare(axis, height, share);
    places[run] = Math.round(y * 10);
  }
  return places;
}
