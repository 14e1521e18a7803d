// Points of metrics as curves: what stands where on the page, before anything is drawn.
import type { Series } from "../api";
import { floatText } from "../value";

/** By training step, by seconds since the curve's first point, or by the clock (seconds of Unix time). */
export type XKind = "step" | "time" | "wall";

/** One run's points of one metric, by increasing x; NaN in `ys` is a gap. `smooth` is null where nothing is smoothed. */
export interface Curve {
  readonly run: string;
  readonly total: number;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly smooth: Float64Array | null;
}

export interface Digest {
  readonly last: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** How many points have no place on a scale: nan and infinities. */
  readonly gaps: number;
}

/**
 * How many recorded points each sent one is after the one before it. Where points were left out this is told by the
 * steps, as most metrics are logged every so many of them.
 */
export function recordedGaps({ steps, total }: Pick<Series, "steps" | "total">): Float64Array {
  const gaps = new Float64Array(steps.length).fill(1);
  if (total <= steps.length) return gaps;
  const forward = steps.map((step, at) => Math.max(0, step - (steps[at - 1] ?? step))); // a run may log a step again
  const range = forward.reduce((sum, gap) => sum + gap, 0);
  const mean = (total - 1) / Math.max(1, steps.length - 1);
  return gaps.map((least, at) =>
    at === 0 ? least : Math.max(least, range === 0 ? mean : ((forward[at] ?? 0) * (total - 1)) / range),
  );
}

/**
 * The moving average in which each recorded point weighs `weight` times the next one, corrected for its start at zero.
 * Points that were not sent count as if they lay on the line between those that were: so it is the same curve however
 * many points were left out. A gap stays a gap and does not enter the average. Source: Kingma and Ba, "Adam", 2015,
 * section 3 (bias correction).
 */
export function smoothed(ys: Float64Array, weight: number, gaps: Float64Array): Float64Array {
  const out = new Float64Array(ys.length);
  let sum = 0;
  let share = 0;
  ys.forEach((y, at) => {
    if (Number.isNaN(y)) out[at] = NaN;
    else {
      const count = gaps[at] ?? 1;
      const past = weight ** count;
      const before = ys[at - 1] ?? NaN;
      const slope = Number.isNaN(before) ? 0 : (y - before) / count;
      // The sum of (1 - weight) * weight^k * k over the k = 0 ... count - 1 points back from this one.
      const behind = (weight - count * past + (count - 1) * past * weight) / (1 - weight);
      sum = sum * past + y * (1 - past) - slope * behind;
      share = share * past + (1 - past);
      out[at] = sum / share;
    }
  });
  return out;
}

const place = (value: number | string): number => (typeof value === "number" && Number.isFinite(value) ? value : NaN);

function xsOf(series: Series, kind: XKind): number[] {
  if (kind === "step") return [...series.steps];
  const start = kind === "time" ? Math.min(...series.times.slice(0, 1)) : 0;
  return series.times.map((time) => (time - start) / 1000);
}

/** The points of a series in the order of x; smoothing happens in the order in which they were recorded. */
export function curveOf(series: Series, kind: XKind, weight: number): Curve {
  const ys = Float64Array.from(series.values, place);
  const smooth = weight > 0 ? smoothed(ys, weight, recordedGaps(series)) : null;
  const xs = Float64Array.from(xsOf(series, kind));
  const { run, total } = series;
  if (xs.every((x, at) => at === 0 || x >= (xs[at - 1] ?? x))) return { run, total, xs, ys, smooth };
  const order = [...xs.keys()].sort((one, other) => (xs[one] ?? 0) - (xs[other] ?? 0));
  const sorted = (from: Float64Array): Float64Array => Float64Array.from(order, (at) => from[at] ?? NaN);
  return { run, total, xs: sorted(xs), ys: sorted(ys), smooth: smooth === null ? null : sorted(smooth) };
}

