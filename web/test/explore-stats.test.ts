import { expect, test } from "vitest";
import { type Axis, axisOf } from "../src/explore/axis";
import { allBits, countBits, hasBit } from "../src/explore/bits";
import { NO_CLASS, STEPS } from "../src/explore/classes";
import { firstKeys, likelyMetric, varyingKeys } from "../src/explore/data";
import { isInside, lassoBits, simplified } from "../src/explore/lasso";
import { coordinateAt, type Corner, cornersFrom, cornersText, polygonOn } from "../src/explore/lasso-corners";
import { grainsOf, placesAlong, railPlace } from "../src/explore/scatter-place";
import { bestFirst, categoriesOf, naturalDirection, rampOf, topBits } from "../src/explore/ranking";
import { axesFrom, axesText, metricFrom, metricText } from "../src/explore/settings";
import { boxesOf, boxOf, groupsOf, histogramOf, quantile } from "../src/explore/stats";
import type { KeyInfo } from "../src/api";
import { columnOf } from "./explore-columns";

test("quantiles lie between the numbers in proportion", () => {
  expect([0, 0.25, 0.5, 1].map((share) => quantile(Float64Array.of(1, 2, 3, 4), share))).toEqual([1, 1.75, 2.5, 4]);
  expect(quantile(new Float64Array(0), 0.5)).toBeNaN();
});

test("a box has whiskers within reach and outliers beyond", () => {
  const box = boxOf("a", Float64Array.of(5, 1, 2, 3, 4, 100));
  expect([box.low, box.high, box.middle, box.outliers]).toEqual([1, 5, 3.5, [100]]);
});

test("boxes are of marked runs that have the metric", () => {
  const metric = columnOf("acc", [1, 3, undefined, 10, 20]);
  const axis = axisOf(columnOf("opt", ["a", "a", "a", "b", undefined]));
  const { groups, labels } = groupsOf(axis, 4, String);
  expect(boxesOf(metric, groups, labels, allBits(5)).map(({ label, count, middle }) => [label, count, middle])).toEqual(
    [
      ["a", 2, 2],
      ["b", 1, 10],
      ["not set", 1, 20],
    ],
  );
});

test("many numbers are grouped in parts of equal size", () => {
  const axis = axisOf(
    columnOf(
      "lr",
      Array.from({ length: 100 }, (_, at) => at),
    ),
    { log: false },
  );
  const { groups, labels } = groupsOf(axis, 4, String);
  expect(labels).toHaveLength(4);
  expect([0, 1, 2, 3].map((part) => groups.filter((group) => group === part).length)).toEqual([25, 25, 25, 25]);
});

test("too many categories end in one of the others", () => {
  const axis = axisOf(
    columnOf(
      "name",
      Array.from({ length: 40 }, (_, at) => `n${at}`),
    ),
  );
  const { labels, groups } = groupsOf(axis, 4, String);
  expect(labels.at(-1)).toBe("24 others");
  expect(groups.filter((group) => group === 16)).toHaveLength(24);
});

test("a histogram holds all runs of the scale, the largest too", () => {
  const axis = axisOf(columnOf("x", [0, 1, 2, 10, undefined]), { log: false });
  const bins = histogramOf(axis, axis.scale, 5, allBits(5));
  expect(bins.map(({ all }) => all)).toEqual([2, 1, 0, 0, 1]);
});

test("the best come first, runs without the metric last", () => {
  const column = columnOf("acc", [0.5, undefined, 0.9, 0.9, NaN]);
  expect([...bestFirst(column, 5, "max")]).toEqual([2, 3, 0, 1, 4]);
  expect([...bestFirst(column, 5, "min")]).toEqual([0, 2, 3, 1, 4]);
});

test("the best share holds ties at its edge, and one run at least", () => {
  const column = columnOf("acc", [1, 5, 5, 5, undefined]);
  const top = topBits(column, bestFirst(column, 5, "max"), 25);
  expect([0, 1, 2, 3, 4].map((run) => hasBit(top, run))).toEqual([false, true, true, true, false]);
  expect(countBits(topBits(column, bestFirst(column, 5, "min"), 1))).toBe(1);
});

