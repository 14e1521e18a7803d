import { expect, test } from "vitest";
import type { Group, KeyInfo } from "../src/api";
import { inOrder, itemsOf } from "../src/runs/column-picker";
import { since } from "../src/runs/cells";
import { choicesOf, pressed } from "../src/runs/choice";
import { colouringOf } from "../src/runs/colouring";
import { headOf, movedTo, placed, sortedBy, spansOf } from "../src/runs/columns";
import { differingKeys } from "../src/runs/differing";
import { inPlace, nameOfFacet, rangeClause } from "../src/runs/facets";
import { groupsText } from "../src/runs/groups-file";
import { groupingOf, groupingText } from "../src/runs/layout";
import { whereIds } from "../src/runs/selection";
import { groupMetrics, groupSort } from "../src/runs/use-groups";

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

test("groups are saved as they are shown, in all digits, and a text is no formula", () => {
  const groups: Group[] = [
    {
      values: { lr: 0.1 + 0.2, "optim.name": "=cmd()" },
      count: 2,
      best: "r1",
      clause: "lr == 0.3",
      stats: { "summary.acc": { count: 2, mean: 0.5, spread: 0.25, min: 0, max: 1 } },
    },
    { values: { lr: null, "optim.name": { $: "unset", text: "" } }, count: 1, best: null, clause: "", stats: {} },
  ];
  const [head, ...lines] = groupsText(groups, ["lr", "optim.name"], ["summary.acc"], "csv").trim().split("\r\n");
  expect(head).toBe(
    "lr,optim.name,runs,summary.acc mean,summary.acc spread,summary.acc min,summary.acc max,summary.acc count,best run",
  );
  expect(lines).toEqual(["0.30000000000000004,'=cmd(),2,0.5,0.25,0,1,2,r1", "None,,1,,,,,,"]);
  const [first, second] = groupsText(groups, [], [], "jsonl").trim().split("\n");
  expect(JSON.parse(first ?? "")).toMatchObject({ values: { lr: 0.1 + 0.2 }, runs: 2, filter: "lr == 0.3" });
  expect(JSON.parse(second ?? "")).toMatchObject({ values: { lr: null }, runs: 1 });
});

test("groups are sorted by what is there to be seen", () => {
  const by = { keys: ["lr"], isBut: false };
  expect(groupSort("-summary.acc", by, ["summary.acc"])).toBe("-summary.acc");
  expect(groupSort("lr", by, [])).toBe("lr");
  expect(groupSort("lr", { ...by, isBut: true }, [])).toBe("");
  expect(groupSort("-run.count", by, [])).toBe("-run.count");
  expect(groupSort("summary.gone", by, ["summary.acc"])).toBe("");
});

test("a start is told by its distance, and by its day when that is long ago", () => {
  const now = new Date(2026, 10, 24, 12).getTime();
  expect(since(now - 3 * 86_400_000, now)).toBe("3 d ago");
  expect(since(new Date(2023, 11, 17, 12).getTime(), now)).toBe("2023-12-17");
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
  expect(groupMetrics(keys, "", ["summary.a", "summary.gone"])).toEqual(["summary.a"]);
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

const choice = (filter: string, name: string) => {
  const found = choicesOf(filter).find((one) => one.name === name);
  if (found === undefined) throw new Error(`${filter} does not speak of ${name}.`);
  return found;
};

test("what a filter chooses of a key is read from its conditions", () => {
  const filter = "optim.name in (\"adam\", 'sgd') and lr > 0.1 and not (seed == 1) and not (seed == 2.0)";
  expect(choicesOf(filter).map(({ name }) => name)).toEqual(["optim.name", "lr", "seed"]);
  expect(choice(filter, "optim.name")).toMatchObject({ some: ['"adam"', '"sgd"'], none: null });
  expect(choice(filter, "lr")).toMatchObject({
    some: null,
    none: null,
    rest: expect.not.stringContaining("lr") as string,
  });
  expect(choice(filter, "seed")).toMatchObject({ some: null, none: ["1", "2"] });
  expect(choice("0.5 <= lr < 1", "lr").range).toEqual([0.5, 1]);
  expect(choice('config["a/b"].c == -1', 'config["a/b"].c').some).toEqual(["-1"]);
  expect(choice("(x == 1 or missing(x)) and y == 1", "x")).toMatchObject({ some: ["1", "missing"], rest: "y == 1" });
});

test("conditions of several keys, of names of runs and of tags are no choice of values", () => {
  expect(choicesOf('(lr == 1 or wd == 2) and run.id == "lr" and "base" in tags and layers[*].n == 3')).toEqual([]);
  expect(choicesOf("")).toEqual([]);
});

test("a press on another value takes it too, and one on a taken value takes it out", () => {
  const press = (filter: string, name: string, clause: string, not = false): string =>
    pressed(choice(filter, name), clause, not);
  expect(press('n == "a" and lr > 1', "n", 'n == "b"')).toBe('lr > 1 and n in ("a", "b")');
  expect(press('n in ("a", "b")', "n", 'n == "a"')).toBe('n == "b"');
  expect(press('n == "a"', "n", 'n == "a"')).toBe("");
  expect(press('n == "a"', "n", "missing(n)")).toBe('(n == "a" or missing(n))');
  expect(press('(n == "a" or missing(n))', "n", 'n == "a"')).toBe("missing(n)");
  expect(press("missing(n)", "n", "missing(n)")).toBe("");
  expect(press("n == 0.10", "n", "n == 0.1")).toBe("");
  expect(press("n > 3", "n", "n == 5")).toBe("n == 5");
});

test("with Alt values are left out one by one, and a press takes one back", () => {
  const press = (filter: string, clause: string, not: boolean): string => pressed(choice(filter, "n"), clause, not);
  const two = press('not (n == "a")', 'n == "b"', true);
  expect(two).toBe('not (n == "a") and not (n == "b")');
  expect(press(two, 'n == "a"', false)).toBe('not (n == "b")');
  expect(press(two, 'n == "c"', false)).toBe('n == "c"');
  expect(press('n in ("a", "b")', 'n == "b"', true)).toBe('n == "a"');
  expect(press("not (n == 1)", "missing(n)", true)).toBe("not (n == 1) and not missing(n)");
});

test("facets stay in their places, and know how filters write their key", () => {
  expect(inPlace(["a", "b", "c"], ["b", "x", "c"])).toEqual(["b", "c", "x"]);
  const facet = { key: '"a/b".c', unset: 0, values: null, bins: null, more: 0 };
  expect(nameOfFacet(facet)).toBe('"a/b".c');
  expect(nameOfFacet({ ...facet, values: [{ value: 1, count: 2, clause: 'config["a/b"].c == 1' }] })).toBe(
    'config["a/b"].c',
  );
});
