import { expect, test } from "vitest";
import { axisOf } from "../src/explore/axis";
import { allBits, bitsWhere } from "../src/explore/bits";
import { dotsPicture, stampOf } from "../src/explore/dots";
import { type Gap, Gaps } from "../src/explore/gaps";
import { nearestDot, nearestLine } from "../src/explore/hover";
import { found } from "../src/explore/picker";
import { grainsOf, placesAlong, sideFor, sidePlaces } from "../src/explore/scatter-place";
import { columnOf } from "./explore-columns";

const PALETTE = Array.from({ length: 9 }, (_, group) => [group * 25, 100, 250 - group * 25] as const);
const HEIGHT = 60;

/** Lines of pseudo-random ends, the same in each test. */
function lines(count: number): { gaps: Gap[]; classes: Uint8Array } {
  const at = (salt: number): Uint16Array =>
    Uint16Array.from({ length: count }, (_, run) => ((run + 1) * 7919 * salt) % 590);
  const [a, b, c] = [at(1), at(3), at(5)] as [Uint16Array, Uint16Array, Uint16Array];
  const classes = Uint8Array.from({ length: count }, (_, run) => (run % 10 === 9 ? 255 : run % 8));
  return {
    gaps: [
      { left: a, right: b, x: 0, width: 40 },
      { left: b, right: c, x: 40, width: 40 },
    ],
    classes,
  };
}
const copies = (gaps: Gaps): { pixels: number[]; totals: number[] }[] =>
  gaps.pictures(PALETTE, 0.1, 0.9).map(({ picture }) => ({ pixels: [...picture.pixels], totals: [...picture.totals] }));

test.each([300, 5000])("a picture of %i lines kept in step by changes is the picture made anew", (count) => {
  const { gaps, classes } = lines(count);
  const kept = new Gaps(gaps, classes, HEIGHT, 2, allBits(count));
  for (const end of [0.9, 0.5, 0.55, 0.02, 0.8]) kept.show(bitsWhere(count, (run) => run < count * end));
  const anew = new Gaps(gaps, classes, HEIGHT, 2, allBits(count));
  anew.show(bitsWhere(count, (run) => run < count * 0.8));
  expect(copies(kept)).toEqual(copies(anew));
});

test("without lines a picture is empty", () => {
  const { gaps, classes } = lines(4000);
  const kept = new Gaps(gaps, classes, HEIGHT, 1, allBits(4000));
  kept.show(bitsWhere(4000, () => false));
  for (const { pixels, totals } of copies(kept)) {
    expect(Math.max(...totals)).toBe(0);
    expect(pixels.filter((_, at) => at % 4 === 3).every((strength) => strength === 0)).toBe(true);
  }
});

test("each line crosses each column, and a steep one has no gaps", () => {
  const gap: Gap = { left: Uint16Array.of(0), right: Uint16Array.of(500), x: 0, width: 10 };
  const gaps = new Gaps([gap], Uint8Array.of(3), HEIGHT, 1, allBits(1));
  const totals = copies(gaps)[0]?.totals ?? [];
  const rows = Array.from({ length: 50 }, (_, row) => totals.slice(row * 10, row * 10 + 10).some((lines) => lines > 0));
  expect(rows.every(Boolean)).toBe(true);
});

test("dots that are not marked are pale, and marked ones have their class' colour", () => {
  const dots = { xs: Uint16Array.of(50, 150), ys: Uint16Array.of(50, 50), radii: Uint8Array.of(4, 4) };
  const look = { palette: PALETTE, context: [200, 200, 200] as const, ground: [255, 255, 255] as const };
  const pixels = dotsPicture(
    dots,
    Uint8Array.of(2, 2),
    bitsWhere(2, (run) => run === 0),
    1,
    look,
    20,
    10,
    1,
  );
  const at = (x: number): number[] => [...pixels.subarray((5 * 20 + x) * 4, (5 * 20 + x) * 4 + 3)];
  expect(at(5)[0]).toBeLessThan(100);
  expect(at(15)[0]).toBeGreaterThan(199);
  expect(at(10)).toEqual([255, 255, 255]);
});

test("a stamp is a disc with soft edges", () => {
  const { cover, reach } = stampOf(2);
  expect([cover[reach * 5 + reach], cover[0], cover.length]).toEqual([1, 0, 25]);
});

test("the nearest marked line and dot are found, within reach only", () => {
  const axes = [
    { x: 0, at: Uint16Array.of(0, 100) },
    { x: 100, at: Uint16Array.of(0, 300) },
  ];
  expect(nearestLine(axes, allBits(2), 50, 19, 6)).toBe(1);
  expect(
    nearestLine(
      axes,
      bitsWhere(2, (run) => run === 0),
      50,
      19,
      6,
    ),
  ).toBe(-1);
  expect(nearestLine(axes, allBits(2), 150, 0, 6)).toBe(-1);
  expect(nearestDot(Uint16Array.of(0, 100), Uint16Array.of(0, 100), allBits(2), 9, 9, 5)).toBe(1);
});

test("a scatter's runs of a category stand beside each other, each always at its place", () => {
  const axis = axisOf(columnOf("opt", ["a", "a", "b", undefined]));
  const side = sideFor(axis, 0, 400, 24);
  const along = placesAlong(axis, grainsOf(["one", "two", "three", "four"]), 1);
  const places = sidePlaces(along, side);
  expect(places[0]).not.toBe(places[1]);
  expect(places[3]).toBeLessThan(300);
  const fewer = axisOf(columnOf("opt", ["b", "a"]));
  expect(placesAlong(fewer, grainsOf(["three", "two"]), 1)[1]).toBe(along[1]);
});

test("a search finds all its words, names that begin with it first", () => {
  const options = ["model.lr_scale", "optim.lr", "optim.name"].map((label) => ({ name: label, label, detail: "" }));
  expect(found(options, "lr").map(({ label }) => label)).toEqual(["model.lr_scale", "optim.lr"]);
  expect(found(options, "opt lr").map(({ label }) => label)).toEqual(["optim.lr"]);
});