test("colours rank: steps hold as many runs each, equal numbers are equal, no number is grey", () => {
  const column = columnOf("acc", [...Array.from({ length: 80 }, (_, at) => at ** 3), undefined]);
  const { classes, none, marks } = rampOf(column, 81, bestFirst(column, 81, "max"));
  expect(Array.from({ length: STEPS }, (_, step) => classes.filter((one) => one === step).length)).toEqual(
    Array(STEPS).fill(10),
  );
  expect([classes[80], none, marks[0], marks[STEPS]]).toEqual([NO_CLASS, 1, 0, 79 ** 3]);
  const same = rampOf(columnOf("acc", [2, 2, 2]), 3, Uint32Array.of(0, 1, 2));
  expect(new Set(same.classes).size).toBe(1);
});

test("the commonest categories have colours, null too, and not set is grey", () => {
  const values = [...Array.from({ length: 20 }, (_, at) => `c${at % 12}`), null, null, null, undefined];
  const { marks, classes } = categoriesOf(axisOf(columnOf("c", values)));
  expect(marks).toHaveLength(STEPS);
  expect(marks).toContain("null");
  expect(classes[23]).toBe(NO_CLASS);
});

test("losses are better small", () => {
  expect(["summary.val/loss", "acc", "train.rmse", "summary.closs"].map(naturalDirection)).toEqual([
    "min",
    "max",
    "min",
    "max",
  ]);
});

test("metric and axes survive the address", () => {
  expect(metricFrom(metricText({ name: "summary.loss", direction: "max" }))).toEqual({
    name: "summary.loss",
    direction: "max",
  });
  expect(metricText({ name: "summary.loss", direction: "min" })).toBe("summary.loss");
  const axes = [
    { name: "a:b,c", isFlipped: true, log: false },
    { name: "lr", isFlipped: false },
  ];
  expect(axesFrom(axesText(axes))).toEqual(axes);
});

test("a lasso holds what is inside", () => {
  const square = [
    [0, 0],
    [0.5, 0],
    [0.5, 0.5],
    [0, 0.5],
  ] as const;
  expect(isInside(square, 0.2, 0.2)).toBe(true);
  expect(countBits(lassoBits(square, [0.1, 0.6, 0.4], [0.1, 0.1, 0.49]))).toBe(2);
  expect(
    simplified(
      [
        [0, 0],
        [1, 0.01],
        [2, 0],
        [2, 2],
      ],
      0.1,
    ),
  ).toEqual([
    [0, 0],
    [2, 0],
    [2, 2],
  ]);
});

test("a lasso survives the address; one that can't be read is none", () => {
  const corners: Corner[] = [
    [1e-5, -0.5],
    [
      { token: "=a,b~c", off: -0.2 },
      { token: "!unset", off: 0.25 },
    ],
    [{ token: "#3", off: 0 }, 2],
  ];
  expect(cornersFrom(cornersText(corners))).toEqual(corners);
  for (const text of ["", "120.80-400.90-3.4", "1,2,3,4", "1,2,3,4,5,x", "1,2,3,4,5,"])
    expect(cornersFrom(text)).toEqual([]);
});

const ids = Array.from({ length: 40 }, (_, at) => `run-${at}`);
/** The ids of those of some runs that a lasso around places of all runs' axes marks. */
function lassoed(xs: Values, ys: Values, square: readonly (readonly [number, number])[], some: readonly number[]) {
  const [wholeX, wholeY] = [axisOf(columnOf("x", xs)), axisOf(columnOf("y", ys))];
  const corners = square.map(([x, y]): Corner => [coordinateAt(wholeX, x), coordinateAt(wholeY, y)]);
  const part = (values: Values): Axis =>
    axisOf(
      columnOf(
        "k",
        some.map((run) => values[run]),
      ),
    );
  const [xAxis, yAxis] = [part(xs), part(ys)];
  const grains = grainsOf(some.map((run) => ids[run] ?? ""));
  const polygon = polygonOn(cornersFrom(cornersText(corners)), xAxis, yAxis);
  const bits = lassoBits(polygon, placesAlong(xAxis, grains, 1), placesAlong(yAxis, grains, 2));
  return some.filter((_, at) => hasBit(bits, at));
}
type Values = Parameters<typeof columnOf>[1];
const all = ids.map((_, at) => at);
const box = (left: number, low: number, right: number, high: number) =>
  [
    [left, low],
    [right, low],
    [right, high],
    [left, high],
  ] as const;

