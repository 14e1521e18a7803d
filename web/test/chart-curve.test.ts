import { expect, test } from "vitest";
import type { Series } from "../src/api";
import {
  type Curve,
  clockTexts,
  curveOf,
  digest,
  lowerBound,
  nearest,
  notes,
  reaches,
  recordedGaps,
  smoothed,
  spanText,
  xRange,
  yRange,
} from "../src/chart/curve";
import { marksOf } from "../src/chart/marks";
import { grouped } from "../src/chart/panel";

const series = (values: Series["values"], more: Partial<Series> = {}): Series => ({
  run: "a",
  metric: "loss",
  total: values.length,
  steps: values.map((_, at) => at * 10),
  values,
  times: values.map((_, at) => 1_000_000 + at * 500),
  ...more,
});
const curve = (values: Series["values"], more: Partial<Series> = {}): Curve => curveOf(series(values, more), "step", 0);

const ones = (count: number): Float64Array => new Float64Array(count).fill(1);

test("a constant stays itself when smoothed, from the first point on", () => {
  expect([...smoothed(Float64Array.from([2, 2, 2]), 0.9, ones(3))].map((y) => y.toFixed(9))).toEqual([
    "2.000000000",
    "2.000000000",
    "2.000000000",
  ]);
});

test("smoothing weighs the past by its weight", () => {
  const [first, second] = smoothed(Float64Array.from([0, 1]), 0.5, ones(2));
  expect(first).toBe(0);
  expect(second).toBeCloseTo(2 / 3, 12);
});

test("how many points were left out is told by the steps, or else by their mean", () => {
  expect([...recordedGaps({ steps: [0, 10, 20], total: 3 })]).toEqual([1, 1, 1]);
  expect([...recordedGaps({ steps: [0, 10, 40], total: 21 })]).toEqual([1, 5, 15]);
  expect([...recordedGaps({ steps: [0, 10, 5, 15], total: 21 })]).toEqual([1, 10, 1, 10]);
  expect([...recordedGaps({ steps: [7, 7, 7], total: 21 })]).toEqual([1, 10, 10]);
  expect([...recordedGaps({ steps: [7], total: 21 })]).toEqual([1]);
});

/** A loss with noise, and what the server leaves of it: the smallest and largest of each of so many stretches. */
function recorded(count: number, noise: number): Series {
  let seed = 1;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
  return series(Array.from({ length: count }, (_, at) => Math.exp((-6 * at) / count) + noise * random()));
}
function thinned(whole: Series, stretches: number): Series {
  const size = whole.total / stretches;
  const values = whole.values.map(Number);
  const kept = Array.from({ length: stretches }, (_, stretch) => {
    const part = values.slice(stretch * size, (stretch + 1) * size);
    return [Math.min(...part), Math.max(...part)].map((value) => stretch * size + part.indexOf(value));
  });
  const at = [...new Set([0, ...kept.flat(), whole.total - 1])].sort((one, other) => one - other);
  const pick = <T>(from: readonly T[]): T[] => at.flatMap((place) => from.slice(place, place + 1));
  return { ...whole, steps: pick(whole.steps), values: pick(whole.values), times: pick(whole.times) };
}

test.each([
  [0.9, 0, 0.005],
  [0.99, 0, 0.005],
  [0.99, 0.2, 0.06],
  [0.999, 0.2, 0.03],
])("smoothing by %f over noise of %f is the same whatever was left out", (weight, noise, most) => {
  const whole = recorded(20_000, noise);
  const few = curveOf(thinned(whole, 500), "step", weight);
  const all = curveOf(whole, "step", weight);
  const off = [...few.xs].map((x, at) => Math.abs((few.smooth?.[at] ?? NaN) - (all.smooth?.[x / 10] ?? NaN)));
  expect(few.xs.length).toBeLessThan(1100);
  expect(Math.max(...off.slice(100))).toBeLessThan(most); // an average over few points is still all noise
});

test("a curve has no value where it has ended or not begun", () => {
  const [short, single] = [curve([1, 2, 3]), curve([1])];
  expect([-6, -5, 25, 26].map((x) => reaches(short, x, 1))).toEqual([false, true, true, false]);
  expect([-2, 1, 3].map((x) => reaches(single, x, 2))).toEqual([true, true, false]);
  expect(reaches(curve([]), 0, 1)).toBe(false);
});

