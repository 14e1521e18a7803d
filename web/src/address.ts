// The address holds all of a view's state, so that a link shows what its sender saw.
import { signal } from "@preact/signals";

export interface Address {
  /** The step of the browser's history that this is: the same again after "back". */
  readonly step: number;
  readonly path: string;
  readonly params: ReadonlyMap<string, string>;
}

let lastStep = Date.now(); // other numbers than those of the page before it was loaded anew
const named = (): { step: number } => ({ step: ++lastStep });

/** The number of the step that the browser is at; one that another made gets its number here. */
function stepNow(): number {
  const held = (history.state as { step?: unknown } | null)?.step;
  if (typeof held === "number") return held;
  history.replaceState(named(), "");
  return lastStep;
}

const read = (): Address => ({
  step: stepNow(),
  path: location.pathname === "/" ? "/runs" : location.pathname,
  params: new Map(new URLSearchParams(location.search)),
});

/** Where the page is: f filter, s sort, c columns, g group, d only-differing, b brushes, m metric, r runs, p project. */
export const address = signal<Address>(read());

addEventListener("popstate", () => {
  address.value = read();
});

/** The state's own part of an address: a parameter, "" where it is not there. */
export const param = (name: string): string => address.value.params.get(name) ?? "";

export function href(path: string, params: Iterable<readonly [string, string]>): string {
  const search = new URLSearchParams(
    [...params].filter(([, value]) => value !== "").map(([name, value]) => [name, value]),
  );
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Go to another screen or address of this page. */
export function go(to: string): void {
  history.pushState(named(), "", to);
  address.value = read();
}

/** Change parts of the state; "" takes one out. `quietly` makes no step to go back to (while typing or dragging). */
export function change(changes: Readonly<Record<string, string>>, quietly = false): void {
  const { path, params } = address.value;
  const to = href(path, new Map([...params, ...Object.entries(changes)]));
  if (to === location.pathname + location.search) return;
  if (quietly) history.replaceState(history.state, "", to);
  else history.pushState(named(), "", to);
  address.value = read();
}

const places = new Map<number, unknown>();

/** Have a screen's place (what is scrolled to, what is current) kept for a step of the browser's history. */
export const keepPlace = (step: number, place: unknown): void => void places.set(step, place);

/** The place that was kept for a step; undefined where the user has not been there. */
export const placeOf = (step: number): unknown => places.get(step);

/** A list of texts as one parameter: separated by commas, a comma or backslash in a text written with a backslash. */
export const joinList = (texts: readonly string[]): string =>
  texts.map((text) => text.replace(/[\\,]/g, (sign) => `\\${sign}`)).join(",");

export function splitList(text: string): string[] {
  if (text === "") return [];
  const parts: string[] = [];
  let part = "";
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === ",") {
      parts.push(part);
      part = "";
    } else part += sign === "\\" ? text.charAt(++at) : sign;
  }
  return [...parts, part];
}
