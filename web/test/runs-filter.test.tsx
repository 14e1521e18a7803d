import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, go } from "../src/address";
import { FilterBox } from "../src/filter/box";
import { addClause, clausesOf, dropClause } from "../src/filter/clause";
import { tokensOf, wrongRange } from "../src/filter/tokens";
import { completed, continues } from "../src/filter/use-completion";
import { joinWhere } from "../src/where";

let answers: Record<string, (body: Record<string, unknown>) => Response> = {};

beforeEach(() => {
  answers = {
    "/api/check": () => Response.json({ total: 7 }),
    "/api/complete": () => Response.json({ from: 0, to: 0, options: [] }),
  };
  vi.stubGlobal("fetch", (path: string, { body }: { body: string }) => {
    const answer = answers[path];
    if (answer === undefined) throw new Error(`Nobody answers ${path}.`);
    return Promise.resolve(answer(JSON.parse(body) as Record<string, unknown>));
  });
  go("/runs");
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const box = (): HTMLInputElement => screen.getByRole("combobox");
function type(text: string): void {
  box().focus();
  fireEvent.input(box(), { target: { value: text } });
}
const press = (key: string): boolean => fireEvent.keyDown(box(), { key });
const refused = (column: number, suggestions: readonly string[]): Response =>
  Response.json(
    { error: { kind: "filter", message: "No run has 'lrr'", column, length: 3, suggestions } },
    { status: 400 },
  );

test("conditions are those joined at the top, not those in quotes or parentheses", () => {
  expect(clausesOf('lr < 1 and name == "a and b" and (x or y and z)')).toEqual([
    "lr < 1",
    'name == "a and b"',
    "(x or y and z)",
  ]);
  expect(clausesOf("lr < 1 or lr > 3")).toEqual(["lr < 1 or lr > 3"]);
});

test("a condition is added once, its opposite goes, and alternatives are kept together", () => {
  expect(addClause(addClause("", "lr < 1"), "lr < 1")).toBe("lr < 1");
  expect(addClause("a == 1 or b == 2", "lr < 1")).toBe("(a == 1 or b == 2) and lr < 1");
  expect(addClause(addClause("", "lr < 1", true), "lr < 1")).toBe("lr < 1");
  expect(dropClause("a == 1 and lr < 1", "lr < 1")).toBe("a == 1");
});

test("the project stands behind the filter, so that an error's column is the filter's own", () => {
  expect(joinWhere("lr < 1", 'my "p"')).toBe('lr < 1 and run.project == "my \\"p\\""');
  expect(joinWhere("", "p")).toBe('run.project == "p"');
});

test("colours give the text back letter by letter, with the wrong part cut out", () => {
  const filter = 'optim.lrr < 1e-3 and not "a b" in tags';
  const tokens = tokensOf(filter, { from: 0, to: 9 });
  expect(tokens.map(({ text }) => text).join("")).toBe(filter);
  expect(tokens.filter(({ isWrong }) => isWrong).map(({ text }) => text)).toEqual(["optim.lrr"]);
  expect(tokens.filter(({ kind }) => kind === "word").map(({ text }) => text)).toEqual(["and", "not", "in"]);
});

test("an error without a length takes the word at its column; at the end the place behind the text", () => {
  expect(wrongRange("lr < foo", 6, undefined)).toEqual({ from: 5, to: 8 });
  expect(wrongRange("lr <", 5, undefined)).toEqual({ from: 4, to: 5 });
  expect(wrongRange("lr <", undefined, undefined)).toBeUndefined();
});

test("a completion takes the place of what was typed, with a space where the text ends", () => {
  expect(completed("opt", { from: 0, to: 3, options: [] }, "optim.lr")).toEqual({ text: "optim.lr ", cursor: 9 });
  expect(completed("opt < 1", { from: 0, to: 3, options: [] }, "optim.lr")).toEqual({
    text: "optim.lr < 1",
    cursor: 8,
  });
});

test("arrows choose an option, Enter takes it and then applies", async () => {
  answers["/api/complete"] = ({ text }) =>
    Response.json(
      text === "opt"
        ? {
            from: 0,
            to: 3,
            options: [
              { text: "optim.lr", detail: "" },
              { text: "optim.name", detail: "" },
            ],
          }
        : { from: 0, to: 0, options: [] },
    );
  render(<FilterBox />);
  type("opt");
  expect((await screen.findAllByRole("option")).length).toBe(2);
  press("ArrowDown");
  press("ArrowDown");
  await waitFor(() => expect(box().getAttribute("aria-activedescendant")).toBe("filter-option-1"));
  press("Enter");
  await waitFor(() => expect(box().value).toBe("optim.name "));
  expect(address.value.params.get("f")).toBeUndefined();
  press("Enter");
  expect(address.value.params.get("f")).toBe("optim.name");
});

test("an error is underlined where it is, and a suggestion mends it", async () => {
  go("/runs?f=seed > 1 and lrr < 1");
  answers["/api/check"] = ({ where }) =>
    String(where).includes("lrr") ? refused(14, ["lr"]) : Response.json({ total: 3 });
  render(<FilterBox />);
  expect((await screen.findByRole("alert")).textContent).toContain("No run has 'lrr'");
  expect(document.querySelector(".filter-text .is-wrong")?.textContent).toBe("lrr");
  expect(box().getAttribute("aria-invalid")).toBe("true");
  fireEvent.click(screen.getByRole("button", { name: "lr" }));
  expect(address.value.params.get("f")).toBe("seed > 1 and lr < 1");
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("the wrong condition can be dropped", async () => {
  answers["/api/check"] = () => refused(14, []);
  go("/runs?f=seed > 1 and lrr < 1");
  render(<FilterBox />);
  fireEvent.click(await screen.findByRole("button", { name: /^Drop/ }));
  expect(address.value.params.get("f")).toBe("seed > 1");
});

/** Offer the key `optim.lr` while it is half typed, and operators after it. */
function offerKey(): void {
  const operators = [{ text: "<", detail: "" }];
  answers["/api/complete"] = ({ text }) =>
    Response.json(
      String(text).endsWith(" ")
        ? { from: String(text).length, to: String(text).length, options: operators }
        : { from: 0, to: String(text).length, options: [{ text: "optim.lr", detail: "" }] },
    );
}

test("an option makes a word whole that begins like it, not an empty one or one that is whole", () => {
  const at = { from: 0, to: 3, options: [] };
  expect([continues(at, "opt", "optim.lr"), continues(at, "lr ", "optim.lr")]).toEqual([true, false]);
  expect([continues({ ...at, to: 0 }, "", "optim.lr"), continues(at, "opt", "opt")]).toEqual([false, false]);
});

test("Tab makes a half word whole, and leaves the box with the next press", async () => {
  offerKey();
  render(<FilterBox />);
  type("optim.l");
  await screen.findByRole("option");
  expect(press("Tab")).toBe(false);
  await waitFor(() => expect(box().value).toBe("optim.lr "));
  await screen.findByText("<");
  expect(press("Tab")).toBe(true);
  expect(box().value).toBe("optim.lr ");
});

test("Enter makes a half word whole where there is one way to, rather than apply it", async () => {
  offerKey();
  answers["/api/check"] = () => refused(1, []);
  render(<FilterBox />);
  type("optim.l");
  await screen.findByRole("option");
  press("Enter");
  await waitFor(() => expect(box().value).toBe("optim.lr "));
  expect(address.value.params.get("f")).toBeUndefined();
});

test("Enter applies a number though another begins with it", async () => {
  answers["/api/complete"] = () => Response.json({ from: 8, to: 9, options: [{ text: "12", detail: "" }] });
  render(<FilterBox />);
  type("seed == 1");
  await screen.findByRole("option");
  press("Enter");
  expect(address.value.params.get("f")).toBe("seed == 1");
});

test("Escape closes the list, then leaves the box with what was typed, which can be undone", async () => {
  offerKey();
  go("/runs?f=lr < 1");
  render(<FilterBox />);
  type("optim.l");
  await screen.findByRole("option");
  press("Escape");
  await waitFor(() => expect(screen.queryByRole("option")).toBeNull());
  expect(document.activeElement).toBe(box());
  press("Escape");
  expect(document.activeElement).toBe(document.body);
  expect([box().value, address.value.params.get("f")]).toEqual(["optim.l", "lr < 1"]);
  fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(box().value).toBe("lr < 1"));
});

test("a filter from elsewhere comes into the box", async () => {
  go("/runs?f=lr < 1");
  render(<FilterBox />);
  type("something else");
  go("/runs?f=lr < 2");
  await waitFor(() => expect(box().value).toBe("lr < 2"));
});
