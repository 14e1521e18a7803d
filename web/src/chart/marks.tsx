// How runs are told apart in a chart: by colour, by marker, and by dashes where two have the same colour.
import { colourOf } from "../colour";

export const SHAPES = ["circle", "square", "triangle", "diamond", "down", "plus", "cross", "ring"] as const;
export type Shape = (typeof SHAPES)[number];

export interface Mark {
  readonly colour: string;
  readonly shape: Shape;
  /** Lengths of dashes and gaps in CSS pixels; empty for a solid line. */
  readonly dash: readonly number[];
}

const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [12, 6]];

/** A mark for each run. No two of the first 48 with one colour look alike. */
export function marksOf(ids: readonly string[]): ReadonlyMap<string, Mark> {
  const used = new Map<string, number>();
  return new Map(
    ids.map((id, at) => {
      const colour = colourOf(id);
      const number = used.get(colour) ?? 0;
      used.set(colour, number + 1);
      return [
        id,
        { colour, shape: SHAPES[at % SHAPES.length] ?? "circle", dash: DASHES[number % DASHES.length] ?? [] },
      ];
    }),
  );
}

const SIDES: Record<Exclude<Shape, "circle" | "ring">, readonly (readonly [number, number])[]> = {
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  triangle: [
    [0, -1.1],
    [1.1, 0.9],
    [-1.1, 0.9],
  ],
  diamond: [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  down: [
    [0, 1.1],
    [1.1, -0.9],
    [-1.1, -0.9],
  ],
  plus: [
    [-0.35, -1.2],
    [0.35, -1.2],
    [0.35, -0.35],
    [1.2, -0.35],
    [1.2, 0.35],
    [0.35, 0.35],
    [0.35, 1.2],
    [-0.35, 1.2],
    [-0.35, 0.35],
    [-1.2, 0.35],
    [-1.2, -0.35],
    [-0.35, -0.35],
  ],
  cross: [
    [-1.1, -0.6],
    [-0.6, -1.1],
    [0, -0.5],
    [0.6, -1.1],
    [1.1, -0.6],
    [0.5, 0],
    [1.1, 0.6],
    [0.6, 1.1],
    [0, 0.5],
    [-0.6, 1.1],
    [-1.1, 0.6],
    [-0.5, 0],
  ],
};

/** Add a marker of radius `size` around a point. */
export function addMarker(path: Path2D, shape: Shape, x: number, y: number, size: number): void {
  if (shape === "circle" || shape === "ring") {
    path.moveTo(x + size, y);
    path.arc(x, y, size, 0, 2 * Math.PI);
    if (shape === "circle") return;
    path.moveTo(x + size / 2, y);
    path.arc(x, y, size / 2, 0, 2 * Math.PI, true);
    return;
  }
  SIDES[shape].forEach(([across, down], at) => {
    if (at === 0) path.moveTo(x + across * size, y + down * size);
    else path.lineTo(x + across * size, y + down * size);
  });
  path.closePath();
}

/** A short line with a run's colour, dashes and marker, as they are in the chart. */
export function Swatch({ mark }: { mark: Mark }) {
  const sides = mark.shape === "circle" || mark.shape === "ring" ? null : SIDES[mark.shape];
  return (
    <svg class="swatch" width="26" height="12" viewBox="0 0 26 12" aria-hidden="true">
      <line x1="1" y1="6" x2="25" y2="6" stroke={mark.colour} stroke-width="2" stroke-dasharray={mark.dash.join(" ")} />
      {sides === null ? (
        <circle
          cx="13"
          cy="6"
          r="3.4"
          fill={mark.shape === "ring" ? "var(--ground)" : mark.colour}
          stroke={mark.colour}
          stroke-width={mark.shape === "ring" ? 2 : 0}
        />
      ) : (
        <polygon points={sides.map(([x, y]) => `${13 + x * 3.8},${6 + y * 3.8}`).join(" ")} fill={mark.colour} />
      )}
    </svg>
  );
}
