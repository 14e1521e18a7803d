// The brushes on the axes: where they are dragged, and how they look.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Axis } from "./axis";
import { type Brush, brushOf, type Span, spansOf, withBrush, withoutSpan } from "./brush";
import { brushText } from "./brush-text";
import { type Drag, dragFrom, gripAt, nudged, spanBox } from "./brushing";
import type { Marking } from "./marking";
import type { Height } from "./place";

const HIT = 32; // wider than what is drawn, so that it is easily met
const DRAWN = 14;

interface LayerProps {
  readonly axes: readonly Axis[];
  readonly xs: readonly number[];
  readonly height: Height;
  readonly marking: Marking;
  readonly onCommit: () => void;
}

export function BrushLayer({ axes, xs, height, marking, onCommit }: LayerProps) {
  const brushes = useSignal(marking.brushes.value);
  useSignalEffect(() => {
    brushes.value = marking.brushes.value;
  });
  return (
    <>
      {axes.map((axis, at) => (
        <AxisBrush
          key={axis.name}
          axis={axis}
          brush={brushOf(brushes.value, axis.name)}
          x={xs[at] ?? 0}
          height={height}
          marking={marking}
          onCommit={onCommit}
        />
      ))}
    </>
  );
}

function AxisBrush({
  axis,
  brush,
  x,
  height,
  marking,
  onCommit,
}: Omit<LayerProps, "axes" | "xs"> & { axis: Axis; brush: Brush; x: number }) {
  const held = useRef<Drag | null>(null);
  const strip = useRef<SVGRectElement>(null);
  const yOf = (event: PointerEvent): number =>
    event.clientY - (strip.current?.ownerSVGElement?.getBoundingClientRect().top ?? 0);
  const set = (next: Brush, isMoving: boolean): void =>
    marking.set(withBrush(marking.brushes.value, axis.name, next), isMoving);
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    strip.current?.setPointerCapture(event.pointerId);
    held.current = dragFrom(axis, height, brush, yOf(event));
  };
  const move = (event: PointerEvent): void => {
    if (held.current !== null) set(held.current.at(yOf(event)), true);
    else if (strip.current !== null) {
      const grip = gripAt(axis, height, brush, yOf(event))?.grip;
      strip.current.style.cursor = grip === undefined ? "crosshair" : grip === "body" ? "grab" : "ns-resize";
    }
  };
  const up = (event: PointerEvent): void => {
    if (held.current === null) return;
    const done = held.current.end(yOf(event));
    held.current = null;
    set(done, false);
    onCommit();
  };
  const bottom = height.bottom + axis.rails.length * height.rail + 8;
  return (
    <g>
      {spansOf(axis, brush).map((span) => (
        <SpanMark
          key={JSON.stringify(span)}
          axis={axis}
          x={x}
          height={height}
          span={span}
          brush={brush}
          onSet={(next) => {
            set(next, false);
            onCommit();
          }}
        />
      ))}
      <rect
        ref={strip}
        class="brush-strip"
        x={x - HIT / 2}
        y={height.top - 8}
        width={HIT}
        height={Math.max(0, bottom - height.top + 8)}
        data-axis={axis.name}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
      />
    </g>
  );
}

function SpanMark({
  axis,
  x,
  height,
  span,
  brush,
  onSet,
}: {
  axis: Axis;
  x: number;
  height: Height;
  span: Span;
  brush: Brush;
  onSet: (brush: Brush) => void;
}) {
  const { top, bottom } = spanBox(axis, height, span);
  const key = (event: KeyboardEvent): void => {
    const by = { ArrowUp: -0.02, ArrowDown: 0.02 }[event.key];
    if (by !== undefined) onSet(nudged(axis, height, brush, span, by));
    else if (["Delete", "Backspace", "Escape"].includes(event.key)) onSet(withoutSpan(axis, brush, span));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <rect
      class="brush"
      x={x - DRAWN / 2}
      y={top}
      width={DRAWN}
      height={bottom - top}
      rx={3}
      tabindex={0}
      role="button"
      aria-label={`Brush on ${axis.name}: ${brushText(brush)}. Arrow keys move it, Delete takes it away.`}
      onKeyDown={key}
    />
  );
}
