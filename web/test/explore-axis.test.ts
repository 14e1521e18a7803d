import { expect, test } from "vitest";
import { axisOf, axisTicks, LOW_TOKEN, NULL_TOKEN, UNSET_TOKEN } from "../src/explore/axis";
import { frameOf } from "../src/explore/frame";
import { heightFor, placesOf, railAtY, shareOfY, yOfRail, yOfShare } from "../src/explore/place";
import { looksLog, rounded, shareOf, ticksOf, tickText, valueAt } from "../src/explore/scale";
import { columnOf } from "./explore-columns";

const packed = (bytes: ArrayBufferLike): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

test("packed columns come back as they were sent", () => {
  const sent = columnOf("lr", [0.1, null, "auto", undefined]);
  const frame = frameOf({
    seq: 3,
    total: 9,
    ids: ["a", "b", "c", "d"],
    names: ["", "", "", ""],
    columns: [
      { name: "lr", codes: packed(sent.codes.buffer), numbers: packed(sent.numbers.buffer), labels: sent.labels },
    ],
  });
  expect(frame.columns.get("lr")).toEqual(sent);
});

test("every run has a place on an axis: numbers on the scale, all else on rails", () => {
  const axis = axisOf(columnOf("lr", [1, 3, NaN, Infinity, null, undefined, "auto"]));
  expect([...axis.slots].map((slot) => (slot < 0 ? "scale" : axis.rails[slot]?.label))).toEqual([
    "scale",
    "scale",
    "nan",
    "inf",
    "null",
    "not set",
    "auto",
  ]);
  expect([...axis.shares].slice(0, 2)).toEqual([0, 1]);
});

test("numbers that a log scale cannot show get a rail of their own", () => {
  const axis = axisOf(columnOf("wd", [0, 0.001, 0.1, -1]), { log: true });
  expect(axis.rails.map(({ token, count }) => [token, count])).toEqual([[LOW_TOKEN, 2]]);
  expect(axis.scale.low).toBe(0.001);
});

test("categories stand in natural order, with null and not set below", () => {
  const axis = axisOf(columnOf("model", ["v10", "v9", undefined, null, "v9"]));
  expect(axis.categories.map(({ label, count }) => [label, count])).toEqual([
    ["v9", 2],
    ["v10", 1],
  ]);
  expect(axis.rails.map(({ token }) => token)).toEqual([NULL_TOKEN, UNSET_TOKEN]);
});

test("a key of texts with a few numbers is one of categories, and loses neither", () => {
  const texts = Array.from({ length: 12 }, (_, at) => `m${at}`);
  const axis = axisOf(columnOf("depth", [...texts, 4]));
  expect(axis.kind).toBe("category");
  expect(axis.categories).toHaveLength(13);
});

test("a flipped axis is upside down, its rails stay below", () => {
  const axis = axisOf(columnOf("lr", [0, 1, undefined]));
  const height = heightFor(300, 1);
  const flipped = { ...axis, isFlipped: true };
  expect(yOfShare(axis, height, 1)).toBe(height.top);
  expect(yOfShare(flipped, height, 1)).toBe(height.bottom);
  expect(shareOfY(flipped, height, height.bottom)).toBe(1);
  expect(placesOf(flipped, height)[2]).toBe(Math.round(yOfRail(height, 0) * 10));
  expect(railAtY(axis, height, yOfRail(height, 0))).toBe(0);
  expect(railAtY(axis, height, height.bottom - 1)).toBe(-1);
});

test("values and shares of a scale are each other's inverse", () => {
  for (const scale of [
    { low: 2, high: 10, isLog: false },
    { low: 1e-5, high: 0.1, isLog: true },
  ]) {
    for (const share of [0, 0.25, 1]) expect(shareOf(scale, valueAt(scale, share))).toBeCloseTo(share, 12);
  }
});

test("learning rates look logarithmic, layers do not", () => {
  const spread = Float64Array.from({ length: 100 }, (_, at) => 10 ** (-5 + at / 25));
  const even = Float64Array.from({ length: 100 }, (_, at) => 1 + at);
  expect([looksLog(spread), looksLog(even), looksLog(Float64Array.of(0, 1, 100))]).toEqual([true, false, false]);
});

test("ticks are round and lie on the scale", () => {
  expect(ticksOf({ low: 0, high: 1, isLog: false }, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticksOf({ low: 2e-5, high: 0.5, isLog: true }, 6)).toEqual([1e-4, 1e-3, 0.01, 0.1]);
  expect(ticksOf({ low: 4, high: 4, isLog: false }, 5)).toEqual([4]);
});

test("few numbers are the ticks themselves", () => {
  const axis = axisOf(columnOf("batch", [16, 32, 64, 128, 16]));
  expect(axisTicks(axis, 10).map(({ label }) => label)).toEqual(["16", "32", "64", "128"]);
});

test("tick texts are short", () => {
  expect([0.0001, 0.001, 20000, 1.5e6, 12].map(tickText)).toEqual(["1e-4", "0.001", "20k", "1.5M", "12"]);
});

test("a dragged end has no more digits than its pixel needs", () => {
  expect(rounded(0.0123456, 0.0004)).toBe(0.012);
  expect(rounded(1 / 3, 0)).toBe(1 / 3);
});
