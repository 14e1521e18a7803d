import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, go } from "../src/address";
import type { Run } from "../src/api";
import { revision } from "../src/load";
import Screen from "../src/run/screen";

const made = (more: Partial<Run> = {}): Run => ({
  id: "r1",
  name: "calm-otter",
  status: "finished",
  created: 1e12,
  finished: 1e12 + 65_000,
  project: "digits",
  tags: ["base"],
  notes: "first try",
  damage: 0,
  lost: 0,
  cells: [],
  group: null,
  jobType: null,
  exitCode: 0,
  error: null,
  folder: "/store/r1",
  params: [
    {
      key: "optim.lr",
      value: 0.1,
      origin: "train.py:41",
      level: "set",
      time: 1e12,
      changes: 2,
      unused: false,
      description: "step size",
    },
    {
      key: "optim.name",
      value: "<svg/onload=alert(1)>",
      origin: "--optim",
      level: "set",
      time: 1e12,
      changes: 1,
      unused: false,
    },
    { key: "lerning_rate", value: null, origin: "c.yaml:3", level: "default", time: null, changes: 1, unused: true },
  ],
  summary: [
    { key: "acc", value: 0.9, min: 0.1, max: 0.95, mean: 0.5, count: 1200 },
    { key: "note", value: "" },
  ],
  metrics: [],
  environment: {
    git: { commit: "abc123", dirty: true },
    host: "node-1",
    memory_bytes: 25_276_063_744,
    variables: { TOKEN: { $redacted: "00ff" } },
    packages: { numpy: "2.4.6", torch: "3.0" },
  },
  hasPatch: true,
  unused: [{ key: "lerning_rate", near: ["learning_rate"] }],
  disagreements: [{ key: "seed", rank: 1, value: 2, lead: 1 }],
  writers: [
    { name: "main-0", role: "main", host: "node-1", pid: 12, rank: 0, started: 1e12, ended: 1e12 + 65_000, records: 9 },
    { name: "rank-1", role: "rank", host: "node-2", pid: 13, rank: 1, started: 1e12, ended: null, records: 3 },
  ],
  damages: [],
  rerun: {
    command: "setpoint rerun r1",
    argv: ["python", "train.py", "--set", "a b"],
    folder: "/code",
    missing: ["The tree was dirty."],
  },
  ...more,
});
const history = {
  key: "optim.lr",
  changes: [
    { value: 0.3, origin: "c.yaml:3", level: "default", time: 1e12, writer: "main-0", step: null, deleted: false },
    { value: 0.1, origin: "train.py:41", level: "set", time: 1e12 + 5, writer: "rank-1", step: 12_000, deleted: false },
  ],
};
const patch =
  "diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -1 +1,2 @@\n-lr = 1\n+lr = 2\n+++x\n";
let run = made();
let edits: unknown[] = [];

function serve(path: string, request?: RequestInit): Response {
  if (path.includes("/history")) return Response.json(history);
  if (path.includes("/patch")) return Response.json({ text: patch, cut: false });
  if (path.includes("/edit")) {
    edits.push(JSON.parse(request?.body as string));
    return Response.json({ row: run });
  }
  return path === "/api/run/r1"
    ? Response.json(run)
    : Response.json({ error: { kind: "missing", message: "There is no run 'r2'." } }, { status: 404 });
}

beforeEach(() => {
  run = made();
  edits = [];
  vi.stubGlobal("fetch", (path: string, request?: RequestInit) => Promise.resolve(serve(path, request)));
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const open = (to = "/run/r1") => {
  go(to);
  return render(<Screen />);
};

test("the config shows each value with who set it and at which level", async () => {
  const { container } = open();
  const line = (await screen.findByText("train.py:41")).closest("[role=row]");
  expect(line?.textContent).toContain("lr0.1train.py:41set1");
  expect(container.querySelector("svg[onload]")).toBeNull();
});

test("a param that was never read is marked, with what may have been meant", async () => {
  open();
  expect(await screen.findByText("unused: learning_rate?")).toBeTruthy();
});

test("a script that reads nothing from its config has no param marked", async () => {
  run = made({ params: run.params.map((one) => ({ ...one, unused: true })) });
  open();
  expect(await screen.findByText("Unused: all")).toBeTruthy();
  expect(screen.queryByText("unused: learning_rate?")).toBeNull();
});

test("what differs from defaults is one press of d away", async () => {
  open();
  await screen.findByText("lerning_rate");
  fireEvent.keyDown(document.body, { key: "d" });
  await waitFor(() => expect(screen.queryByText("lerning_rate")).toBeNull());
  expect(screen.getByText("2 of 3 params")).toBeTruthy();
});

test("search finds keys, values and origins", async () => {
  open("/run/r1?q=c.yaml");
  expect(await screen.findByText("1 of 3 params")).toBeTruthy();
});

test("a param's history opens beside it, old value and new, and Escape closes it", async () => {
  open();
  fireEvent.click(await screen.findByText("train.py:41"));
  const drawer = await screen.findByRole("complementary");
  await waitFor(() => expect(within(drawer).getByText("Changed once")).toBeTruthy());
  expect(drawer.textContent).toContain("0.3 → 0.1");
  expect(drawer.textContent).toContain("step 12,000rank 1");
  expect(drawer.textContent).toContain("step size");
  fireEvent.keyDown(document.body, { key: "Escape" });
  await waitFor(() => expect(screen.queryByRole("complementary")).toBeNull());
  expect(address.value.params.has("k")).toBe(false);
});

test("tags and notes are changed in place", async () => {
  open();
  fireEvent.click(await screen.findByLabelText("Remove tag base"));
  await waitFor(() => expect(edits).toEqual([{ tags: [] }]));
  fireEvent.click(screen.getByText("Edit"));
  fireEvent.input(screen.getByLabelText("Notes"), { target: { value: "second" } });
  fireEvent.click(screen.getByText("Save"));
  await waitFor(() => expect(edits[1]).toEqual({ notes: "second" }));
  fireEvent.click(screen.getByText("+ tag"));
  fireEvent.input(screen.getByLabelText("New tag"), { target: { value: "good" } });
  fireEvent.submit(screen.getByLabelText("New tag").closest("form") as HTMLFormElement);
  await waitFor(() => expect(edits[2]).toEqual({ tags: ["base", "good"] }));
});

test("the focus is on the button again after a tag or notes were saved", async () => {
  open();
  fireEvent.click(await screen.findByText("+ tag"));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("New tag")));
  fireEvent.input(screen.getByLabelText("New tag"), { target: { value: "good" } });
  fireEvent.submit(screen.getByLabelText("New tag").closest("form") as HTMLFormElement);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByText("+ tag")));
  fireEvent.click(screen.getByText("Edit"));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Notes")));
  fireEvent.keyDown(screen.getByLabelText("Notes"), { key: "Enter", ctrlKey: true });
  await waitFor(() => expect(document.activeElement).toBe(screen.getByText("Edit")));
});

