// How the charts of a screen show their curves; all of it is in the address.
import { change, param } from "../address";
import type { Look } from "./plot";

export interface View extends Look {
  /** Weight of a point in the moving average against the next one's, 0 to 0.999; 0 smooths nothing. */
  readonly smoothing: number;
  /** What metrics' names must contain. */
  readonly search: string;
}

export const MOST_SMOOTH = 0.999; // an average over a thousand recorded points

const number = (text: string | undefined): number | undefined => {
  const value = text === undefined || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

/** sm smoothing, lx and ly log axes, x what x is, z zoom, mq search. */
export function view(): View {
  const x = param("x");
  const [low, high] = param("z").split("..").map(number);
  return {
    smoothing: Math.min(Math.max(number(param("sm")) ?? 0, 0), MOST_SMOOTH),
    x: x === "time" || x === "wall" ? x : "step",
    isLogX: param("lx") === "1" && x !== "wall",
    isLogY: param("ly") === "1",
    zoom: low !== undefined && high !== undefined && low < high ? [low, high] : null,
    search: param("mq"),
  };
}

const short = (value: number): string => String(Number(value.toPrecision(6)));

function zoomText([low, high]: readonly [number, number], kind: View["x"]): string {
  if (kind === "step" && high - low >= 2) return `${Math.floor(low)}..${Math.ceil(high)}`;
  const text = kind === "wall" ? (value: number) => value.toFixed(1) : short;
  return `${text(low)}..${text(high)}`;
}

export function setZoom(zoom: readonly [number, number] | null, kind: View["x"]): void {
  change({ z: zoom === null ? "" : zoomText(zoom, kind) });
}
