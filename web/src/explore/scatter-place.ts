// Where runs stand in a scatter: the scale of each axis in the middle, rails at the lower ends. A place along an axis is
// a share of its scale from 0 up, and below 0 so many rails away from it: the same whatever the plot's size.
import type { Axis } from "./axis";
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
export const railPlace = (rail: number): number => -(rail + 0.9);
export const pixelAt = (side: Side, place: number): number =>
  place < 0 ? side.low + side.rail * place : along(side, place);
export const railAt = (side: Side, rail: number): number => pixelAt(side, railPlace(rail));
export const shareAt = (side: Side, pixel: number): number => (pixel - side.low) / (side.high - side.low);

export function placeAt(side: Side, pixel: number): number {
  const share = shareAt(side, pixel);
  return share < 0 ? (pixel - side.low) / side.rail : share;
}

/** A number for each run that is its own wherever it stands among others. Source: Fowler, Noll, Vo, the hash FNV-1a. */
export const grainsOf = (ids: readonly string[]): Uint32Array =>
  Uint32Array.from(ids, (id) => {
    let hash = 0x811c9dc5;
    for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
    return hash;
  });

/** A steady number from -0.5 to 0.5 for a run, so that runs of a category stand beside each other. */
const jitter = (grain: number, salt: number): number =>
  ((Math.imul(grain ^ Math.imul(salt, 40503), 2654435761) >>> 12) & 0xffff) / 65536 - 0.5;

export const X_SALT = 1;
export const Y_SALT = 2;

/** Where each run stands along an axis; `salt` tells the two axes of a scatter apart. */
export function placesAlong(axis: Axis, grains: Uint32Array, salt: number): Float64Array {
  const count = axis.categories.length;
  const spread = Math.min(0.7 / Math.max(1, count), 0.15);
  return Float64Array.from(axis.slots, (slot, run) => {
    const off = slot < 0 ? 0 : jitter(grains[run] ?? 0, salt);
    return slot < count ? (axis.shares[run] ?? 0) + off * spread : railPlace(slot - count) + off * 0.5;
  });
}

/** Where each run stands along a side, in tenths of a pixel. */
export const sidePlaces = (places: Float64Array, side: Side): Uint16Array<ArrayBuffer> =>
  Uint16Array.from(places, (place) => Math.max(0, Math.round(pixelAt(side, place) * 10)));

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
