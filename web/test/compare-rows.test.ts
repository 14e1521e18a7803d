import { expect, test } from "vitest";
import type { Cell, Comparison, Line, Row } from "../src/api";
import { asCommand, written } from "../src/compare/copy";
import { delta, isOtherOrigin, keyTest, noisy, odd } from "../src/compare/difference";
import { joinKey, leafOf, nameIn, pythonOf, shownKey, splitKey } from "../src/key";
import { bodyRows, offsets, sizes, visible } from "../src/compare/layout";
import { type Comparing, moved } from "../src/compare/state";
import { treeRows } from "../src/compare/tree";

const unset = { $: "unset", text: "" };
const line = (key: string, ...values: Cell[]): Line => ({
  key,
  differs: new Set(values.map((value) => JSON.stringify(value))).size > 1,
  cells: values.map((value) => ({ value, origin: "train.py:1" })),
});
const run = (id: string, name: string | null = id): Row => ({
  id,
  name,
  status: "finished",
  created: 0,
  finished: 1,
  project: null,
  tags: [],
  notes: null,
  damage: 0,
  lost: 0,
  cells: [],
});
const data: Comparison = {
  runs: [run("a"), run("b")],
  verdict: "2 params differ.",
  config: [line("optim.lr", 0.1, 0.2), line("optim.name", "adam", "sgd"), line("seed", 1, 1)],
  results: [line("summary.acc", 0.9, 0.8)],
  facts: [],
  hidden: { config: 4, results: 0, facts: 37 },
};
const state: Comparing = {
  ids: ["a", "b"],
  isAll: false,
  hasOrigins: false,
  baseline: "",
  ignored: [],
  filter: "",
  closed: new Set(),
  opened: new Set(),
};

test("keys come apart and together again", () => {
  for (const key of ["optim.lr", "layers[0].width", '"a.b".c', '"<img src=x>"', 'x."q\\"r"[2]', "train/loss"])
    expect(joinKey(splitKey(key))).toBe(key);
  expect(splitKey('layers[0]."a.b"')).toEqual(["layers", "[0]", '"a.b"']);
});

test("what is no key stays one part", () => {
  for (const text of ["..", "a b", ".a", 'a"b"', ""]) expect(splitKey(text)).toEqual([text]);
});

test.each([
  ["lr", "lr", ""],
  ["optim.betas[1]", "betas[1]", "optim"],
  ["layers[0].width", "width", "layers[0]"],
  ["layers[0][2]", "layers[0][2]", ""],
  ['summary."val.acc"', "val.acc", "summary"],
  ['"a[0]".x', "x", '"a[0]"'],
  ['x."a[0]"', '"a[0]"', "x"],
  ['x." a"', '" a"', "x"],
  ['x."q\\"r"[2]', '"q\\"r"[2]', "x"],
  ['x.""', '""', "x"],
])("the head of %s says its last name, with indexes, apart from its parents", (key, leaf, parent) => {
  expect(leafOf(key)).toEqual({ leaf, parent });
});

test("a result is shown without its quotes, unless another one reads like that", () => {
  expect(shownKey('"val.acc"', new Set(['"val.acc"', "acc"]))).toBe("val.acc");
  expect(shownKey('"val.acc"', new Set(['"val.acc"', "val.acc"]))).toBe('"val.acc"');
  expect(shownKey('val."a.b"', new Set())).toBe('val."a.b"');
  expect(['"a\\"b"', "c", '"a".b', '"\\q"'].map(nameIn)).toEqual(['a"b', "c", '"a".b', '"\\q"']);
});

test("a key is copied as Python reads it", () => {
  expect(pythonOf('optim."a.b".lr[0].max-len')).toBe('config.optim["a.b"].lr[0]["max-len"]');
});

test("a section with one key is no section", () => {
  const rows = treeRows([{ key: "model.lr" }, { key: "data.a" }, { key: "data.b" }], new Set());
  expect(rows.map(({ kind, label, depth }) => [kind, label, depth])).toEqual([
    ["leaf", "model.lr", 0],
    ["section", "data", 0],
    ["leaf", "a", 1],
    ["leaf", "b", 1],
  ]);
});

test("a closed section hides what is below it and says how much that is", () => {
  const rows = treeRows([{ key: "data.a" }, { key: "data.b.c" }, { key: "x" }], new Set(["data"]));
  expect(rows.map(({ key }) => key)).toEqual(["data", "x"]);
  expect(rows[0]).toMatchObject({ count: 2, isOpen: false });
});

test("equal rows are hidden and counted, whether the server sent them or not", () => {
  const rows = bodyRows(data, state);
  expect(rows.map((row) => (row.kind === "part" ? `${row.part} ${row.shown}/${row.hidden}` : row.key))).toEqual([
    "config 2/5",
    "optim",
    "optim.lr",
    "optim.name",
    "results 1/0",
    "acc",
    "facts 0/37",
  ]);
});

test("a long part on the machine begins closed, opens when told so, and to a filter", () => {
  const facts = Array.from({ length: 21 }, (_, at) => line(`package-${at}`, 1, 2));
  const shown = (more: Partial<Comparing>, lines = facts): number =>
    bodyRows({ ...data, facts: lines }, { ...state, ...more }).filter(({ part }) => part === "facts").length;
  expect(shown({})).toBe(1);
  expect(shown({}, facts.slice(1))).toBe(21);
  expect(shown({ opened: new Set(["facts"]) })).toBe(22);
  expect(shown({ filter: "package-2" })).toBe(3);
});