test("nan and infinities are gaps that smoothing passes over", () => {
  const { ys, smooth } = curveOf(series([1, "nan", "inf", 1]), "step", 0.5);
  expect([...ys].map(Number.isNaN)).toEqual([false, true, true, false]);
  expect(smooth?.[1]).toBeNaN();
  expect(smooth?.[3]).toBeCloseTo(1, 12);
});

test("x is the step, the seconds since the first point, or the clock", () => {
  expect([...curveOf(series([1, 2]), "step", 0).xs]).toEqual([0, 10]);
  expect([...curveOf(series([1, 2]), "time", 0).xs]).toEqual([0, 0.5]);
  expect([...curveOf(series([1, 2]), "wall", 0).xs]).toEqual([1000, 1000.5]);
});

test("points of a clock that went back are drawn in the order of time", () => {
  const { xs, ys } = curveOf(series([1, 2, 3], { times: [0, 2000, 1000] }), "time", 0);
  expect([...xs]).toEqual([0, 1, 2]);
  expect([...ys]).toEqual([1, 3, 2]);
});

test("the nearest point is one with a value", () => {
  expect(nearest(curve([1, "nan", 3]), 11)).toBe(2);
  expect(nearest(curve([1, "nan", 3]), 9)).toBe(0);
  expect(nearest(curve(["nan"]), 0)).toBeUndefined();
});

test("the first x that is not below is found, also past the end", () => {
  const xs = Float64Array.from([1, 2, 2, 5]);
  expect([0, 2, 3, 9].map((x) => lowerBound(xs, x))).toEqual([0, 1, 3, 4]);
});

test("last, min and max leave gaps out", () => {
  expect(digest(curve([3, 1, "nan"]))).toEqual({ last: 1, min: 1, max: 3, gaps: 1 });
});

test("ranges cover smoothed and raw lines in view, and only what a log axis can show", () => {
  const both = curveOf(series([0, 4, 2]), "step", 0.9);
  expect(yRange([both], 0, 20, false)).toEqual([0, 4]);
  expect(yRange([both], 0, 20, true)?.[0]).toBeGreaterThan(0);
  expect(yRange([both], 500, 600, false)).toBeUndefined();
  expect(xRange([both], true)).toEqual([10, 20]);
});

test("what is left out is said", () => {
  expect(notes([curve([1, 2], { total: 20_000 })], false, false)).toEqual(["min/max of 20,000 points shown in 2"]);
  expect(notes([curve([1, "nan", -1])], true, true)).toEqual([
    "1 point is nan or infinite: gaps",
    "1 not above 0 left out by the log scale",
    "x = 0 left out by the log scale",
  ]);
});

test("spans of time read as people say them", () => {
  expect([0, 0.85, 12, 185, 7384, 93_600].map(spanText)).toEqual([
    "0 s",
    "850 ms",
    "12 s",
    "3:05",
    "2:03:04",
    "1 d 2 h",
  ]);
});

test("the clock on an axis says the date once a day", () => {
  const noon = new Date(2026, 10, 24, 12).getTime() / 1000;
  expect(clockTexts([noon, noon + 3600, noon + 86_400], 3600)).toEqual(["11-24 12:00", "13:00", "11-25 12:00"]);
  expect(clockTexts([noon, noon + 0.5], 0.5)).toEqual(["11-24 12:00:00.0", "12:00:00.5"]);
});

test("no two of forty runs have the same mark", () => {
  const marks = [...marksOf(Array.from({ length: 40 }, (_, at) => `run-${at}`)).values()];
  expect(new Set(marks.map(({ colour, dash, shape }) => `${colour} ${dash.join(",")} ${shape}`)).size).toBe(40);
});

test("metrics are grouped by what stands before their last slash or dot", () => {
  expect([...grouped(["train/loss", "lr", "val.acc", "train/acc"])]).toEqual([
    ["", ["lr"]],
    ["train", ["train/loss", "train/acc"]],
    ["val", ["val.acc"]],
  ]);
});
