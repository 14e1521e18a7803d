// Brushes: what a user marked on an axis. They hold values, not pixels, so that they mean the same for whoever opens
// the address, and as a filter.
import { joinList, splitList } from "../address";
import { type Axis, categoryShare, LOW_TOKEN } from "./axis";
import type { Bits } from "./bits";
import { noBits } from "./bits";
import { NUMBER } from "./frame";
import { rounded, shareOf, valueAt } from "./scale";

export type Range = readonly [low: number, high: number];

/** What is marked on one key: any of the ranges of numbers, any of the slots. */
export interface Brush {
  readonly ranges: readonly Range[];
  readonly picks: readonly string[];
}
export type Brushes = ReadonlyMap<string, Brush>;

/** A marked stretch of an axis' scale, in shares, or one rail. */
export type Span =
  | { readonly kind: "range" | "picks"; readonly low: number; readonly high: number }
  | { readonly kind: "rail"; readonly rail: number };

const NOTHING: Brush = { ranges: [], picks: [] };
export const isNothing = (brush: Brush): boolean => brush.ranges.length === 0 && brush.picks.length === 0;
export const brushOf = (brushes: Brushes, key: string): Brush => brushes.get(key) ?? NOTHING;

export function withBrush(brushes: Brushes, key: string, brush: Brush): Brushes {
  const changed = new Map(brushes);
  if (isNothing(brush)) changed.delete(key);
  else changed.set(key, brush);
  return changed;
}

/** Which runs are marked on this axis. */
export function bitsOf(axis: Axis, brush: Brush): Bits {
  const { slots, column } = axis;
  const picked = new Set(brush.picks);
  const isPicked = Uint8Array.from([...axis.categories, ...axis.rails], (slot) => Number(picked.has(slot.token)));
  const lows = Float64Array.from(brush.ranges, ([low]) => low);
  const highs = Float64Array.from(brush.ranges, ([, high]) => high);
  const bits = noBits(slots.length);
  for (let run = 0; run < slots.length; run++) {
    const slot = slots[run] ?? -1;
    let is = slot >= 0 && isPicked[slot] === 1;
    if (!is && axis.kind === "number" && column.codes[run] === NUMBER) {
      const value = column.numbers[run] ?? NaN;
      for (let at = 0; at < lows.length && !is; at++) is = value >= (lows[at] ?? 0) && value <= (highs[at] ?? 0);
    }
    if (is) bits[run >>> 5] = (bits[run >>> 5] ?? 0) | (1 << (run & 31));
  }
  return bits;
}

/** A dragged stretch as a range with ends that read well: `tolerance` is a pixel's share of the scale. */
export function rangeOf(axis: Axis, low: number, high: number, tolerance: number): Range {
  const end = (share: number): number => {
    const value = valueAt(axis.scale, share);
    return rounded(value, Math.abs(valueAt(axis.scale, share + tolerance / 2) - value));
  };
  // An end of the axis means: and all beyond. Below a log scale's end there are numbers that it can't show.
  const range: Range = [
    low > 0 ? end(low) : axis.scale.isLog ? axis.scale.low : -Infinity,
    high < 1 ? end(high) : Infinity,
  ];
  if (!axis.isInteger || Math.ceil(range[0]) > Math.floor(range[1])) return range;
  return [Math.ceil(range[0]), Math.floor(range[1])];
}

/** The categories that a dragged stretch of the axis meets. */
export function picksIn(axis: Axis, low: number, high: number): string[] {
  const count = axis.categories.length;
  const half = 0.5 / count;
  return axis.categories
    .filter((_, at) => categoryShare(at, count) + half * 0.5 > low && categoryShare(at, count) - half * 0.5 < high)
    .map((slot) => slot.token);
}

function pickSpans(axis: Axis, picks: ReadonlySet<string>): Span[] {
  const count = axis.categories.length;
  const spans: Span[] = [];
  for (let first = 0; first < count; first++) {
    if (!picks.has(axis.categories[first]?.token ?? "")) continue;
    let last = first;
    while (last + 1 < count && picks.has(axis.categories[last + 1]?.token ?? "")) last++;
    const half = Math.min(0.4 / count, 0.06);
    spans.push({ kind: "picks", low: categoryShare(last, count) - half, high: categoryShare(first, count) + half });
    first = last;
  }
  return spans;
}

