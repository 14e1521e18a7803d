// A lasso: a polygon on the scatter, with which runs are picked. `lasso-corners.ts` says what its corners mean.
import { type Bits, noBits, setBit } from "./bits";

export type Point = readonly [x: number, y: number];

/** Whether a point is inside. Source: Shimrat, "Position of point relative to polygon", 1962 (even-odd rule). */
export function isInside(polygon: readonly Point[], x: number, y: number): boolean {
  let is = false;
  for (let at = 0, before = polygon.length - 1; at < polygon.length; before = at++) {
    const [x1, y1] = polygon[at] ?? [0, 0];
    const [x2, y2] = polygon[before] ?? [0, 0];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) is = !is;
  }
  return is;
}

/** The runs whose points, pairs of coordinates, lie inside the polygon. */
export function lassoBits(polygon: readonly Point[], xs: ArrayLike<number>, ys: ArrayLike<number>): Bits {
  const bits = noBits(xs.length);
  const lows = [0, 1].map((part) => Math.min(...polygon.map((point) => point[part] ?? 0)));
  const highs = [0, 1].map((part) => Math.max(...polygon.map((point) => point[part] ?? 0)));
  for (let run = 0; run < xs.length; run++) {
    const x = xs[run] ?? 0;
    const y = ys[run] ?? 0;
    const isNear = x >= (lows[0] ?? 0) && x <= (highs[0] ?? 0) && y >= (lows[1] ?? 0) && y <= (highs[1] ?? 0);
    if (isNear && isInside(polygon, x, y)) setBit(bits, run);
  }
  return bits;
}

/** Fewer corners: those that stand out from the line between their neighbours by `tolerance`. Source: Douglas and Peucker, 1973. */
export function simplified(points: readonly Point[], tolerance: number): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 3) return [...points];
  const length = Math.hypot(last[0] - first[0], last[1] - first[1]);
  let [farthest, far] = [0, 0];
  points.forEach(([x, y], at) => {
    const off =
      length === 0
        ? Math.hypot(x - first[0], y - first[1])
        : Math.abs((last[0] - first[0]) * (first[1] - y) - (first[0] - x) * (last[1] - first[1])) / length;
    if (off > far) [farthest, far] = [at, off];
  });
  if (far <= tolerance) return [first, last];
  return [
    ...simplified(points.slice(0, farthest + 1), tolerance).slice(0, -1),
    ...simplified(points.slice(farthest), tolerance),
  ];
}
