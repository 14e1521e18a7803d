// An axis of one key: numbers on a scale or categories on it, and below it a rail for each thing that has no place
// there (not set, null, nan, a text among numbers), so that every run has a place on every axis.
import { digitsFor, floatText } from "../value";
import { type Column, LABEL, NULL, NUMBER, UNSET } from "./frame";
import { looksLog, type Scale, shareOf, ticksOf, tickText } from "./scale";

/** Something that runs share: a category or a rail. `token` names it in the address. */
export interface Slot {
  readonly token: string;
  readonly label: string;
  readonly count: number;
}
export interface Axis {
  readonly name: string;
  readonly kind: "number" | "category";
  readonly scale: Scale;
  readonly canLog: boolean;
  readonly isFlipped: boolean;
  readonly isInteger: boolean;
  readonly categories: readonly Slot[];
  readonly rails: readonly Slot[];
  /** A run's slot: -1 for a number on the scale, then categories, then rails. */
  readonly slots: Int32Array;
  /** A run's share of the scale, 0 at its low end; NaN on a rail. Flipping does not change it. */
  readonly shares: Float64Array;
  readonly column: Column;
}
export interface Wish {
  readonly log?: boolean;
  readonly isFlipped?: boolean;
}

export const UNSET_TOKEN = "!unset";
export const NULL_TOKEN = "!null";
export const LOW_TOKEN = "!low";
const MAX_LABEL_RAILS = 8;

const collator = new Intl.Collator("en", { numeric: true });

/** The token of what a run has where it is no number on a scale. */
function tokenOf(column: Column, run: number): string {
  const code = column.codes[run] ?? UNSET;
  if (code === UNSET) return UNSET_TOKEN;
  if (code === NULL) return NULL_TOKEN;
  if (code >= LABEL) return `=${column.labels[code - LABEL] ?? ""}`;
  const number = column.numbers[run] ?? NaN;
  if (Number.isNaN(number)) return "!nan";
  return Number.isFinite(number) ? `#${number}` : number > 0 ? "!inf" : "!-inf";
}

export function labelOf(token: string): string {
  const rest = token.slice(1);
  if (token === UNSET_TOKEN) return "not set";
  if (token === LOW_TOKEN) return "0 or less";
  if (token.startsWith("#")) return floatText(Number(rest), 6);
  return token.startsWith("=") && rest === "" ? '""' : rest;
}

const isFiniteNumber = (column: Column, run: number): boolean =>
  column.codes[run] === NUMBER && Number.isFinite(column.numbers[run]);

/** Whether the key is one of numbers: few labels beside them, so that each can have a rail. */
function isNumeric(column: Column, numbers: number): boolean {
  return numbers > 0 && column.labels.length <= MAX_LABEL_RAILS;
}

function collected(column: Column): Float64Array {
  return column.numbers.filter((value, run) => column.codes[run] === NUMBER && Number.isFinite(value));
}

function scaleOf(values: Float64Array, log: boolean | undefined): { scale: Scale; canLog: boolean } {
  let low = Infinity;
  let high = -Infinity;
  let lowPositive = Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < lowPositive) lowPositive = value;
  }
  const canLog = Number.isFinite(lowPositive) && high > lowPositive;
  const isLog = canLog && (log ?? looksLog(values));
  return { scale: { low: isLog ? lowPositive : low, high, isLog }, canLog };
}

const RAIL_ORDER = [LOW_TOKEN, "!-inf", "!inf", "!nan", NULL_TOKEN, UNSET_TOKEN];
const railRank = (token: string): number => RAIL_ORDER.indexOf(token) + 1;

/** The order in which slots stand on an axis, whichever of them it has. */
export const slotOrder = (one: string, other: string): number =>
  railRank(one) - railRank(other) || collator.compare(labelOf(one), labelOf(other));

