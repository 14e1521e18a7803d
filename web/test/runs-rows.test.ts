import { expect, test } from "vitest";
import { ApiError, type Row, type Table } from "../src/api";
import { BLOCK, Rows } from "../src/runs/rows";
import { extentOf, MOST_HEIGHT, ROW, rowsAt, scrollOf, topFor, topOf } from "../src/runs/scrolling";

interface Asked {
  readonly path: string;
  readonly body: {
    readonly offset: number;
    readonly columns: readonly string[] | null;
    readonly ids: readonly string[];
  };
}
const row = (at: number, cells: Row["cells"]): Row => ({
  id: `r${at}`,
  name: null,
  status: "finished",
  created: at,
  finished: null,
  project: null,
  tags: [],
  notes: null,
  damage: 0,
  lost: 0,
  cells,
});

/** A server of `total` runs, whose columns hold the run's number. */
function served(total: number, fail?: () => Error | undefined) {
  const asked: Asked[] = [];
  const server = { total, asked };
  const ask = (path: string, sent: unknown): Promise<unknown> => {
    const body = sent as Asked["body"];
    asked.push({ path, body });
    const error = fail?.();
    if (error !== undefined) return Promise.reject(error);
    if (path === "/api/rows")
      return Promise.resolve({
        rows: body.ids.map((id) => ({
          ...row(
            Number(id.slice(1)),
            (body.columns ?? []).map(() => "new"),
          ),
          status: "running",
        })),
      });
    const columns = body.columns ?? ["lr", "acc"];
    const rows = Array.from({ length: Math.max(0, Math.min(BLOCK, server.total - body.offset)) }, (_, step) =>
      row(
        body.offset + step,
        columns.map(() => body.offset + step),
      ),
    );
    return Promise.resolve({ seq: 1, total: server.total, offset: body.offset, columns, rows } satisfies Table);
  };
  return { server, asked, ask };
}
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

test("the first question tells which columns vary, and only blocks in sight are asked for", async () => {
  const { asked, ask } = served(1_000_000);
  const rows = new Rows({ where: "", sort: [] }, ask, () => undefined);
  rows.want(0, 60, null);
  await settled();
  expect(rows.varying).toEqual(["lr", "acc"]);
  rows.want(999_900, 999_950, ["lr"]);
  await settled();
  expect(asked.map(({ body }) => body.offset)).toEqual([0, 999_800]);
  expect(rows.cell(999_901, "lr")).toBe(999_901);
});

test("what is held is not asked for again, and a further column alone", async () => {
  const { asked, ask } = served(50);
  const rows = new Rows({ where: "", sort: [] }, ask, () => undefined);
  rows.want(0, 50, ["lr"]);
  await settled();
  rows.want(0, 50, ["lr"]);
  rows.want(0, 50, ["lr", "acc"]);
  await settled();
  expect(asked.map(({ body }) => body.columns)).toEqual([["lr"], ["acc"]]);
  expect([rows.cell(7, "lr"), rows.cell(7, "acc")]).toEqual([7, 7]);
});

test("a run that changed is asked for by its id and stays in its place", async () => {
  const { asked, ask } = served(50);
  const rows = new Rows({ where: "", sort: [] }, ask, () => undefined);
  rows.want(0, 50, ["lr"]);
  await settled();
  await rows.renew(0, 20, ["r3", "r40"]);
  expect(asked.at(-1)).toMatchObject({ path: "/api/rows", body: { ids: ["r3"] } });
  expect(rows.row(3)?.status).toBe("running");
  expect([rows.cell(3, "lr"), rows.cell(4, "lr")]).toEqual(["new", 4]);
});

test("when runs came meanwhile, blocks of before are not mixed with those of now", async () => {
  const { server, ask } = served(1000);
  const rows = new Rows({ where: "", sort: [] }, ask, () => undefined);
  rows.want(0, 50, ["lr"]);
  await settled();
  server.total = 1001;
  rows.want(200, 250, ["lr"]);
  await settled();
  expect(rows.total).toBe(1001);
  expect(rows.row(0)).toBeUndefined();
});

test("an error keeps what is held, and asks no more until told", async () => {
  let error: Error | undefined;
  const { asked, ask } = served(1000, () => error);
  const rows = new Rows({ where: "", sort: [] }, ask, () => undefined);
  rows.want(0, 50, ["lr"]);
  await settled();
  error = new ApiError(0, "offline", "The server does not answer.");
  rows.want(600, 650, ["lr"]);
  await settled();
  rows.want(600, 650, ["lr"]);
  expect(rows.error?.kind).toBe("offline");
  expect(rows.row(0)?.id).toBe("r0");
  expect(asked.length).toBe(2);
  error = undefined;
  rows.retry();
  rows.want(600, 650, ["lr"]);
  await settled();
  expect(rows.row(600)?.id).toBe("r600");
});

test("no more than 12,000 rows are held", async () => {
  const { ask } = served(100_000);
  const rows = new Rows({ where: "", sort: [] }, ask, () => undefined);
  for (let first = 0; first < 100 * BLOCK; first += BLOCK) {
    rows.want(first, first + 10, []);
    await settled();
  }
  expect(rows.row(0)).toBeUndefined();
  expect(rows.row(99 * BLOCK)?.id).toBe("r19800");
});

test("a million rows scroll in an element that browsers can hold, from the first to the last", () => {
  const extent = extentOf(1_000_000, 800);
  expect(extent.given).toBe(MOST_HEIGHT);
  expect(topOf(0, extent)).toBe(0);
  expect(topOf(extent.given - 800, extent)).toBe(1_000_000 * ROW - 800);
  expect(rowsAt(topOf(extent.given, extent), 800, 1_000_000, 4)[1]).toBe(1_000_000);
  for (const row of [0, 1, 499_999, 999_973])
    expect(Math.abs(topOf(scrollOf(row * ROW, extent), extent) - row * ROW)).toBeLessThan(3);
});

test("few rows scroll by their own pixels, and a row out of sight is moved to just in sight", () => {
  const extent = extentOf(1000, 300);
  expect([topOf(123, extent), scrollOf(123, extent)]).toEqual([123, 123]);
  expect(topFor(5, 600, 300)).toBe(150);
  expect(topFor(40, 0, 300)).toBe(930);
  expect(topFor(3, 0, 300)).toBe(0);
});
