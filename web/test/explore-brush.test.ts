import { expect, test } from "vitest";
import { axisOf, LOW_TOKEN, UNSET_TOKEN } from "../src/explore/axis";
import { allBits, among, bitsWhere, countBits, hasBit, meet } from "../src/explore/bits";
import {
  bitsOf,
  type Brush,
  type Brushes,
  brushesFrom,
  brushesText,
  rangeOf,
  spansOf,
  withoutSpan,
  withStretch,
} from "../src/explore/brush";
import { dragFrom, gripAt, nudged, spanBox } from "../src/explore/brushing";
import { brushClause, keyInFilter } from "../src/explore/clause";
import { Marking } from "../src/explore/marking";
import { heightFor, yOfRail, yOfShare } from "../src/explore/place";
import { columnOf } from "./explore-columns";

const NOTHING: Brush = { ranges: [], picks: [] };
const lr = axisOf(columnOf("lr", [0, 0.25, 0.5, 0.75, 1, undefined]), { log: false });
const opt = axisOf(columnOf("opt", ["adam", "lion", "sgd", undefined, "adam"]));
const height = heightFor(320, 1);
const runs = (axis: typeof lr, brush: Brush): number[] =>
  axis.slots.reduce<number[]>((found, _, run) => (hasBit(bitsOf(axis, brush), run) ? [...found, run] : found), []);
const never = (): boolean => false;

test("sets count their runs at any size", () => {
  for (const size of [0, 1, 31, 32, 33, 1000]) {
    expect(countBits(allBits(size))).toBe(size);
    expect(countBits(bitsWhere(size, (at) => at % 3 === 0))).toBe(Math.ceil(size / 3));
  }
});

test("sets meet, and keep an order", () => {
  const met = meet(40, [bitsWhere(40, (at) => at % 2 === 0), bitsWhere(40, (at) => at > 35)]);
  expect([...among(Uint32Array.of(39, 38, 3, 36), met)]).toEqual([38, 36]);
  expect(countBits(meet(40, []))).toBe(40);
});

test("several ranges and rails of one axis add up", () => {
  expect(
    runs(lr, {
      ranges: [
        [0, 0.3],
        [0.9, 1],
      ],
      picks: [UNSET_TOKEN],
    }),
  ).toEqual([0, 1, 4, 5]);
});

test("a brush means the same on a log scale", () => {
  const brush: Brush = { ranges: [[0, 0.3]], picks: [] };
  const log = axisOf(lr.column, { log: true });
  expect(runs(log, brush)).toEqual(runs(lr, brush));
  expect(runs(log, { ranges: [], picks: [LOW_TOKEN] })).toEqual([0]);
});

test("categories are marked by their names", () => {
  expect(runs(opt, { ranges: [], picks: ["=adam", UNSET_TOKEN] })).toEqual([0, 3, 4]);
});

test("brushes survive the address, whatever keys and labels hold", () => {
  const brushes: Brushes = new Map([
    [
      "lr",
      {
        ranges: [
          [1e-7, 0.25],
          [-3, 1e21],
          [-Infinity, Infinity],
        ],
        picks: [UNSET_TOKEN],
      },
    ],
    ['"a,b~c".d', { ranges: [], picks: ["=x~y,\\z", "=", "#0.5"] }],
  ]);
  expect(brushesFrom(brushesText(brushes))).toEqual(brushes);
});

test("what is no brush in the address is passed over", () => {
  expect(brushesFrom("lr~5..1~x..y,~=a,opt~=adam")).toEqual(new Map([["opt", { ranges: [], picks: ["=adam"] }]]));
});

test("a range dragged to the axis' end is open, one of integers has whole ends", () => {
  expect(rangeOf(lr, 0.1, 1, 0.01)).toEqual([0.1, Infinity]);
  expect(rangeOf(axisOf(lr.column, { log: true }), 0, 0.5, 0.01)).toEqual([0.25, 0.5]);
  const layers = axisOf(columnOf("layers", [2, 5, 9]));
  expect(rangeOf(layers, 0.2, 0.8, 0.01)).toEqual([4, 7]);
});

test("dragging on a free place makes a stretch, clicking it takes it away", () => {
  const made = dragFrom(lr, height, NOTHING, yOfShare(lr, height, 0.2)).end(yOfShare(lr, height, 0.6));
  expect(made.ranges).toHaveLength(1);
  expect(runs(lr, made)).toEqual([1, 2]);
  const middle = yOfShare(lr, height, 0.4);
  expect(dragFrom(lr, height, made, middle).end(middle)).toEqual(NOTHING);
});

