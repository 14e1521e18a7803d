import { expect, test } from "vitest";
import type { Group, KeyInfo } from "../src/api";
import { inOrder, itemsOf } from "../src/runs/column-picker";
import { colouringOf } from "../src/runs/colouring";
import { headOf, movedTo, placed, sortedBy, spansOf } from "../src/runs/columns";
import { differingKeys } from "../src/runs/differing";
import { rangeClause } from "../src/runs/facets";
import { groupMetrics, ordered } from "../src/runs/groups";
import { groupingOf, groupingText } from "../src/runs/layout";
import { whereIds } from "../src/runs/selection";

const key = (name: string, values: number | null, more: Partial<KeyInfo> = {}): KeyInfo => ({
  name,
  scope: name.startsWith("summary.") ? "summary" : name.startsWith("run.") ? "run" : "config",
  runs: 10,
  kinds: ["number"],
  values,
  ...more,
});

test("heads show the last name, with its parent above", () => {
  expect(headOf("model.encoder.layers")).toEqual({ parent: "model.encoder", leaf: "layers" });
  expect(headOf("run.created")).toEqual({ parent: "", leaf: "started" });
  expect(headOf('data."a.b"')).toMatchObject({ parent: "data" });
});

test("pinned columns stand first, and neighbours of one parent share their upper head", () => {
  const columns = placed(["optim.lr", "optim.wd", "seed", "optim.name"], ["seed"], () => 100, 200);
  expect(columns.map(({ name, left }) => [name, left])).toEqual([
    ["seed", 200],
    ["optim.lr", 300],
    ["optim.wd", 400],
    ["optim.name", 500],
  ]);
  expect(spansOf(columns).map(({ parent, count, width }) => [parent, count, width])).toEqual([
    ["", 1, 100],
    ["optim", 3, 300],
  ]);
});

test("a press sorts upwards, downwards, and no more; with Shift beside the others", () => {
  expect(sortedBy([], "lr", false)).toEqual(["lr"]);
  expect(sortedBy(["lr"], "lr", false)).toEqual(["-lr"]);
  expect(sortedBy(["-lr"], "lr", false)).toEqual([]);
  expect(sortedBy(["lr"], "acc", true)).toEqual(["lr", "acc"]);
  expect(sortedBy(["lr", "acc"], "acc", true)).toEqual(["lr", "-acc"]);
  expect(sortedBy(["lr", "-acc"], "acc", true)).toEqual(["lr"]);
});

test("a column moves within the others", () => {
  expect(movedTo(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
  expect(movedTo(["a", "b", "c"], "a", 9)).toEqual(["b", "c", "a"]);
});

test("only-differing means more than one value, or some runs without", () => {
  const keys = [key("a", 1), key("b", 2), key("c", null), key("d", 1, { runs: 3 }), key("run.id", null)];
  expect(differingKeys({ keys, total: 10 }, ["d", "a"])).toEqual(["d", "b", "c"]);
});

test("bars next to each other make one range", () => {
  const bin = (low: number, high: number, clause: string) => ({ low, high, count: 1, clause });
  const [one, two] = [bin(0, 1, "0 <= optim.lr < 1"), bin(1, 2, "1 <= optim.lr <= 2")];
  expect(rangeClause(one, two)).toBe("0 <= optim.lr <= 2");
  expect(rangeClause(one, one)).toBe("0 <= optim.lr < 1");
  expect(rangeClause(bin(1, 1, "x == 1"), bin(2, 2, "x == 2"))).toBe("(x == 1 or x == 2)");
});

test("groups are put in the order of a mean, those without one last either way", () => {
  const group = (clause: string, mean?: number): Group => ({
    values: {},
    count: 1,
    best: null,
    clause,
    stats: { acc: mean === undefined ? null : { count: 1, mean, spread: null, min: mean, max: mean } },
  });
  const groups = [group("a", 1), group("b"), group("c", 2)];
  expect(ordered(groups, "acc").map(({ clause }) => clause)).toEqual(["a", "c", "b"]);
  expect(ordered(groups, "-acc").map(({ clause }) => clause)).toEqual(["c", "a", "b"]);
  expect(ordered(groups, "").map(({ clause }) => clause)).toEqual(["a", "b", "c"]);
});

test("groups tell of the chosen metric first, then of those that most runs have", () => {
  const keys = [
    key("summary.a", 5, { runs: 3 }),
    key("summary.b", 5),
    key("summary.name", 5, { kinds: ["text"] }),
    key("lr", 4),
  ];
  expect(groupMetrics(keys, "")).toEqual(["summary.b", "summary.a"]);
  expect(groupMetrics(keys, "summary.a")).toEqual(["summary.a", "summary.b"]);
});

test("grouping by keys and by all others read back from the address", () => {
  for (const grouping of [
    { keys: ["lr", "a,b"], isBut: false },
    { keys: ["seed"], isBut: true },
  ])
    expect(groupingOf(groupingText(grouping))).toEqual(grouping);
  expect(groupingOf("")).toBeNull();
});

test("the picker finds keys by words, each kind under its title", () => {
  const items = itemsOf([key("optim.lr", 2), key("summary.lr_end", 2), key("seed", 2)], "LR");
  expect(items.map((item) => (item.kind === "title" ? item.scope : item.key.name))).toEqual([
    "config",
    "optim.lr",
    "summary",
    "summary.lr_end",
  ]);
});

test("a new column stands beside those of its parent", () => {
  expect(inOrder(["run.status", "optim.lr", "seed", "tags"], "optim.wd")).toEqual([
    "run.status",
    "optim.lr",
    "optim.wd",
    "seed",
    "tags",
  ]);
});

test("the same value has the same colour, and what is not set is grey", () => {
  const facet = {
    key: "opt",
    unset: 1,
    more: 0,
    bins: null,
    values: [
      { value: "adam", count: 3, clause: "" },
      { value: "sgd", count: 1, clause: "" },
    ],
  };
  const { of, legend } = colouringOf({ total: 5, facets: [facet] });
  expect(of("adam")).toBe(legend[0]?.colour);
  expect(of("adam")).not.toBe(of("sgd"));
  expect(of({ $: "unset", text: "" })).toBe("#8a94a3");
});

test("chosen runs make a filter of their ids", () => {
  expect(whereIds(["a"])).toBe('run.id == "a"');
  expect(whereIds(["a", "b"])).toBe('run.id in ("a", "b")');
});
