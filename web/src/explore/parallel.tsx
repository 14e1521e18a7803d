// Parallel coordinates: lines drawn by the worker, and above them axes, brushes and the run under the pointer.
import { effect } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Axis } from "./axis";
import { AxisHead } from "./axis-head";
import { AxisMarks } from "./axis-marks";
import { brushOf, withBrush } from "./brush";
import { BrushLayer } from "./brush-layer";
import { HoverLayer } from "./hover-layer";
import type { Line } from "./hover";
import type { Painter } from "./painter";
import type { Marking } from "./marking";
import { type Height, heightFor, placesOf } from "./place";
import type { Wanted } from "./settings";
import { useSize } from "./size";
import type { View } from "./view";

const LEFT = 46;
const RIGHT = 46;
const LEAST_GAP = 92;
export const HEAD = 40;

export interface ParallelProps {
  readonly view: View;
  readonly wanted: readonly Wanted[];
  readonly painter: Painter;
  readonly marking: Marking;
  readonly chosen: readonly number[];
  readonly onAxes: (axes: readonly Wanted[]) => void;
  readonly onColour: (name: string) => void;
  readonly onCommit: () => void;
}

/** Tell the worker where each run stands on each axis, once an axis and height. */
function usePlaces(painter: Painter, axes: readonly Axis[], height: Height): readonly Uint16Array[] {
  const held = useRef(new WeakMap<Axis, { key: string; places: Uint16Array }>());
  const key = `${height.top} ${height.bottom} ${height.rail}`;
  const told = useRef(new Map<string, Uint16Array>());
  const places = axes.map((axis) => {
    const old = held.current.get(axis);
    if (old?.key === key) return old.places;
    const made = placesOf(axis, height);
    held.current.set(axis, { key, places: made });
    return made;
  });
  useEffect(() => {
    axes.forEach(({ name }, at) => {
      const own = places[at];
      if (own === undefined || told.current.get(name) === own) return;
      told.current.set(name, own);
      painter.tell({ kind: "places", name, places: own });
    });
  });
  return places;
}

/** The axes' order while one is dragged: `name` is moved by so many pixels. */
function dragged(
  axes: readonly Axis[],
  gap: number,
  drag: { name: string; by: number } | null,
): { order: Axis[]; xs: number[] } {
  const x = (axis: Axis): number => LEFT + axes.indexOf(axis) * gap + (axis.name === drag?.name ? drag.by : 0);
  const order = [...axes].sort((one, other) => x(one) - x(other));
  return { order, xs: order.map((axis, at) => (axis.name === drag?.name ? x(axis) : LEFT + at * gap)) };
}

