// What happens on a scatter: a rectangle becomes brushes on both keys, a lasso marks the runs inside it.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Axis } from "./axis";
import { type Brush, type Brushes, isNothing, picksIn, rangeOf, withBrush } from "./brush";
import { nearestDot } from "./hover";
import { hovered } from "./hover-layer";
import { type Point, simplified } from "./lasso";
import { coordinateAt, type Corner, polygonOn } from "./lasso-corners";
import type { Marking } from "./marking";
import { RunTip } from "./run-tip";
import { along, pixelAt, placeAt, railAt, shareAt, type Side } from "./scatter-place";
import type { View } from "./view";

interface LayerProps {
  readonly view: View;
  readonly marking: Marking;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly xSide: Side;
  readonly ySide: Side;
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly tool: "rectangle" | "lasso";
  readonly chosen: readonly number[];
  readonly corners: readonly Corner[];
  readonly onLasso: (corners: readonly Corner[]) => void;
  readonly onCommit: () => void;
}

/** What a stretch of a side, in pixels, marks of its axis: numbers or categories, and the rails that it meets. */
export function stretchBrush(axis: Axis, side: Side, from: number, to: number): Brush {
  const shares = [shareAt(side, from), shareAt(side, to)];
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  const picks = axis.rails
    .filter((_, rail) => railAt(side, rail) >= first && railAt(side, rail) <= last)
    .map(({ token }) => token);
  if (high < 0 || low > 1) return { ranges: [], picks };
  if (axis.kind === "category") return { ranges: [], picks: [...picksIn(axis, low, high), ...picks] };
  return { ranges: [rangeOf(axis, Math.max(0, low), Math.min(1, high), 1 / Math.abs(side.high - side.low))], picks };
}

const SLACK = 4;

export function DotsLayer(props: LayerProps) {
  const { view, marking, xAxis, yAxis, xSide, ySide, xs, ys, width, height, tool } = props;
  const area = useRef<SVGRectElement>(null);
  const held = useRef<{ points: Point[]; before: Brushes } | null>(null);
  const drawn = useSignal<readonly Point[]>([]);
  const tip = useSignal<{ x: number; y: number } | null>(null);
  const hit = useSignal(-1);
  useSignalEffect(() => {
    hit.value = hovered.value;
  });
  const pointOf = (event: PointerEvent): Point => {
    const box = area.current?.getBoundingClientRect();
    return [
      Math.max(0, Math.min(width, event.clientX - (box?.left ?? 0))),
      Math.max(0, Math.min(height, event.clientY - (box?.top ?? 0))),
    ];
  };
  const rectangle = (one: Point, other: Point): Brushes => {
    const xBrush = stretchBrush(xAxis, xSide, one[0], other[0]);
    const yBrush = stretchBrush(yAxis, ySide, one[1], other[1]);
    if (isNothing(xBrush) || isNothing(yBrush)) return held.current?.before ?? new Map();
    return withBrush(withBrush(held.current?.before ?? new Map(), xAxis.name, xBrush), yAxis.name, yBrush);
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    area.current?.setPointerCapture(event.pointerId);
    held.current = { points: [pointOf(event)], before: marking.brushes.value };
    tip.value = null;
  };
  const move = (event: PointerEvent): void => {
    const point = pointOf(event);
    const points = held.current?.points;
    if (points === undefined) {
      const run = nearestDot(xs, ys, marking.marked.value.bits, point[0], point[1], 8);
      hovered.value = run;
      tip.value = run < 0 ? null : { x: event.clientX, y: event.clientY };
      return;
    }
    const first = points[0] ?? point;
    if (Math.hypot(point[0] - first[0], point[1] - first[1]) <= SLACK && points.length === 1) return;
    if (tool === "rectangle") {
      points[1] = point;
      marking.set(rectangle(first, point), true);
    } else points.push(point);
    drawn.value = [...points];
  };
  const up = (): void => {
    const points = held.current?.points ?? [];
    if (tool === "rectangle" && points[1] !== undefined) {
      marking.set(rectangle(points[0] ?? points[1], points[1]), false);
      props.onCommit();
    } else if (tool === "lasso") {
      const corner = ([x, y]: Point): Corner => [
        coordinateAt(xAxis, placeAt(xSide, x)),
        coordinateAt(yAxis, placeAt(ySide, y)),
      ];
      const corners = simplified(points, 2);
      props.onLasso(corners.length > 2 ? corners.map(corner) : []);
    }
    held.current = null;
    drawn.value = [];
  };
  const leave = (): void => {
    tip.value = null;
    hovered.value = -1;
  };
  return (
    <>
      <rect
        ref={area}
        class="dots-area"
        width={width}
        height={height}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onPointerLeave={leave}
      />
      <MarkedBox {...props} />
      <Lasso {...props} />
      {drawn.value.length > 1 && (tool === "lasso" ? <path class="lasso" d={outline(drawn.value)} /> : null)}
      {props.chosen.map((run) => (
        <circle key={run} class="dot-chosen" cx={(xs[run] ?? 0) / 10} cy={(ys[run] ?? 0) / 10} r={6} />
      ))}
      {hit.value >= 0 && hit.value < view.size && (
        <circle class="dot-hovered" cx={(xs[hit.value] ?? 0) / 10} cy={(ys[hit.value] ?? 0) / 10} r={6} />
      )}
      {tip.value !== null && hit.value >= 0 && (
        <RunTip view={view} run={hit.value} names={[xAxis.name, yAxis.name, view.colourName]} at={tip.value} />
      )}
    </>
  );
}

const outline = (points: readonly Point[]): string =>
  `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;

/** The lasso of the address, cut at the plot's edges where a filter moved it beyond. */
function Lasso({ corners, xAxis, yAxis, xSide, ySide, width, height }: LayerProps) {
  const points = polygonOn(corners, xAxis, yAxis).map(([x, y]) => [pixelAt(xSide, x), pixelAt(ySide, y)] as const);
  if (points.length === 0) return null;
  return (
    <svg width={width} height={height} class="lasso-area">
      <path class="lasso" d={outline(points)} />
    </svg>
  );
}

/** The brushes of both keys as a rectangle on the scatter, where each is one stretch of numbers. */
function MarkedBox({ marking, xAxis, yAxis, xSide, ySide, width, height }: LayerProps) {
  const brushes = useSignal(marking.brushes.value);
  useSignalEffect(() => {
    brushes.value = marking.brushes.value;
  });
  const span = (axis: Axis, side: Side, all: readonly [number, number]): readonly [number, number] | null => {
    const ranges = brushes.value.get(axis.name)?.ranges ?? [];
    const range = ranges[0];
    if (!brushes.value.has(axis.name)) return all;
    if (ranges.length !== 1 || range === undefined || axis.kind !== "number") return null;
    const ends = range.map((value) => along(side, Math.max(0, Math.min(1, shareOfValue(axis, value)))));
    return [Math.min(...ends), Math.max(...ends)];
  };
  if (!brushes.value.has(xAxis.name) && !brushes.value.has(yAxis.name)) return null;
  const x = span(xAxis, xSide, [0, width]);
  const y = span(yAxis, ySide, [0, height]);
  if (x === null || y === null) return null;
  return <rect class="dots-box" x={x[0]} y={y[0]} width={x[1] - x[0]} height={y[1] - y[0]} />;
}

function shareOfValue({ scale }: Axis, value: number): number {
  if (scale.high === scale.low) return 0.5;
  if (!scale.isLog) return (value - scale.low) / (scale.high - scale.low);
  return value <= 0 ? 0 : Math.log(value / scale.low) / Math.log(scale.high / scale.low);
}