test("one param is one, not 1 params", async () => {
  run = made({ params: run.params.slice(0, 1) });
  open();
  expect(await screen.findByText("1 param")).toBeTruthy();
});

test("a crashed run says how long it has been silent, a failed one how it ended", async () => {
  run = made({ status: "crashed", finished: null, seen: Date.now() - 4 * 60_000 });
  open();
  expect(await screen.findByText("no sign of life for 4 min")).toBeTruthy();
  cleanup();
  run = made({ status: "failed", exitCode: 137, error: "Traceback\nMemoryError: no room" });
  open();
  expect(await screen.findByText("exit code 137")).toBeTruthy();
  expect(screen.getByText("MemoryError: no room")).toBeTruthy();
});

test("results have the digest of their metric", async () => {
  open("/run/r1?t=results");
  const line = (await screen.findByText("acc")).closest("tr");
  expect([...(line?.querySelectorAll("td") ?? [])].map((cell) => cell.textContent)).toEqual([
    "0.9",
    "0.1",
    "0.95",
    "0.5",
    "1,200",
    "",
  ]);
});

test("the environment has code, machine, searchable packages and the diff with its lines told apart", async () => {
  const { container } = open("/run/r1?t=environment");
  expect(await screen.findByText("abc123")).toBeTruthy();
  expect(screen.getByText("23.5 GiB")).toBeTruthy();
  expect(screen.getByText("redacted")).toBeTruthy();
  fireEvent.input(screen.getByLabelText("Search packages"), { target: { value: "tor" } });
  expect(await screen.findByText("1 of 2")).toBeTruthy();
  await screen.findByText("train.py");
  expect([...container.querySelectorAll(".is-added")].map((line) => line.textContent)).toEqual(["+lr = 2\n", "+++x\n"]);
  expect(container.querySelector(".is-removed")?.textContent).toBe("-lr = 1\n");
});

test("processes and their disagreements are listed by rank", async () => {
  open("/run/r1?t=processes");
  expect(await screen.findByText("no end recorded")).toBeTruthy();
  const line = screen.getByText("seed").closest("tr");
  expect(line?.textContent).toBe("seed121");
});

test("damage is told, and that there is none", async () => {
  open("/run/r1?t=damage");
  expect(await screen.findByText("Every record of this run was read whole.")).toBeTruthy();
  cleanup();
  run = made({ damage: 2, lost: 1, damages: ["a.jsonl, bytes 3 to 9: torn, cut line"] });
  open("/run/r1?t=damage");
  expect(await screen.findByText(/torn, cut line/)).toBeTruthy();
  expect(screen.getByText("And 1 more.")).toBeTruthy();
});

test("running it again is one command, and what can't be had again is said", async () => {
  open("/run/r1?t=again");
  expect(await screen.findByText("setpoint rerun r1")).toBeTruthy();
  expect(screen.getByText("python train.py --set 'a b'")).toBeTruthy();
  expect(screen.getByText("The tree was dirty.")).toBeTruthy();
});

test("what changes in the store comes to the screen, at most every two seconds", async () => {
  open();
  await screen.findByText("train.py:41");
  vi.useFakeTimers();
  run = made({ status: "failed", exitCode: 3 });
  revision.value++;
  await vi.advanceTimersByTimeAsync(1900);
  expect(screen.queryByText("exit code 3")).toBeNull();
  await vi.advanceTimersByTimeAsync(200);
  vi.useRealTimers();
  expect(await screen.findByText("exit code 3")).toBeTruthy();
});

test("a run that is not there says so", async () => {
  open("/run/r2");
  expect((await screen.findByRole("alert")).textContent).toContain("There is no run 'r2'.");
});
