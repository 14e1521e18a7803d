import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, go } from "../src/address";
import type { Comparison, History, Line, Row } from "../src/api";
import Screen from "../src/compare/screen";
import { loadViews, setLayout } from "../src/views";

const row = (id: string, name: string): Row => ({
  id,
  name,
  status: "finished",
  created: 1e12,
  finished: 1e12 + 1000,
  project: "p",
  tags: [],
  notes: null,
  damage: 0,
  lost: 0,
  cells: [],
});
const lr: Line = {
  key: "optim.lr",
  differs: true,
  cells: [
    { value: 0.1, origin: "train.py:41", level: "set" },
    { value: 0.2, origin: "--lr", level: "set" },
  ],
};
const seed: Line = {
  key: "seed",
  differs: false,
  cells: [
    { value: 1, origin: "train.py:1" },
    { value: 1, origin: "--seed" },
  ],
};
const answered: Comparison = {
  runs: [row("a", "calm-otter"), row("b", "<img src=x onerror=alert(1)>")],
  verdict: "1 param differs; what differs too: code.",
  config: [lr],
  results: [{ key: "summary.acc", differs: true, cells: [{ value: 0.9 }, { value: 0.8 }] }],
  facts: [],
  hidden: { config: 37, results: 0, facts: 2 },
};
const facts = Array.from({ length: 30 }, (_, at) => ({ ...lr, key: `package-${at}` }));
const history: History = {
  key: "optim.lr",
  changes: [
    {
      value: 0.3,
      origin: "config-defaults.yaml:3",
      level: "default",
      time: 1e12,
      writer: "main",
      step: null,
      deleted: false,
    },
    { value: 0.1, origin: "train.py:41", level: "set", time: 1e12 + 5, writer: "main", step: 7, deleted: false },
  ],
};
let asked: { path: string; body: Record<string, unknown> }[] = [];

/** The server: what it is asked is kept. */
function serve(path: string, request?: RequestInit): Response {
  const body = typeof request?.body === "string" ? (JSON.parse(request.body) as Record<string, unknown>) : {};
  asked.push({ path, body });
  const has = (start: string): boolean => path.startsWith(start);
  if (has("/api/compare")) {
    const isWhole = body["equal"] === true;
    if ((body["runs"] as string[]).includes("c")) return Response.json({ ...answered, facts });
    return Response.json(
      isWhole ? { ...answered, config: [lr, seed], hidden: { config: 0, results: 0, facts: 0 } } : answered,
    );
  }
  if (has("/api/table"))
    return Response.json({
      seq: 1,
      total: 2,
      offset: 0,
      columns: [],
      rows: [row("c", "new-one"), row("d", "old-one")],
    });
  if (path.includes("/history")) return Response.json(history);
  if (has("/api/run/")) return Response.json({ ...row("a", "calm-otter"), metrics: [{ name: "acc", points: 2 }] });
  if (has("/api/series")) return Response.json({ series: [] });
  return Response.json({ error: { kind: "missing", message: `No ${path}` } }, { status: 404 });
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (path: string, request?: RequestInit) => Promise.resolve(serve(path, request)));
});
afterEach(() => {
  setLayout("ignored", []);
  cleanup();
  vi.unstubAllGlobals();
});

const open = (to: string) => {
  go(to);
  return render(<Screen />);
};

test("only differences are shown, with who set each value", async () => {
  open("/compare?r=a,b");
  const cell = await screen.findByText("train.py:41");
  expect(cell.closest("[role=row]")?.textContent).toContain("lr");
  expect(screen.getByText("37 equal rows hidden")).toBeTruthy();
  expect(screen.queryByText("seed")).toBeNull();
});

test("pressing d asks for the equal rows too, and says so in the address", async () => {
  open("/compare?r=a,b");
  await screen.findByText("train.py:41");
  fireEvent.keyDown(document.body, { key: "d" });
  expect(await screen.findByText("seed")).toBeTruthy();
  expect(address.value.params.get("d")).toBe("0");
  expect(asked.findLast(({ path }) => path === "/api/compare")?.body).toMatchObject({ equal: true });
});

test("a baseline shows by how much the others differ", async () => {
  open("/compare?r=a,b&base=a");
  expect(await screen.findByText("+0.1 ×2")).toBeTruthy();
});

test("recorded texts are text", async () => {
  const { container } = open("/compare?r=a,b");
  await screen.findByText("train.py:41");
  expect(container.querySelector("img")).toBeNull();
});