test("all rows are shown when asked for, and a filter leaves those that fit", () => {
  expect(bodyRows(data, { ...state, isAll: true }).filter((row) => row.kind === "leaf")).toHaveLength(4);
  expect(
    bodyRows(data, { ...state, filter: "/^optim\\.l/" })
      .filter((row) => row.kind === "leaf")
      .map(({ key }) => key),
  ).toEqual(["optim.lr"]);
});

test("a regular expression that can't be read is told and hides nothing", () => {
  const { test: passes, error } = keyTest("/(/");
  expect(error).toBeDefined();
  expect(passes("anything")).toBe(true);
});

test("the same value from elsewhere is noticed", () => {
  const same: Line = {
    key: "lr",
    differs: false,
    cells: [
      { value: 1, origin: "train.py:1" },
      { value: 1, origin: "--lr" },
    ],
  };
  expect(isOtherOrigin(same)).toBe(true);
  expect(isOtherOrigin(line("lr", 1, 1))).toBe(false);
});

test("the cells that stand out are those unlike the baseline, or unlike more than half", () => {
  expect([...odd(line("k", 1, 1, 2).cells, undefined)]).toEqual([2]);
  expect([...odd(line("k", 1, 1, 2).cells, 2)]).toEqual([0, 1]);
  for (const values of [
    [1, 2],
    [1, 2, 3],
    [1, 1, 2, 3],
    [1, 1, 2, 2],
  ])
    expect([...odd(line("k", ...values).cells, undefined)]).toEqual([]);
});

test("an integer and a float of the same size differ", () => {
  expect(odd([{ value: 4 }, { value: { $: "float", text: "4.0", n: 4 } }], 0).has(1)).toBe(true);
});

test("differences to the baseline come as sum and ratio", () => {
  expect(delta(0.2, 0.1)).toEqual({ sum: "+0.1", ratio: "×2" });
  expect(delta(-1, 1)).toEqual({ sum: "−2", ratio: "" });
  expect(delta(1, 0)).toEqual({ sum: "+1", ratio: "" });
  expect(delta("a", 1)).toBeUndefined();
  expect(delta(1, 1)).toBeUndefined();
  expect(delta(unset, 1)).toBeUndefined();
});

test("keys that often say nothing are suggested to be ignored", () => {
  const keys = ["seed", "optim.lr", "optim.name", "output_dir", "data.path", "host", "import_rate"];
  expect(noisy(keys.map((key) => line(key, 1, 2)))).toEqual(["seed", "output_dir", "data.path", "host"]);
});

test("runs move within their bounds", () => {
  expect(moved(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], "a", -1)).toEqual(["a", "b", "c"]);
  expect(moved(["a", "b", "c"], "x", 1)).toEqual(["a", "b", "c"]);
});

test("only what is in sight is drawn", () => {
  const starts = Array.from({ length: 1001 }, (_, at) => at * 30);
  expect(visible(starts, 300, 900, 0)).toEqual([10, 31]);
  expect(visible(starts, 0, 10, 5)).toEqual([0, 6]);
  expect(visible(starts, 29_990, 40_000, 0)).toEqual([999, 1000]);
  expect(visible([0], 0, 100, 3)).toEqual([0, 0]);
});

test("rows start where the ones above end", () => {
  const rows = bodyRows(data, state);
  const of = sizes(1440, 2);
  expect(of.isWide).toBe(true);
  expect(offsets(rows, of).at(-1)).toBe(40 + 28 + 30 + 30 + 40 + 30 + 40);
});

test("columns of forty runs are narrow, those of two fill the width", () => {
  expect(sizes(1440, 40).column).toBe(168);
  expect(260 + 2 * sizes(1440, 2).column).toBeGreaterThan(1430);
});

const parts = [
  { title: "Config", lines: [line("a|b", "=1+1", 'x "y"'), line("lr", -0.1, unset)] },
  { title: "Empty", lines: [] },
];

test("Markdown keeps a bar in a text from ending its cell", () => {
  expect(written("Markdown", data.runs, parts)).toBe(
    '| Config | a | b |\n| --- | --- | --- |\n| a\\|b | =1+1 | x "y" |\n| lr | -0.1 |  |',
  );
});

test("CSV runs no formulas, and leaves numbers alone", () => {
  expect(written("CSV", data.runs, parts)).toBe(
    'section,key,a,b\r\nConfig,a|b,\'=1+1,"x ""y"""\r\nConfig,lr,-0.1,\r\n',
  );
});

test("numbers are copied as they were recorded", () => {
  const numbers = [{ title: "C", lines: [line("lr", 0.0003, 0.1 + 0.2)] }];
  expect(written("CSV", data.runs, numbers)).toContain("C,lr,3e-4,0.30000000000000004");
});

test("LaTeX's signs are written, not obeyed", () => {
  const text = written("LaTeX", [run("a", "run_1 & co")], [{ title: "C", lines: [line("a_b", "50% \\input{x} ~^")] }]);
  expect(text).toContain("run\\_1 \\& co");
  expect(text).toContain("50\\% \\textbackslash{}input\\{x\\} \\textasciitilde{}\\textasciicircum{}");
});

test("the command line quotes what a shell would take for its own", () => {
  expect(asCommand(["a", "b"], ["paths.*", "it's"], true)).toBe(
    "setpoint diff a b --ignore 'paths.*' --ignore 'it'\\''s' --all",
  );
});
