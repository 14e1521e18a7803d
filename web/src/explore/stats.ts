// Statistics of a metric by a key: histograms, and box plots by category or by equal parts of a number's runs.
import type { Axis } from "./axis";
import { type Bits, hasBit } from "./bits";
import { type Column, numberAt } from "./frame";
import { type Scale, shareOf, valueAt } from "./scale";

/** The value below which `share` of sorted numbers lie, between two of them in proportion (R's type 7). */
export function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return NaN;
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** A box plot: quartiles, whiskers at the last runs within 1.5 box lengths, and a sample of those beyond. */
export interface Box {
  readonly label: string;
  readonly count: number;
  readonly low: number;
  readonly quarter: number;
  readonly middle: number;
  readonly threeQuarters: number;
  readonly high: number;
  readonly outliers: readonly number[];
}
const MAX_OUTLIERS = 60;

/** Source: Tukey, "Exploratory Data Analysis", 1977: box plots. */
export function boxOf(label: string, values: Float64Array): Box {
  const sorted = values.slice().sort();
  const [quarter, middle, threeQuarters] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [
    number,
    number,
    number,
  ];
  const reach = 1.5 * (threeQuarters - quarter);
  const inside = sorted.filter((value) => value >= quarter - reach && value <= threeQuarters + reach);
  const outside = sorted.filter((value) => value < quarter - reach || value > threeQuarters + reach);
  const every = Math.ceil(outside.length / MAX_OUTLIERS);
  const outliers = [...outside].filter((_, at) => at % every === 0 || at === outside.length - 1);
  return {
    label,
    count: sorted.length,
    low: inside[0] ?? NaN,
    quarter,
    middle,
    threeQuarters,
    high: inside.at(-1) ?? NaN,
    outliers,
  };
}

/** The metric's box for each group of runs among `bits`; group -1 is in none. */
export function boxesOf(metric: Column, groups: Int32Array, labels: readonly string[], bits: Bits): Box[] {
  const counts = new Uint32Array(labels.length);
  const isIn = (run: number): boolean =>
    hasBit(bits, run) && (groups[run] ?? -1) >= 0 && Number.isFinite(numberAt(metric, run));
  for (let run = 0; run < groups.length; run++)
    if (isIn(run)) counts[groups[run] ?? 0] = (counts[groups[run] ?? 0] ?? 0) + 1;
  const values = labels.map((_, group) => new Float64Array(counts[group] ?? 0));
  const filled = new Uint32Array(labels.length);
  for (let run = 0; run < groups.length; run++) {
    if (!isIn(run)) continue;
    const group = groups[run] ?? 0;
    const at = filled[group] ?? 0;
    (values[group] ?? new Float64Array(0))[at] = numberAt(metric, run);
    filled[group] = at + 1;
  }
  return labels.map((label, group) => boxOf(label, values[group] ?? new Float64Array(0)));
}

export interface Grouping {
  readonly groups: Int32Array;
  readonly labels: readonly string[];
}
const MAX_GROUPS = 16;

/** Runs in groups by a key: its categories and rails; numbers one by one where few, else in `parts` equal parts. */
export function groupsOf(axis: Axis, parts: number, text: (value: number) => string): Grouping {
  const slotCount = axis.categories.length + axis.rails.length;
  if (axis.kind === "category") return commonest(axis, slotCount);
  const values = axis.column.numbers.filter((_, run) => axis.slots[run] === -1).sort();
  const distinct = new Set(values);
  const few = distinct.size <= 10 ? [...distinct].sort((one, other) => one - other) : null;
  const ends = few ?? edges(values, parts);
  const labels = few === null ? ends.slice(1).map((end, at) => `${text(ends[at] ?? 0)} – ${text(end)}`) : few.map(text);
  const groups = Int32Array.from(axis.slots, (slot, run) => {
    if (slot >= 0) return labels.length + slot;
    const value = axis.column.numbers[run] ?? NaN;
    if (few !== null) return few.indexOf(value);
    const at = ends.findIndex((end, place) => place > 0 && value <= end);
    return Math.max(0, at - 1);
  });
  return { groups, labels: [...labels, ...axis.rails.map(({ label }) => label)] };
}

const edges = (sorted: Float64Array, parts: number): number[] => [
  ...new Set(Array.from({ length: parts + 1 }, (_, at) => quantile(sorted, at / parts))),
];

function commonest(axis: Axis, slotCount: number): Grouping {
  const slots = [...axis.categories, ...axis.rails];
  if (slotCount <= MAX_GROUPS) return { groups: axis.slots, labels: slots.map(({ label }) => label) };
  const order = slots.map((_, at) => at).sort((one, other) => (slots[other]?.count ?? 0) - (slots[one]?.count ?? 0));
  const kept = order.slice(0, MAX_GROUPS).sort((one, other) => one - other);
  const groupOf = new Map(kept.map((slot, at) => [slot, at]));
  const labels = [...kept.map((slot) => slots[slot]?.label ?? ""), `${slotCount - kept.length} others`];
  return { groups: Int32Array.from(axis.slots, (slot) => groupOf.get(slot) ?? kept.length), labels };
}

export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly all: number;
  readonly marked: number;
}

/** How many runs, and how many of the marked ones, lie in each of `count` equal stretches of the axis' scale. */
export function histogramOf(axis: Axis, scale: Scale, count: number, bits: Bits): Bin[] {
  const all = new Uint32Array(count);
  const marked = new Uint32Array(count);
  for (let run = 0; run < axis.slots.length; run++) {
    if (axis.slots[run] !== -1) continue;
    const bin = Math.min(count - 1, Math.max(0, Math.floor(shareOf(scale, axis.column.numbers[run] ?? 0) * count)));
    all[bin] = (all[bin] ?? 0) + 1;
    if (hasBit(bits, run)) marked[bin] = (marked[bin] ?? 0) + 1;
  }
  return Array.from({ length: count }, (_, at) => ({
    low: valueAt(scale, at / count),
    high: valueAt(scale, (at + 1) / count),
    all: all[at] ?? 0,
    marked: marked[at] ?? 0,
  }));
}
