// What the comparison's address says.
import { change, joinList, param, splitList } from "../address";
import { layoutOf, setLayout } from "../views";

export interface Comparing {
  readonly ids: readonly string[];
  readonly isAll: boolean;
  readonly hasOrigins: boolean;
  /** The run that others are compared with, "" for none. */
  readonly baseline: string;
  readonly ignored: readonly string[];
  readonly filter: string;
  readonly closed: ReadonlySet<string>;
  /** Long parts that are open though they begin closed. */
  readonly opened: ReadonlySet<string>;
}

const OPENED = "+"; // before an opened part in `cs`

/** r runs, d=0 equal rows too, o=1 other origins too, base, i ignored keys, q rows' filter, cs closed sections and opened parts. */
export function comparing(): Comparing {
  const names = splitList(param("cs"));
  const ids = [...new Set(splitList(param("r")).filter((id) => id !== ""))];
  return {
    ids,
    isAll: param("d") === "0",
    hasOrigins: param("o") === "1",
    baseline: ids.includes(param("base")) ? param("base") : "",
    ignored: param("i") === "" ? keptIgnored() : splitList(param("i")),
    filter: param("q"),
    closed: new Set(names.filter((name) => !name.startsWith(OPENED))),
    opened: new Set(names.flatMap((name) => (name.startsWith(OPENED) ? [name.slice(OPENED.length)] : []))),
  };
}

export const setRuns = (ids: readonly string[]): void =>
  change({ r: joinList(ids), ...(ids.includes(param("base")) ? {} : { base: "" }) });

/** The ids with one of them moved by `by` places. */
export function moved(ids: readonly string[], id: string, by: number): string[] {
  const at = ids.indexOf(id);
  const to = Math.min(Math.max(at + by, 0), ids.length - 1);
  const rest = ids.filter((other) => other !== id);
  return at < 0 ? [...ids] : [...rest.slice(0, to), id, ...rest.slice(to)];
}

/** Ignored keys are kept for the project too: what says nothing in one comparison says nothing in the next. */
export function setIgnored(keys: readonly string[]): void {
  const all = [...new Set(keys)];
  setLayout("ignored", all);
  change({ i: joinList(all) });
}

function keptIgnored(): string[] {
  const held = layoutOf("ignored");
  return Array.isArray(held) ? held.filter((key) => typeof key === "string") : [];
}

/** Open or close a part; one that is long begins closed, so that to open it has to be said. */
export function togglePart(part: string, isOpen: boolean, isLong: boolean): void {
  const names = splitList(param("cs")).filter((name) => name !== `:${part}` && name !== OPENED + part);
  const said = isLong === isOpen ? [] : [isOpen ? `:${part}` : OPENED + part];
  change({ cs: joinList([...names, ...said]) }, true);
}

export function toggleClosed(name: string): void {
  const closed = new Set(splitList(param("cs")));
  if (!closed.delete(name)) closed.add(name);
  change({ cs: joinList([...closed]) }, true);
}
