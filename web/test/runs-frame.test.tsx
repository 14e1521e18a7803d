import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, go } from "../src/address";
import { codeOf, word } from "../src/frame/as-code";
import { Banner } from "../src/frame/banner";
import { NewKey } from "../src/frame/new-key";
import { News } from "../src/frame/news";
import { Projects } from "../src/frame/projects";
import { ThemeSwitch } from "../src/frame/theme";
import { ViewsMenu } from "../src/frame/views-menu";
import { ApiError } from "../src/api";
import { keysNow, useKeys } from "../src/keys";
import { connection, newRuns, refreshes } from "../src/live";
import { Menu } from "../src/run/bits";
import { Shell } from "../src/shell";
import { Failed } from "../src/states";
import { tokenIn } from "../src/token";
import { loadViews } from "../src/views";

let saved: unknown[] = [];

beforeEach(async () => {
  saved = [];
  vi.stubGlobal("fetch", (_: string, { method, body }: { method: string; body?: string }) => {
    if (method === "PUT") saved.push(JSON.parse(body ?? ""));
    return Promise.resolve(Response.json(method === "PUT" ? JSON.parse(body ?? "") : { views: [], layout: {} }));
  });
  go("/runs");
  await loadViews();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const codeAt = (to: string, store?: string) => {
  go(to);
  return codeOf(address.value, store);
};

test("what is listed can be had from a shell and from Python", () => {
  const code = codeAt(
    `/runs?${new URLSearchParams({ f: `name == "it's"`, p: "digits", s: "-summary.acc", c: "lr,summary.acc" }).toString()}`,
  );
  expect(code?.command).toBe(
    `setpoint ls 'name == "it'\\''s"' --project digits --sort -summary.acc --columns lr,summary.acc`,
  );
  expect(code?.python).toContain(`setpoint.runs("name == \\"it's\\"", project="digits", order_by="-summary.acc")`);
});

test("compared, explored and single runs have commands of their own", () => {
  expect(codeAt("/compare?r=a,b")?.command).toBe("setpoint diff a b");
  expect(codeAt("/compare")).toBeNull();
  expect(codeAt("/explore?m=max:summary.acc&f=lr > 1")?.command).toBe("setpoint importance acc 'lr > 1'");
  expect(codeAt("/run/calm-otter-1")?.python).toContain('setpoint.load("calm-otter-1")');
});

test("commands name the store, and one with a password in it is asked for", () => {
  const local = codeAt("/runs?f=lr > 1", "/data/my store");
  expect(local?.command).toBe("setpoint ls 'lr > 1' --store '/data/my store'");
  expect(local?.python).toBe('import setpoint\n\nruns = setpoint.runs("lr > 1", store="/data/my store")');
  expect(codeAt("/run/a", "redis://host/0")?.command).toBe(
    "# Name the store at redis://host/0, with user and password.\nsetpoint show a",
  );
});

test("what a command can't say is told before it", () => {
  const sorted = codeAt("/runs?s=-summary.acc,lr");
  expect(sorted?.command).toBe("# Ordered by one key; on the page then by lr.\nsetpoint ls --sort -summary.acc");
  const tagged = codeAt("/runs?c=tags,lr");
  expect(tagged?.command).toBe("# Not in it: the column of tags.\nsetpoint ls --columns lr");
  const brushed = codeAt("/explore?f=seed < 9&b=lr~0.1..1,optim~=adam,x~!nan&l=0");
  expect(brushed?.command).toBe(
    "# Not in it: what is marked on x.\n# Not in it: the outline that was drawn around runs.\n" +
      `setpoint ls 'seed < 9 and 0.1 <= lr <= 1 and optim == "adam"'`,
  );
  expect(codeAt("/explore?m=summary.acc&b=lr~0.1..1")?.command).toBe(
    "setpoint importance acc\nsetpoint ls '0.1 <= lr <= 1'",
  );
});

test("groups have a command by their first key, which no sort or columns go with", () => {
  expect(codeAt("/runs?g=optim&s=lr&c=lr")).toEqual({
    command: "setpoint ls --group optim",
    python: 'import setpoint\n\ngroups = setpoint.runs().group("optim")',
  });
  expect(codeAt("/runs?g=optim,lr")?.command).toContain("# Grouped by one key; on the page within it by lr.\n");
  expect(codeAt("/runs?g=*,seed")?.command).toContain("setpoint alike RUN --except seed\nsetpoint ls");
});

test("what a comparison leaves out is left out of its command", () => {
  expect(codeAt("/compare?r=a,b&i=seed&d=0")?.command).toBe("setpoint diff a b --ignore seed --all");
  expect(codeAt("/compare?r=a")?.command).toBe("setpoint show a");
});

test("a word that a shell would read otherwise is quoted", () => {
  expect([word("lr"), word("$HOME"), word("a b"), word("")]).toEqual(["lr", "'$HOME'", "'a b'", "''"]);
});

test("a project is chosen in the address, and runs without one by a condition", () => {
  const store = {
    version: "1",
    store: "/s",
    runs: 5,
    seq: 1,
    python: "3.11",
    projects: [
      { name: "digits", runs: 3 },
      { name: null, runs: 2 },
    ],
  };
  render(<Projects store={store} />);
  const list = screen.getByRole<HTMLSelectElement>("combobox");
  fireEvent.change(list, { target: { value: "digits" } });
  expect(address.value.params.get("p")).toBe("digits");
  fireEvent.change(list, { target: { value: "\u0000none" } });
  expect([address.value.params.get("p"), address.value.params.get("f")]).toEqual([undefined, "run.project == None"]);
});

test("a view keeps the address under a name and leads back to it", async () => {
  go("/runs?f=lr < 1");
  render(<ViewsMenu />);
  fireEvent.click(screen.getByRole("button", { name: "Views" }));
  fireEvent.input(screen.getByLabelText("Name of this view"), { target: { value: "small lr" } });
  fireEvent.click(await screen.findByRole("button", { name: "Save" }));
  await waitFor(() => expect(saved).toEqual([{ views: [{ name: "small lr", url: "/runs?f=lr+%3C+1" }], layout: {} }]), {
    timeout: 2000,
  });
  go("/explore");
  fireEvent.click(screen.getByText("small lr"));
  expect(address.value.params.get("f")).toBe("lr < 1");
});

test("new runs are told of in words, and come at a press", () => {
  newRuns.value = 3;
  const lists = refreshes.value;
  render(<News />);
  fireEvent.click(screen.getByRole("button", { name: "3 new runs" }));
  expect(refreshes.value).toBe(lists + 1);
});

test("lost connections are told of with the time of what is shown", async () => {
  connection.value = { isLost: true, isRefused: false, heard: new Date(2026, 10, 24, 12, 4).getTime() };
  render(<Banner />);
  expect((await screen.findByRole("status", undefined, { timeout: 3000 })).textContent).toContain(
    "Disconnected, data from 12:04",
  );
});

test("a server with another key is told of once, with a field for the key", async () => {
  connection.value = { isLost: true, isRefused: true, heard: Date.now() };
  render(
    <>
      <Banner />
      <Failed error={new ApiError(0, "offline", "The server does not answer.")} />
      <Failed error={new ApiError(401, "token", "This needs the token.")} />
    </>,
  );
  expect(await screen.findByLabelText("New address or key", undefined, { timeout: 3000 })).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
  connection.value = { isLost: false, isRefused: false, heard: Date.now() };
});

test("the key is found in the printed address, and what has none is refused", async () => {
  const key = "k".repeat(43);
  const opened: string[] = [];
  expect([tokenIn(`http://127.0.0.1:7007/#token=${key}`), tokenIn(key), tokenIn("http://127.0.0.1:7007/")]).toEqual([
    key,
    key,
    undefined,
  ]);
  render(<NewKey open={(token) => opened.push(token)} />);
  fireEvent.input(screen.getByLabelText("New address or key"), { target: { value: "http://x/" } });
  fireEvent.submit(screen.getByLabelText("New address or key").closest("form") as HTMLFormElement);
  expect(await screen.findByRole("alert")).toBeTruthy();
  fireEvent.input(screen.getByLabelText("New address or key"), { target: { value: ` http://x/#token=${key} ` } });
  fireEvent.submit(screen.getByLabelText("New address or key").closest("form") as HTMLFormElement);
  expect(opened).toEqual([key]);
});

test.each(["/nowhere", "/runs/x", "/run/a/b", "/constructor"])(
  "nothing is at %s, and the page says so",
  async (path) => {
    vi.stubGlobal("BroadcastChannel", undefined); // a browser with one tab
    go(path);
    render(<Shell />);
    expect(await screen.findByText("There is no such screen")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Go to the runs" }).getAttribute("href")).toBe("/runs");
  },
);

test("the theme goes from the system's to light to dark and back", async () => {
  render(<ThemeSwitch />);
  const seen: (string | undefined)[] = [];
  for (let presses = 0; presses < 3; presses++) {
    fireEvent.click(screen.getByRole("button"));
    seen.push(document.documentElement.dataset["theme"]);
    await waitFor(() =>
      expect(screen.getByRole("button").getAttribute("aria-label")).toContain(seen.at(-1) ?? "system"),
    );
  }
  expect(seen).toEqual(["light", "dark", undefined]);
});

test("keys do nothing while a text is typed, and are listed with what they do", () => {
  const act = vi.fn();
  const Part = () => {
    useKeys({ x: { label: "Select the run", act } });
    return <input aria-label="text" />;
  };
  render(<Part />);
  fireEvent.keyDown(screen.getByLabelText("text"), { key: "x" });
  expect(act).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "x" });
  expect(act).toHaveBeenCalledOnce();
  expect(keysNow()).toEqual([{ label: "Select the run", keys: ["x"] }]);
});

test("keys of the page wait while a small window is open, wherever the focus is, and Escape closes it", async () => {
  const act = vi.fn();
  const Part = () => {
    useKeys({ e: { label: "Explore", act } });
    return (
      <Menu label="Colour">
        <button type="button">Segment</button>
        <input aria-label="Search" />
      </Menu>
    );
  };
  render(<Part />);
  fireEvent.click(screen.getByRole("button", { name: "Colour" }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Search")));
  fireEvent.keyDown(screen.getByText("Segment"), { key: "e" });
  fireEvent.keyDown(document.body, { key: "e" });
  expect(act).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "Escape" });
  await waitFor(() => expect(screen.queryByLabelText("Search")).toBeNull());
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Colour" }));
});