test.each([
  ["linear numbers", all.map((at) => at), box(0.2, 0.1, 0.7, 1.05)],
  ["numbers over magnitudes", all.map((at) => 10 ** (-at / 8)), box(0.2, 0.1, 0.7, 1.05)],
  ["labels", all.map((at) => ["adam", "lion", "sgd", "shampoo"][at % 4]), box(0.3, 0.1, 0.8, 1.05)],
  ["numbers and runs without one", all.map((at) => (at % 3 === 0 ? undefined : at)), box(-1.4, 0.1, 0.5, 1.05)],
  ["one number", all.map(() => 3), box(0.4, 0.1, 0.6, 0.8)],
])("a lasso on %s marks the same of the runs that a filter leaves", (_, xs, square) => {
  const ys = all.map((at) => (at * 7) % 40);
  const marked = lassoed(xs, ys, square, all);
  expect(marked.length).toBeGreaterThan(2);
  expect(marked.length).toBeLessThan(40);
  for (const isLeft of [(at: number) => at > 15, (at: number) => at % 4 !== 1, (at: number) => at % 3 !== 0]) {
    const some = all.filter(isLeft);
    expect(lassoed(xs, ys, square, some)).toEqual(marked.filter(isLeft));
  }
});

test("a lasso below the scale's end meets no rail", () => {
  const axis = axisOf(columnOf("lr", [5, 10, undefined]));
  const x = polygonOn([[1, 5]], axis, axis).map(([place]) => place);
  expect(x[0]).toBeLessThan(0);
  expect(x[0]).toBeGreaterThan(railPlace(0) + 0.25);
});

const key = (name: string, more: Partial<KeyInfo> = {}): KeyInfo => ({
  name,
  scope: "config",
  runs: 100,
  kinds: ["number"],
  values: 5,
  ...more,
});

test("the first axes are params that vary, seeds late, and last those with one value that some runs lack", () => {
  const keys = [
    key("seed"),
    key("constant", { values: 1 }),
    key("ema", { values: 1, runs: 40 }),
    key("lr"),
    key("summary.acc", { scope: "summary" }),
  ];
  expect(varyingKeys(keys, 100)).toEqual(["lr", "seed", "ema"]);
});

test("axes begin with what matters, then go by importance, and keys with one value that some runs lack are last", () => {
  const ranked = (name: string, value: number, matters = false) => ({
    key: name,
    value,
    low: 0,
    high: 1,
    tied: [],
    tendency: "",
    matters,
  });
  const keys = [key("optim"), key("ema", { values: 1, runs: 40 }), key("depth"), key("lr"), key("width"), key("wd")];
  const params = [
    ranked("width", 0.1),
    ranked("wd", -0.1),
    ranked("ema", 0),
    ranked("depth", 0.2),
    ranked("lr", 0.1, true),
  ];
  expect(firstKeys({ keys, total: 100 }, params)).toEqual(["lr", "depth", "width", "wd", "optim", "ema"]);
});

test("the first metric is the held-out result where there is one", () => {
  const summary = (name: string): KeyInfo => key(name, { scope: "summary" });
  expect(likelyMetric([summary("summary.loss"), summary("summary.acc"), summary("summary.val_acc")])).toBe(
    "summary.val_acc",
  );
  expect(likelyMetric([key("lr")])).toBeNull();
});