test("a second stretch is beside the first, and each moves alone", () => {
  const one = dragFrom(lr, height, NOTHING, yOfShare(lr, height, 0)).end(yOfShare(lr, height, 0.1));
  const two = dragFrom(lr, height, one, yOfShare(lr, height, 0.7)).end(yOfShare(lr, height, 0.8));
  expect(runs(lr, two)).toEqual([0, 3]);
  const moved = dragFrom(lr, height, two, yOfShare(lr, height, 0.75)).end(yOfShare(lr, height, 0.97));
  expect(runs(lr, moved)).toEqual([0, 4]);
});

test("a stretch is pulled at its end", () => {
  const made = withStretch(lr, NOTHING, 0.2, 0.6, 0.001);
  const { top } = spanBox(lr, height, spansOf(lr, made)[0] ?? { kind: "rail", rail: 0 });
  expect(gripAt(lr, height, made, top)?.grip).toBe("top");
  expect(runs(lr, dragFrom(lr, height, made, top).end(yOfShare(lr, height, 1)))).toEqual([1, 2, 3, 4]);
});

test("a click on a category or a rail marks it", () => {
  const [adam] = [yOfShare(opt, height, 1 - 0.5 / 3)];
  const picked = dragFrom(opt, height, NOTHING, adam).end(adam);
  expect(picked.picks).toEqual(["=adam"]);
  expect(dragFrom(opt, height, picked, adam).end(adam)).toEqual(NOTHING);
  const rail = yOfRail(height, 0);
  expect(dragFrom(opt, height, NOTHING, rail).end(rail).picks).toEqual([UNSET_TOKEN]);
});

test("arrow keys move a stretch and stop at the end", () => {
  const made = withStretch(lr, NOTHING, 0.2, 0.4, 0.001);
  const span = spansOf(lr, made)[0] ?? { kind: "rail", rail: 0 };
  expect(nudged(lr, height, made, span, -0.1).ranges[0]?.[0]).toBeCloseTo(0.3, 2);
  expect(nudged(lr, height, made, span, -5).ranges[0]?.[1]).toBe(Infinity);
});

test("a span taken out leaves the others", () => {
  const brush: Brush = {
    ranges: [
      [0, 0.1],
      [0.5, 0.6],
    ],
    picks: [UNSET_TOKEN],
  };
  const spans = spansOf(lr, brush);
  expect(withoutSpan(lr, brush, spans[0] ?? { kind: "rail", rail: 0 }).ranges).toEqual([[0.5, 0.6]]);
  expect(withoutSpan(lr, brush, spans[2] ?? { kind: "rail", rail: 0 }).picks).toEqual([]);
});

test("keys are written as the filter language wants them", () => {
  expect(
    [
      "lr",
      "optim.lr",
      "layers[0].width",
      "summary.train/loss",
      "train/loss",
      '"a.b".c',
      "lambda",
      "config.tags",
      "run.name",
      "für",
    ].map(keyInFilter),
  ).toEqual([
    "lr",
    "optim.lr",
    "layers[0].width",
    'summary["train/loss"]',
    'config["train/loss"]',
    'config["a.b"].c',
    'config["lambda"]',
    "config.tags",
    "run.name",
    "für",
  ]);
});

test("brushes become conditions", () => {
  expect(brushClause("lr", { ranges: [[1e-4, 0.01]], picks: [] }, never)).toBe("0.0001 <= lr <= 0.01");
  expect(brushClause("lr", { ranges: [[0.1, 0.1]], picks: [UNSET_TOKEN, LOW_TOKEN] }, never)).toBe(
    "(lr == 0.1 or missing(lr) or lr <= 0)",
  );
  expect(
    brushClause(
      "lr",
      {
        ranges: [
          [-Infinity, 1],
          [2, Infinity],
        ],
        picks: [],
      },
      never,
    ),
  ).toBe("(lr <= 1 or lr >= 2)");
  expect(brushClause("opt", { ranges: [], picks: ["=adam", '=it\'s "x"'] }, never)).toBe(
    'opt in ("adam", "it\'s \\"x\\"")',
  );
  expect(brushClause("amp", { ranges: [], picks: ["=True"] }, () => true)).toBe("amp == True");
  expect(brushClause("ema", { ranges: [], picks: ["!null"] }, never)).toBe("ema == None");
  expect(brushClause("x", { ranges: [], picks: ["!nan"] }, never)).toBeNull();
});

test("marked runs are in all brushes and all other sets; a moving brush has not settled", () => {
  const marking = new Marking();
  marking.rest(6, new Map([["lr", lr]]), [bitsWhere(6, (run) => run > 0)]);
  marking.set(new Map([["lr", { ranges: [[0, 0.5]], picks: [] }]]), true);
  expect([marking.marked.value.count, marking.settled.value.count]).toEqual([2, 5]);
  marking.set(marking.brushes.value, false);
  expect(marking.settled.value.count).toBe(2);
});
