// The corners of a lasso as the address holds them: by the values of both keys, so that it marks the same runs when a
// filter gives an axis other ends or other labels. Drawing and marking take them as places along the axes.
import { joinList, splitList } from "../address";
import { type Axis, categoryShare, type Slot, slotOrder } from "./axis";
import type { Point } from "./lasso";
import { railPlace } from "./scatter-place";
import { rounded, type Scale, shareOf, valueAt } from "./scale";

/** A number of the axis' scale, or how far from a category or rail, as a share of the distance to the next. */
export type Coordinate = number | { readonly token: string; readonly off: number };
export type Corner = readonly [x: Coordinate, y: Coordinate];

const BELOW = -0.45; // what lies between here and 0 is below the scale, not yet on the first rail
const SHRUNK = 0.05; // places there are so small a part of the scale, as they are on a plot of usual size
const FINE = 0.0005; // of the scale: finer than a pixel
const GONE = { category: 0.1, rail: 0.2 }; // so little around the place of a label that is gone, no other one is met

/** A scale of one number has it in the middle; around it there is room for corners. */
function roomy({ scale }: Axis): Scale {
  if (scale.high > scale.low) return scale;
  const room = Math.abs(scale.low) / 10 || 1;
  return { low: scale.low - room, high: scale.low + room, isLog: false };
}

const nearest = (wanted: number, count: number): number => Math.max(0, Math.min(count - 1, Math.round(wanted)));

function offFrom(slots: readonly Slot[], at: number): Coordinate {
  const slot = nearest(at, slots.length);
  return { token: slots[slot]?.token ?? "", off: Number((at - slot).toFixed(2)) };
}

/** What a place along an axis stands for. */
export function coordinateAt(axis: Axis, place: number): Coordinate {
  const count = axis.categories.length;
  if (place < BELOW && axis.rails.length > 0) return offFrom(axis.rails, -place - 0.9);
  if (axis.kind === "category") return offFrom(axis.categories, (1 - Math.max(0, place)) * count - 0.5);
  const share = place < 0 ? Math.max(BELOW, place) * SHRUNK : place;
  const scale = roomy(axis);
  const value = valueAt(scale, share);
  return rounded(value, Math.abs(valueAt(scale, share + FINE) - value));
}

/** Where a slot stands among those of the axis, between its neighbours where the axis has none like it. */
function indexOf(slots: readonly Slot[], token: string, off: number, gone: number): number {
  const at = slots.findIndex((slot) => slot.token === token);
  if (at >= 0) return at + off;
  const before = slots.filter((slot) => slotOrder(slot.token, token) < 0).length;
  return before - 0.5 + Math.max(-gone, Math.min(gone, off));
}

function placeOfNumber(axis: Axis, value: number): number {
  const scale = roomy(axis);
  const share = scale.isLog && value <= 0 ? -1 : shareOf(scale, value);
  return share < 0 ? Math.max(BELOW, share / SHRUNK) : share;
}

/** Where a coordinate stands along an axis; NaN where the axis has no such thing: numbers among labels. */
function placeOf(axis: Axis, coordinate: Coordinate): number {
  if (typeof coordinate === "number") return axis.kind === "number" ? placeOfNumber(axis, coordinate) : NaN;
  const { token, off } = coordinate;
  if (token.startsWith("!") || axis.kind === "number") return railPlace(indexOf(axis.rails, token, off, GONE.rail));
  return categoryShare(indexOf(axis.categories, token, off, GONE.category), axis.categories.length);
}

/** The polygon along two axes; empty where a corner has no place on them. */
export function polygonOn(corners: readonly Corner[], xAxis: Axis, yAxis: Axis): Point[] {
  const points = corners.map(([x, y]) => [placeOf(xAxis, x), placeOf(yAxis, y)] as const);
  return points.every((point) => point.every(Number.isFinite)) ? points : [];
}

const coordinateText = (one: Coordinate): string => (typeof one === "number" ? String(one) : `${one.token}~${one.off}`);

function coordinateFrom(text: string): Coordinate {
  const [, token, off] = /^([=#!].*)~(-?[\d.]+)$/s.exec(text) ?? [];
  return token === undefined ? (text === "" ? NaN : Number(text)) : { token, off: Number(off) };
}

/** Corners in the address: `0.001,0.9,0.01,0.95,=adam~0.2,0.8`, x and y in turn. */
export const cornersText = (corners: readonly Corner[]): string => joinList(corners.flat().map(coordinateText));

export function cornersFrom(text: string): Corner[] {
  const parts = splitList(text).map(coordinateFrom);
  const isSound = parts.every((part) => Number.isFinite(typeof part === "number" ? part : part.off));
  if (!isSound || parts.length < 6 || parts.length % 2 !== 0) return [];
  return Array.from({ length: parts.length / 2 }, (_, at) => [parts[2 * at] ?? 0, parts[2 * at + 1] ?? 0] as const);
}