/** The index of the first x that is not below `wanted`. */
export function lowerBound(xs: Float64Array, wanted: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether a curve goes on at an x: one that has ended, or not begun, has no value there. It reaches half the distance of
 * its points beyond its ends, as it does around each of them, and at least `slack`.
 */
export function reaches({ xs }: Curve, wanted: number, slack: number): boolean {
  const [first = NaN, last = NaN] = [xs[0], xs.at(-1)];
  const more = Math.max(slack, (last - first) / Math.max(1, xs.length - 1) / 2);
  return wanted >= first - more && wanted <= last + more;
}

/** The index of the point nearest in x that has a value; undefined where the curve has none. */
export function nearest(curve: Curve, wanted: number): number | undefined {
  const at = lowerBound(curve.xs, wanted);
  let left = at - 1;
  let right = at;
  while (left >= 0 && Number.isNaN(curve.ys[left])) left--;
  while (right < curve.xs.length && Number.isNaN(curve.ys[right])) right++;
  const leftFar = left < 0 ? Infinity : wanted - (curve.xs[left] ?? 0);
  const rightFar = right >= curve.xs.length ? Infinity : (curve.xs[right] ?? 0) - wanted;
  if (leftFar === Infinity && rightFar === Infinity) return undefined;
  return leftFar <= rightFar ? left : right;
}

/** Last, smallest and largest value; the server keeps all three whatever it leaves out. */
export function digest(curve: Curve): Digest {
  let last: number | undefined;
  let min: number | undefined;
  let max: number | undefined;
  let gaps = 0;
  for (const y of curve.ys) {
    if (Number.isNaN(y)) gaps++;
    else {
      last = y;
      min = min === undefined || y < min ? y : min;
      max = max === undefined || y > max ? y : max;
    }
  }
  return { last, min, max, gaps };
}

/** Lowest and highest x of all curves, above zero only for a log axis; undefined where there is no point. */
export function xRange(curves: readonly Curve[], isLog: boolean): [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const { xs } of curves) {
    const first = isLog ? xs[xs.findIndex((x) => x > 0)] : xs[0];
    const last = xs[xs.length - 1];
    if (first === undefined || last === undefined) continue;
    low = Math.min(low, first);
    high = Math.max(high, last);
  }
  return low <= high ? [low, high] : undefined;
}

/** Lowest and highest y of what is drawn between two x, above zero only for a log axis; undefined where there is none. */
export function yRange(
  curves: readonly Curve[],
  from: number,
  to: number,
  isLog: boolean,
): [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const { xs, ys, smooth } of curves) {
    for (let at = lowerBound(xs, from); at < xs.length && (xs[at] ?? 0) <= to; at++) {
      for (const y of smooth === null ? [ys[at]] : [ys[at], smooth[at]]) {
        if (y === undefined || Number.isNaN(y) || (isLog && y <= 0)) continue;
        if (y < low) low = y;
        if (y > high) high = y;
      }
    }
  }
  return low <= high ? [low, high] : undefined;
}

const count = (number: number): string => number.toLocaleString("en-US");

/** What a chart does not show as it was recorded, one sentence each. */
export function notes(curves: readonly Curve[], isLogY: boolean, isLogX: boolean): string[] {
  const said: string[] = [];
  const cut = curves.filter(({ total, xs }) => total > xs.length);
  const most = cut.reduce((one, other) => (one === undefined || other.total > one.total ? other : one), cut[0]);
  if (most !== undefined) said.push(`min/max of ${count(most.total)} points shown in ${count(most.xs.length)}`);
  const gaps = curves.reduce((sum, curve) => sum + digest(curve).gaps, 0);
  if (gaps > 0) said.push(`${count(gaps)} ${gaps === 1 ? "point is" : "points are"} nan or infinite: gaps`);
  const low = isLogY ? curves.reduce((sum, { ys }) => sum + ys.filter((y) => y <= 0).length, 0) : 0;
  if (low > 0) said.push(`${count(low)} not above 0 left out by the log scale`);
  if (isLogX && curves.some(({ xs }) => (xs[0] ?? 1) <= 0)) said.push("x = 0 left out by the log scale");
  return said;
}

/** Seconds as people say them: 850 ms, 12 s, 3:05, 2:03:04, 1 d 2 h. */
export function spanText(seconds: number): string {
  if (seconds < 0) return `−${spanText(-seconds)}`;
  if (seconds === 0) return "0 s";
  if (seconds < 1) return `${String(Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${floatText(seconds, 3)} s`;
  const whole = Math.round(seconds);
  const two = (number: number): string => String(number).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return `${Math.floor(whole / 86400)} d ${Math.floor(whole / 3600) % 24} h`;
}

/** Moments on an axis, in seconds of Unix time, as short as their distance allows; the first one and each new day say the date. */
export function clockTexts(seconds: readonly number[], step: number): string[] {
  let day = "";
  return seconds.map((second) => {
    const [date = "", time = ""] = new Date(second * 1000).toLocaleString("sv-SE").split(" ");
    const isNew = date !== day;
    day = date;
    if (step >= 86_400) return isNew ? date.slice(step >= 86_400 * 300 ? 0 : 5) : "";
    const part =
      step < 1
        ? `${time}.${String(Math.round((second % 1) * 1000))
            .padStart(3, "0")
            .slice(0, step < 0.1 ? 3 : 1)}`
        : time.slice(0, step < 60 ? 8 : 5);
    return isNew ? `${date.slice(5)} ${part}` : part;
  });
}

/** An x as a reader wants it: the step, the time passed, or the clock's time. */
export function xText(x: number, kind: XKind): string {
  if (kind === "step") return `step ${count(x)}`;
  return kind === "time" ? spanText(x) : new Date(x * 1000).toLocaleString("sv-SE");
}