test("the focus on a cell shows how its value came about", async () => {
  const { container } = open("/compare?r=a,b");
  await screen.findByText("train.py:41");
  const cell = container.querySelector<HTMLElement>("[role=gridcell]");
  fireEvent.focusIn(cell as HTMLElement);
  const chain = await screen.findByRole("tooltip");
  await waitFor(() => expect(within(chain).getByText("config-defaults.yaml:3")).toBeTruthy());
  expect(within(chain).getByText(/step 7/)).toBeTruthy();
});

test("arrow keys move through the grid", async () => {
  const { container } = open("/compare?r=a,b");
  await screen.findByText("train.py:41");
  const at = (place: string): HTMLElement => container.querySelector(`[data-at="${place}"]`) as HTMLElement;
  at("0:0").focus();
  fireEvent.keyDown(at("0:0"), { key: "ArrowDown" });
  await waitFor(() => expect(document.activeElement).toBe(at("1:0")));
  fireEvent.keyDown(at("1:0"), { key: "ArrowRight" });
  await waitFor(() => expect(document.activeElement).toBe(at("1:1")));
});

test("a run can be taken out, moved, and made the baseline", async () => {
  open("/compare?r=a,b");
  fireEvent.click(await screen.findByLabelText("Move calm-otter right"));
  expect(address.value.params.get("r")).toBe("b,a");
  fireEvent.change(screen.getByLabelText("Baseline"), { target: { value: "a" } });
  expect(address.value.params.get("base")).toBe("a");
  fireEvent.click(await screen.findByLabelText("Remove calm-otter"));
  expect(address.value.params.get("r")).toBe("b");
  expect(address.value.params.has("base")).toBe(false);
});

test("an ignored key goes to the server, stays in the address and is kept for the next comparison", async () => {
  await loadViews();
  open("/compare?r=a,b");
  fireEvent.click(await screen.findByText("Ignore"));
  fireEvent.input(screen.getByLabelText("Key or pattern to ignore"), { target: { value: "paths.*" } });
  fireEvent.submit(screen.getByLabelText("Key or pattern to ignore").closest("form") as HTMLFormElement);
  await waitFor(() =>
    expect(asked.findLast(({ path }) => path === "/api/compare")?.body).toMatchObject({ ignore: ["paths.*"] }),
  );
  expect(address.value.params.get("i")).toBe("paths.*");
  await act(() => {
    go("/compare?r=b,c");
  });
  await waitFor(() =>
    expect(asked.findLast(({ path }) => path === "/api/compare")?.body).toMatchObject({
      runs: ["b", "c"],
      ignore: ["paths.*"],
    }),
  );
});

test("a section closes", async () => {
  open("/compare?r=a,b");
  fireEvent.click(await screen.findByText("Config"));
  await waitFor(() => expect(screen.queryByText("train.py:41")).toBeNull());
});

test("runs that are not there are named, and taken out of the address when asked", async () => {
  open("/compare?r=a,b,gone");
  expect((await screen.findByRole("alert")).textContent).toContain("gone was not found");
  expect(screen.getByText("train.py:41")).toBeTruthy();
  fireEvent.click(screen.getByText("Take it out of the address"));
  expect(address.value.params.get("r")).toBe("a,b");
});

test("what the colour of a cell says is told where there is one", async () => {
  open("/compare?r=a,b&base=a");
  expect(await screen.findByText("differs from the baseline")).toBeTruthy();
  cleanup();
  open("/compare?r=a,b");
  await screen.findByText("train.py:41");
  expect(screen.queryByText(/odd one out/)).toBeNull();
});

test("a long part on the machine begins closed and opens", async () => {
  open("/compare?r=a,b,c");
  const head = await screen.findByText("Code, packages, machine");
  expect(screen.queryByText("package-1")).toBeNull();
  fireEvent.click(head);
  expect(await screen.findByText("package-1")).toBeTruthy();
  expect(address.value.params.get("cs")).toBe("+facts");
  fireEvent.click(screen.getByText("Code, packages, machine"));
  expect(address.value.params.has("cs")).toBe(false);
});

test("a button leads to the curves below the rows", async () => {
  open("/compare?r=a,c");
  fireEvent.click(await screen.findByText("Metrics ↓"));
  expect(document.activeElement?.id).toBe("compare-below");
});

test("without runs the newest two are offered", async () => {
  open("/compare");
  fireEvent.click(await screen.findByText("Compare the newest two: new-one and old-one"));
  expect(address.value.params.get("r")).toBe("c,d");
});