/** How a brush looks on its axis. Ranges that lie off the scale show nothing. */
export function spansOf(axis: Axis, brush: Brush): Span[] {
  const picks = new Set(brush.picks);
  const spans: Span[] = pickSpans(axis, picks);
  if (axis.kind === "number") {
    for (const [low, high] of brush.ranges) {
      if (high < axis.scale.low || low > axis.scale.high) continue;
      const ends = [Math.max(low, axis.scale.low), Math.min(high, axis.scale.high)].map((end) =>
        shareOf(axis.scale, end),
      );
      spans.push({ kind: "range", low: ends[0] ?? 0, high: ends[1] ?? 1 });
    }
    if (axis.scale.isLog && brush.ranges.some(([low, high]) => low <= 0 && high <= 0)) picks.add(LOW_TOKEN);
  }
  axis.rails.forEach((slot, rail) => {
    if (picks.has(slot.token)) spans.push({ kind: "rail", rail });
  });
  return spans;
}

/** Take a span out of a brush, as when it is clicked away or dragged elsewhere. */
export function withoutSpan(axis: Axis, brush: Brush, span: Span): Brush {
  if (span.kind === "range") {
    const gone = spansOf(axis, brush).filter(({ kind }) => kind === "range");
    const at = gone.findIndex((one) => one.kind === "range" && one.low === span.low && one.high === span.high);
    const shown = brush.ranges.filter(([low, high]) => high >= axis.scale.low && low <= axis.scale.high);
    return { ...brush, ranges: brush.ranges.filter((range) => range !== shown[at]) };
  }
  const lost = new Set(
    span.kind === "rail" ? [axis.rails[span.rail]?.token ?? ""] : picksIn(axis, span.low, span.high),
  );
  const ranges = lost.has(LOW_TOKEN) ? brush.ranges.filter(([low, high]) => !(low <= 0 && high <= 0)) : brush.ranges;
  return { ranges, picks: brush.picks.filter((pick) => !lost.has(pick)) };
}

/** Add a dragged stretch of the scale to a brush. */
export function withStretch(axis: Axis, brush: Brush, low: number, high: number, tolerance: number): Brush {
  if (axis.kind === "category") return { ...brush, picks: [...new Set([...brush.picks, ...picksIn(axis, low, high)])] };
  return { ...brush, ranges: [...brush.ranges, rangeOf(axis, low, high, tolerance)] };
}

/** Mark or unmark one slot. */
export function toggled(brush: Brush, token: string): Brush {
  const has = brush.picks.includes(token);
  return { ...brush, picks: has ? brush.picks.filter((pick) => pick !== token) : [...brush.picks, token] };
}

const escaped = (text: string): string => text.replace(/[\\~]/g, (sign) => `\\${sign}`);

function parts(text: string): string[] {
  const found: string[] = [];
  let part = "";
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === "~") {
      found.push(part);
      part = "";
    } else part += sign === "\\" ? text.charAt(++at) : sign;
  }
  return [...found, part];
}

/** Brushes as the parameter b: `lr~0.001..0.01~!unset,optim.name~=adam`. */
export const brushesText = (brushes: Brushes): string =>
  joinList(
    [...brushes].map(([key, brush]) =>
      [key, ...brush.ranges.map(([low, high]) => `${low}..${high}`), ...brush.picks].map(escaped).join("~"),
    ),
  );

export function brushesFrom(text: string): Brushes {
  const brushes = new Map<string, Brush>();
  for (const entry of splitList(text)) {
    const [key = "", ...items] = parts(entry);
    const ranges: Range[] = [];
    const picks: string[] = [];
    for (const item of items) {
      const ends = /^(-?[\d.e+-]+|-Infinity)\.\.(-?[\d.e+-]+|Infinity)$/.exec(item)?.slice(1).map(Number);
      if (/^[=!#]/.test(item)) picks.push(item);
      else if (ends?.[0] !== undefined && ends[1] !== undefined && ends[0] <= ends[1]) ranges.push([ends[0], ends[1]]);
    }
    if (key !== "" && ranges.length + picks.length > 0) brushes.set(key, { ranges, picks });
  }
  return brushes;
}