export function Parallel(props: ParallelProps) {
  const { view, wanted, painter, marking, chosen } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const [drag, setDrag] = useState<{ name: string; by: number } | null>(null);
  const axes = wanted.map((one) => view.axisFor(one)).filter((axis) => axis !== null);
  const gap = axes.length < 2 ? 0 : Math.max(LEAST_GAP, (size.width - LEFT - RIGHT) / (axes.length - 1));
  const width = axes.length < 2 ? size.width : LEFT + RIGHT + gap * (axes.length - 1);
  const inner = Math.max(0, size.height - HEAD);
  const height = useMemo(
    () => heightFor(inner, Math.max(0, ...axes.map(({ rails }) => rails.length))),
    [inner, ...axes],
  );
  const places = usePlaces(painter, axes, height);
  const { order, xs } = dragged(axes, gap, drag);
  useEffect(() => {
    if (canvas.current !== null) painter.give("lines", canvas.current);
  }, [painter]);
  useEffect(() => {
    painter.tell({ kind: "size", sheet: "lines", width, height: inner, ratio: devicePixelRatio });
  }, [painter, width, inner]);
  useEffect(() => {
    painter.tell({
      kind: "axes",
      shown: order.map(({ name }, at) => ({ name, x: xs[at] ?? 0 })),
      isMoving: drag !== null,
    });
  }, [painter, order.map(({ name }) => name).join("\n"), xs.join(), drag === null]);
  useEffect(
    () =>
      effect(() => {
        // For tests and measurements: which state of the brushes was asked for, and which is on the canvas.
        const { dataset } = box.current ?? {};
        if (dataset === undefined) return;
        dataset.asked = String(marking.marked.value.request);
        if (painter.drawn.value?.sheet !== "lines") return;
        dataset.drawn = String(painter.drawn.value.request);
        dataset.took = painter.drawn.value.took.toFixed(1);
      }),
    [painter, marking],
  );
  const lines: Line[] = order.map((axis, at) => ({
    x: xs[at] ?? 0,
    at: places[axes.indexOf(axis)] ?? new Uint16Array(0),
  }));
  return (
    <section class="lines" aria-label="Parallel coordinates" ref={box}>
      <div class="lines-inner" style={{ width: `${width}px` }}>
        <canvas
          ref={canvas}
          class="lines-canvas"
          style={{ top: `${HEAD}px`, width: `${width}px`, height: `${inner}px` }}
          aria-hidden="true"
        />
        <svg class="lines-marks" width={width} height={inner} style={{ top: `${HEAD}px` }}>
          <HoverLayer
            view={view}
            lines={lines}
            axes={order}
            marking={marking}
            chosen={chosen}
            width={width}
            height={inner}
          />
          {order.map((axis, at) => (
            <AxisMarks
              key={axis.name}
              axis={axis}
              x={xs[at] ?? 0}
              height={height}
              room={gap - 20}
              isLast={at === order.length - 1 && order.length > 1}
            />
          ))}
          <BrushLayer axes={order} xs={xs} height={height} marking={marking} onCommit={props.onCommit} />
        </svg>
        <Heads {...props} axes={order} xs={xs} gap={gap} drag={setDrag} />
      </div>
    </section>
  );
}

function Heads({
  axes,
  xs,
  gap,
  drag,
  wanted,
  marking,
  onAxes,
  onColour,
  onCommit,
}: ParallelProps & {
  axes: readonly Axis[];
  xs: readonly number[];
  gap: number;
  drag: (drag: { name: string; by: number } | null) => void;
}) {
  const [brushes, setBrushes] = useState(marking.brushes.value);
  useEffect(() => effect(() => setBrushes(marking.brushes.value)), [marking]);
  const changed = (name: string, change: (one: Wanted) => Wanted): void =>
    onAxes(wanted.map((one) => (one.name === name ? change(one) : one)));
  const move = (name: string, by: number): void => {
    const from = wanted.findIndex((one) => one.name === name);
    const moved = wanted.filter((one) => one.name !== name);
    const one = wanted[from];
    if (one !== undefined)
      onAxes([...moved.slice(0, Math.max(0, from + by)), one, ...moved.slice(Math.max(0, from + by))]);
  };
  return (
    <>
      {axes.map((axis, at) => {
        const { name } = axis;
        const isEnd = at === 0 || at === axes.length - 1;
        return (
          <AxisHead
            key={name}
            axis={axis}
            brush={brushOf(brushes, name)}
            x={xs[at] ?? 0}
            width={isEnd ? Math.min(2 * LEFT, gap === 0 ? 160 : gap - 6) : gap - 6}
            actions={{
              flip: () => changed(name, (one) => ({ ...one, isFlipped: !axis.isFlipped })),
              log: (log) => changed(name, (one) => ({ ...one, log })),
              move: (by) => move(name, by),
              remove: () => onAxes(wanted.filter((one) => one.name !== name)),
              colour: () => onColour(name),
              brush: (brush) => {
                marking.set(withBrush(marking.brushes.value, name, brush), false);
                onCommit();
              },
              drag: (by) => drag({ name, by }),
              drop: () => {
                drag(null);
                onAxes(axes.flatMap((one) => wanted.filter((had) => had.name === one.name)));
              },
            }}
          />
        );
      })}
    </>
  );
}
