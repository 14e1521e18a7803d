// What of the address Explore reads: which axes, which metric, what is coloured, what the side shows.
import { change, joinList, param, splitList } from "../address";
import type { Wish } from "./axis";
import { type Direction, naturalDirection } from "./ranking";

/** One axis of the address: `:lr`, `l:lr` (log), `n:lr` (not log), `f:lr` (flipped). */
export interface Wanted extends Wish {
  readonly name: string;
}

export const axesText = (axes: readonly Wanted[]): string =>
  joinList(
    axes.map(
      ({ name, log, isFlipped }) =>
        `${log === undefined ? "" : log ? "l" : "n"}${isFlipped === true ? "f" : ""}:${name}`,
    ),
  );

export function axesFrom(text: string): Wanted[] {
  return splitList(text).flatMap((entry) => {
    const [, flags = "", name = ""] = /^([lnf]*):(.+)$/s.exec(entry) ?? [];
    if (name === "") return [];
    const log = flags.includes("l") ? true : flags.includes("n") ? false : undefined;
    return [{ name, isFlipped: flags.includes("f"), ...(log === undefined ? {} : { log }) }];
  });
}

/** A metric of the address: `summary.acc`, or `min:summary.acc` where the direction is not what the name says. */
export interface Metric {
  readonly name: string;
  readonly direction: Direction;
}

export function metricFrom(text: string): Metric | null {
  const [, direction, name] = /^(?:(min|max):)?(.+)$/s.exec(text) ?? [];
  if (name === undefined) return null;
  return { name, direction: (direction as Direction | undefined) ?? naturalDirection(name) };
}

export const metricText = ({ name, direction }: Metric): string =>
  direction === naturalDirection(name) ? name : `${direction}:${name}`;

export type Panel = "importance" | "scatter" | "spread" | "runs";
const PANELS: readonly string[] = ["importance", "scatter", "spread", "runs"];

/** The parts of the address that are Explore's own, with the names they have there. */
export interface Settings {
  readonly filter: string;
  readonly axes: readonly Wanted[];
  readonly metric: Metric | null;
  /** The key that colours; "" for the metric. */
  readonly colour: string;
  readonly top: number;
  readonly panel: Panel;
  readonly isWide: boolean;
  readonly x: Wanted | null;
  readonly y: Wanted | null;
  readonly size: string;
  readonly lasso: string;
  readonly spread: string;
  readonly brushes: string;
  readonly chosen: readonly string[];
}

export function readSettings(): Settings {
  const panel = param("v");
  const top = Number(param("k"));
  return {
    filter: param("f"),
    axes: axesFrom(param("ax")),
    metric: metricFrom(param("m")),
    colour: param("h"),
    top: top > 0 && top < 100 ? top : 100,
    panel: PANELS.includes(panel) ? (panel as Panel) : "importance",
    isWide: param("w") === "1",
    x: axesFrom(param("x"))[0] ?? null,
    y: axesFrom(param("y"))[0] ?? null,
    size: param("z"),
    lasso: param("l"),
    spread: param("q"),
    brushes: param("b"),
    chosen: splitList(param("r")),
  };
}

export const setAxes = (axes: readonly Wanted[]): void => change({ ax: axesText(axes) });
export const setChosen = (ids: readonly string[]): void => change({ r: joinList(ids) }, true);

export const naturalMetric = (name: string): Metric => ({ name, direction: naturalDirection(name) });
