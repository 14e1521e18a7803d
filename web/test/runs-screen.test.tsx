import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, go } from "../src/address";
import type { Row } from "../src/api";
import { changedIds } from "../src/live";
import { revision } from "../src/load";
import Screen from "../src/runs/screen";
import { clearSelection } from "../src/runs/selection";
import { loadViews } from "../src/views";

const COLUMNS = ["summary.acc", "lr"];
const made = (at: number): Row => ({
  id: `r${at}`,
  name: at === 2 ? "<svg/onload=alert(1)>" : `run-${at}`,
  status: at === 1 ? "failed" : "finished",
  created: 1e12,
  finished: 1e12 + 5,
  project: "p",
  tags: at === 0 ? ["base"] : [],
  notes: null,
  damage: at === 1 ? 2 : 0,
  lost: 0,
  cells: [],
});
let rows: Row[] = [];
let failure: { status: number; body: unknown } | undefined;
let asked: { path: string; body: Record<string, unknown> }[] = [];

const cellsOf = (row: Row, columns: readonly string[]): Row["cells"] =>
  columns.map((name) => (name === "lr" ? Number(row.id.slice(1)) / 8 : { $: "unset", text: "" }));

function serve(path: string, request?: RequestInit): Response {
  const body = JSON.parse((request?.body as string | undefined) ?? "{}") as Record<string, unknown>;
  asked.push({ path, body });
  if (path === "/api/table" && failure !== undefined) return Response.json(failure.body, { status: failure.status });
  if (path === "/api/table") {
    const columns = (body["columns"] as string[] | null) ?? COLUMNS;
    const from = body["offset"] as number;
    return Response.json({
      seq: 1,
      total: rows.length,
      offset: from,
      columns,
      rows: rows.slice(from, from + 200).map((row) => ({ ...row, cells: cellsOf(row, columns) })),
    });
  }
  if (path === "/api/rows") {
    const ids = body["ids"] as string[];
    return Response.json({
      seq: 2,
      rows: rows
        .filter(({ id }) => ids.includes(id))
        .map((row) => ({ ...row, cells: cellsOf(row, body["columns"] as string[]) })),
    });
  }
  if (path === "/api/views") return Response.json({ views: [], layout: {} });
  if (path === "/api/check") return Response.json({ total: 4 });
  if (path === "/api/store")
    return Response.json({ version: "1", store: "/my/store", runs: rows.length, projects: [], seq: 1, python: "3.11" });
  if (path.startsWith("/api/keys")) return Response.json({ keys: [], total: rows.length });
  if (path === "/api/facets") return Response.json({ total: rows.length, facets: [] });
  throw new Error(`Nobody answers ${path}.`);
}

beforeEach(async () => {
  // There is no layout here: without a size nothing would be in sight.
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  rows = [0, 1, 2].map(made);
  failure = undefined;
  asked = [];
  vi.stubGlobal("fetch", (path: string, request?: RequestInit) => Promise.resolve(serve(path, request)));
  go("/runs");
  await loadViews();
});
afterEach(() => {
  cleanup();
  clearSelection();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const rowOf = async (name: string): Promise<HTMLElement> =>
  (await screen.findByText(name)).closest<HTMLElement>("[role=row]") ?? document.body;

test("runs stand in a grid with status in words, damage, tags and values; texts of users are text", async () => {
  render(<Screen />);
  const row = within(await rowOf("run-1"));
  expect(row.getByText(/failed/)).toBeTruthy();
  expect(row.getByLabelText("2 places can't be read")).toBeTruthy();
  expect(row.getByText("0.125")).toBeTruthy();
  expect(row.getByLabelText("not set")).toBeTruthy();
  expect(await screen.findByText("<svg/onload=alert(1)>")).toBeTruthy();
  expect(document.querySelector("svg")).toBeNull();
  expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("5");
});

test("a press on a head sorts, and the address says so", async () => {
  render(<Screen />);
  await rowOf("run-0");
  fireEvent.click(screen.getByRole("columnheader", { name: /lr/ }));
  expect(address.value.params.get("s")).toBe("lr");
  await waitFor(() =>
    expect(asked.some(({ path, body }) => path === "/api/table" && String(body["sort"]) === "lr")).toBe(true),
  );
  await waitFor(() =>
    expect(screen.getByRole("columnheader", { name: /lr/ }).getAttribute("aria-sort")).toBe("ascending"),
  );
});

test("selected runs can be compared, by boxes and by keys", async () => {
  render(<Screen />);
  fireEvent.click(within(await rowOf("run-0")).getByRole("checkbox"));
  fireEvent.keyDown(document.body, { key: "j" });
  fireEvent.keyDown(document.body, { key: "x" });
  expect(await screen.findByText("2 selected")).toBeTruthy();
  fireEvent.keyDown(document.body, { key: "c" });
  expect(address.value.path).toBe("/compare");
  expect(address.value.params.get("r")).toBe("r0,r1");
});

test("a run that changes is shown anew in its place", async () => {
  render(<Screen />);
  await rowOf("run-0");
  rows = rows.map((row) => (row.id === "r0" ? { ...row, tags: ["base", "best"] } : row));
  changedIds.value = ["r0"];
  revision.value++;
  expect(await screen.findByText("best")).toBeTruthy();
  expect(asked.filter(({ path }) => path === "/api/table").length).toBe(1);
});

test("where no run passes the filter, each condition can be dropped", async () => {
  rows = [];
  go('/runs?f=lr > 3 and opt == "adam"');
  render(<Screen />);
  fireEvent.click(await screen.findByRole("button", { name: "Drop clause lr > 3" }));
  expect(address.value.params.get("f")).toBe('opt == "adam"');
});

test("an empty store says how to record a run, and what is watched", async () => {
  rows = [];
  render(<Screen />);
  expect(await screen.findByText(/setpoint.init/)).toBeTruthy();
  expect(await screen.findByText("/my/store")).toBeTruthy();
});

test("an error keeps what was shown, and trying again mends it", async () => {
  render(<Screen />);
  await rowOf("run-0");
  failure = { status: 503, body: { error: { kind: "busy", message: "The catalog is being built." } } };
  go("/runs?s=lr");
  expect(await screen.findByText("The catalog is being built.")).toBeTruthy();
  expect(screen.getByText("run-0")).toBeTruthy();
  failure = undefined;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByText("The catalog is being built.")).toBeNull());
});
