// Dragging on an axis: a press begins a new stretch, moves one, or pulls at its end; a click takes one away.
import type { Axis } from "./axis";
import { type Brush, type Span, spansOf, toggled, withoutSpan, withStretch } from "./brush";
import { type Height, railAtY, shareOfY, yOfRail, yOfShare } from "./place";

const EDGE = 7; // pixels around a stretch's end that pull at it
const SLACK = 3; // pixels that a click may move

/** A stretch's top and bottom in pixels. */
export function spanBox(axis: Axis, height: Height, span: Span): { top: number; bottom: number } {
  if (span.kind === "rail") {
    const y = yOfRail(height, span.rail);
    return { top: y - 9, bottom: y + 9 };
  }
  const ends = [span.low, span.high].map((share) => yOfShare(axis, height, share));
  const [one = 0, other = 0] = ends;
  const grow = Math.max(0, 4 - Math.abs(one - other)) / 2; // one value is still seen
  return { top: Math.min(one, other) - grow, bottom: Math.max(one, other) + grow };
}

export type Grip = "top" | "bottom" | "body";

/** What of which stretch is at a height. */
export function gripAt(axis: Axis, height: Height, brush: Brush, y: number): { span: Span; grip: Grip } | null {
  for (const span of spansOf(axis, brush)) {
    const { top, bottom } = spanBox(axis, height, span);
    if (span.kind === "rail") {
      if (y >= top && y <= bottom) return { span, grip: "body" };
      continue;
    }
    const inner = Math.min(EDGE, (bottom - top) / 4);
    if (y >= top - EDGE && y <= top + inner) return { span, grip: "top" };
    if (y <= bottom + EDGE && y >= bottom - inner) return { span, grip: "bottom" };
    if (y > top && y < bottom) return { span, grip: "body" };
  }
  return null;
}

export interface Drag {
  /** The brush as it is with the pointer at this height. */
  readonly at: (y: number) => Brush;
  /** The brush when the pointer is let go there. */
  readonly end: (y: number) => Brush;
}

const stretched = (axis: Axis, height: Height, base: Brush, from: number, to: number): Brush => {
  const shares = [shareOfY(axis, height, from), shareOfY(axis, height, to)];
  const tolerance = 1 / Math.max(1, height.bottom - height.top);
  return withStretch(axis, base, Math.min(...shares), Math.max(...shares), tolerance);
};

/** Begin a drag at a height. */
export function dragFrom(axis: Axis, height: Height, brush: Brush, start: number): Drag {
  const rail = railAtY(axis, height, start);
  const token = axis.rails[rail]?.token;
  if (rail >= 0 && token !== undefined) {
    const done = toggled(brush, token);
    return { at: () => done, end: () => done };
  }
  const held = gripAt(axis, height, brush, start);
  if (held === null) return newDrag(axis, height, brush, start);
  const base = withoutSpan(axis, brush, held.span);
  const { top, bottom } = spanBox(axis, height, held.span);
  const at = (y: number): Brush => {
    const by = y - start;
    if (Math.abs(by) <= SLACK) return brush;
    if (held.grip === "top") return stretched(axis, height, base, top + by, bottom);
    if (held.grip === "bottom") return stretched(axis, height, base, top, bottom + by);
    // Moved as a whole: it stops at the axis' ends, and keeps its length.
    const kept = Math.max(height.top - top, Math.min(height.bottom - bottom, by));
    return stretched(axis, height, base, top + kept, bottom + kept);
  };
  return { at, end: (y) => (Math.abs(y - start) <= SLACK ? base : at(y)) };
}

function newDrag(axis: Axis, height: Height, brush: Brush, start: number): Drag {
  const at = (y: number): Brush => (Math.abs(y - start) <= SLACK ? brush : stretched(axis, height, brush, start, y));
  const click = (): Brush => {
    if (axis.kind === "number") return { ranges: [], picks: brush.picks };
    return { ...brush, picks: stretched(axis, height, brush, start, start).picks };
  };
  return { at, end: (y) => (Math.abs(y - start) <= SLACK ? click() : at(y)) };
}

/** A stretch moved by a share of the scale, as the arrow keys do. */
export function nudged(axis: Axis, height: Height, brush: Brush, span: Span, by: number): Brush {
  if (span.kind === "rail") return brush;
  const { top, bottom } = spanBox(axis, height, span);
  const pixels = by * (height.bottom - height.top);
  const kept = Math.max(height.top - top, Math.min(height.bottom - bottom, pixels));
  return stretched(axis, height, withoutSpan(axis, brush, span), top + kept, bottom + kept);
}
