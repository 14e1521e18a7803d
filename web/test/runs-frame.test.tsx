import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, go } from "../src/address";
import { codeOf, word } from "../src/frame/as-code";
import { Banner } from "../src/frame/banner";
import { News } from "../src/frame/news";
import { Projects } from "../src/frame/projects";
import { ThemeSwitch } from "../src/frame/theme";
import { ViewsMenu } from "../src/frame/views-menu";
import { keysNow, useKeys } from "../src/keys";
import { connection, newRuns, refreshes } from "../src/live";
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

const codeAt = (to: string) => {
  go(to);
  return codeOf(address.value);
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