function slotsOf(counts: ReadonlyMap<string, number>, isWanted: (token: string) => boolean): Slot[] {
  const tokens = [...counts.keys()].filter(isWanted).sort(slotOrder);
  return tokens.map((token) => ({ token, label: labelOf(token), count: counts.get(token) ?? 0 }));
}

const isCategory = (token: string): boolean => token.startsWith("=") || token.startsWith("#");

/** Make a key's axis. `log` undefined: as the numbers look. */
export function axisOf(column: Column, wish: Wish = {}): Axis {
  const size = column.codes.length;
  const values = collected(column);
  const numeric = isNumeric(column, values.length);
  const { scale, canLog } = numeric
    ? scaleOf(values, wish.log)
    : { scale: { low: 0, high: 1, isLog: false }, canLog: false };
  const isOnScale = (run: number): boolean =>
    numeric && isFiniteNumber(column, run) && !(scale.isLog && (column.numbers[run] ?? 0) <= 0);
  const tokenAt = (run: number): string => (numeric && isFiniteNumber(column, run) ? LOW_TOKEN : tokenOf(column, run));
  const counts = new Map<string, number>();
  for (let run = 0; run < size; run++) {
    if (isOnScale(run)) continue;
    const token = tokenAt(run);
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const categories = numeric ? [] : slotsOf(counts, isCategory);
  const rails = slotsOf(counts, (token) => numeric || !isCategory(token));
  const slotOf = new Map([...categories, ...rails].map((slot, at) => [slot.token, at]));
  const slots = new Int32Array(size).fill(-1);
  const shares = new Float64Array(size).fill(NaN);
  for (let run = 0; run < size; run++) {
    if (isOnScale(run)) {
      shares[run] = shareOf(scale, column.numbers[run] ?? 0);
      continue;
    }
    const slot = slotOf.get(tokenAt(run)) ?? -1;
    slots[run] = slot;
    if (slot < categories.length) shares[run] = categoryShare(slot, categories.length);
  }
  const isInteger = numeric && values.every((value) => Number.isInteger(value));
  const kind = numeric ? "number" : "category";
  return {
    name: column.name,
    kind,
    scale,
    canLog,
    isFlipped: wish.isFlipped === true,
    isInteger,
    categories,
    rails,
    slots,
    shares,
    column,
  };
}

/** Where a category stands: the first one on top, ends half a place from the axis' ends. */
export const categoryShare = (at: number, count: number): number => 1 - (at + 0.5) / count;

export interface Tick {
  readonly share: number;
  readonly label: string;
}

/** Ticks for an axis that has room for about `room` of them; all categories as far as there is room. */
export function axisTicks(axis: Axis, room: number): Tick[] {
  if (axis.kind === "number") {
    const few = distinctNumbers(axis, Math.min(room, 9));
    const ticks = few ?? ticksOf(axis.scale, Math.min(room, 6));
    const digits = digitsFor(ticks);
    return ticks.map((value) => ({ share: shareOf(axis.scale, value), label: tickText(value, digits) }));
  }
  const every = Math.max(1, Math.ceil(axis.categories.length / Math.max(room, 1)));
  return axis.categories
    .map((slot, at) => ({ share: categoryShare(at, axis.categories.length), label: slot.label }))
    .filter((_, at) => at % every === 0);
}

/** The numbers on the axis themselves, where they are so few that each can be a tick of its own. */
function distinctNumbers(axis: Axis, most: number): number[] | null {
  const found = new Set<number>();
  for (let run = 0; run < axis.slots.length; run++) {
    if (axis.slots[run] !== -1) continue;
    found.add(axis.column.numbers[run] ?? 0);
    if (found.size > most) return null;
  }
  const numbers = [...found].sort((one, other) => one - other);
  const shares = numbers.map((value) => shareOf(axis.scale, value));
  const isSpread = shares.every((share, at) => at === 0 || share - (shares[at - 1] ?? 0) > 0.5 / most);
  return isSpread ? numbers : null;
}
