// The address holds all of a view's state, so that a link shows what its sender saw.
import { signal } from "@preact/signals";

export interface Address {
  readonly path: string;
  readonly params: ReadonlyMap<string, string>;
}

const read = (): Address => ({
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
  history.pushState(null, "", to);
  address.value = read();
}

/** Change parts of the state; "" takes one out. `quietly` makes no step to go back to (while typing or dragging). */
export function change(changes: Readonly<Record<string, string>>, quietly = false): void {
  const { path, params } = address.value;
  const to = href(path, new Map([...params, ...Object.entries(changes)]));
  if (to === location.pathname + location.search) return;
  if (quietly) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  address.value = read();
}

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
