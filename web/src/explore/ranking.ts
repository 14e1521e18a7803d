// Ranks: the order of runs by a metric, which of them are the best, and the colour class of each.
import { type Axis, labelOf } from "./axis";
import { type Bits, noBits, setBit } from "./bits";
import { NO_CLASS, STEPS } from "./classes";
import { type Column, numberAt } from "./frame";

export type Direction = "min" | "max";

// The same words as natural_direction() in Python has.
const SMALL = new Set("loss err error mse rmse mae nll perplexity ppl wer cer fid latency time seconds".split(" "));

/** Whether a metric is better small or large, by its name. */
export const naturalDirection = (metric: string): Direction =>
  metric
    .toLowerCase()
    .replace(/[-/.]/g, "_")
    .split("_")
    .some((word) => SMALL.has(word))
    ? "min"
    : "max";

/** All runs, the best first, those without a number last and in their old order. */
export function bestFirst(column: Column | undefined, size: number, direction: Direction): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: size }, (_, run) => run);
  if (column === undefined) return order;
  const sign = direction === "max" ? -1 : 1;
  const keys = Float64Array.from({ length: size }, (_, run) => {
    const value = numberAt(column, run);
    return Number.isNaN(value) ? Infinity : sign * value;
  });
  const isNone = (run: number): boolean => Number.isNaN(numberAt(column, run));
  return order.sort((one, other) => {
    const a = keys[one] ?? 0;
    const b = keys[other] ?? 0;
    return a < b ? -1 : a > b ? 1 : Number(isNone(one)) - Number(isNone(other)) || one - other;
  });
}

/** The best `percent` of the runs that have the metric, at least one; ties at the edge are in. */
export function topBits(column: Column, order: Uint32Array, percent: number): Bits {
  const bits = noBits(order.length);
  let ranked = 0;
  for (const run of order) if (!Number.isNaN(numberAt(column, run))) ranked++;
  const wanted = Math.max(1, Math.round((ranked * percent) / 100));
  let edge = NaN;
  for (let place = 0; place < ranked; place++) {
    const run = order[place] ?? 0;
    const value = numberAt(column, run);
    if (place >= wanted && value !== edge) break;
    if (place === wanted - 1) edge = value;
    setBit(bits, run);
  }
  return bits;
}

export interface Colouring {
  readonly kind: "ramp" | "categories";
  /** A run's class: a step from 0, the worst or smallest, up; or a category's place; or NO_CLASS. */
  readonly classes: Uint8Array<ArrayBuffer>;
  /** What the steps' ends stand for: STEPS + 1 numbers of a ramp, smallest step first; or the categories' names. */
  readonly marks: readonly (number | string)[];
  /** How many runs are grey. */
  readonly none: number;
}

/** Colour by the rank among the runs, so that each step of the ramp has as many of them. Equal numbers look equal. */
export function rampOf(column: Column, size: number, order: Uint32Array): Colouring {
  const classes = new Uint8Array(size).fill(NO_CLASS);
  const ranked = order.filter((run) => !Number.isNaN(numberAt(column, run)));
  let start = 0;
  while (start < ranked.length) {
    const value = numberAt(column, ranked[start] ?? 0);
    let end = start + 1;
    while (end < ranked.length && numberAt(column, ranked[end] ?? 0) === value) end++;
    const share = ranked.length === 1 ? 1 : 1 - (start + end - 1) / 2 / (ranked.length - 1);
    const step = Math.min(STEPS - 1, Math.floor(share * STEPS));
    for (let place = start; place < end; place++) classes[ranked[place] ?? 0] = step;
    start = end;
  }
  const marks = Array.from({ length: STEPS + 1 }, (_, step) => {
    const place = Math.round((1 - step / STEPS) * (ranked.length - 1));
    return ranked.length === 0 ? NaN : numberAt(column, ranked[place] ?? 0);
  });
  return { kind: "ramp", classes, marks, none: size - ranked.length };
}

/** Colour by category: the commonest have colours of their own, the others are grey. */
export function categoriesOf(axis: Axis): Colouring {
  const slots = [...axis.categories, ...axis.rails];
  const common = slots.map((_, at) => at).filter((at) => slots[at]?.token !== "!unset");
  common.sort((one, other) => (slots[other]?.count ?? 0) - (slots[one]?.count ?? 0));
  const shown = common.slice(0, STEPS).sort((one, other) => one - other);
  const classOf = new Map(shown.map((slot, at) => [slot, at]));
  const classes = Uint8Array.from(axis.slots, (slot) => classOf.get(slot) ?? NO_CLASS);
  const none = classes.reduce((count, one) => count + Number(one === NO_CLASS), 0);
  return { kind: "categories", classes, marks: shown.map((at) => labelOf(slots[at]?.token ?? "")), none };
}
