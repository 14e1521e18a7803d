// The run under the pointer, and the chosen runs, drawn above all lines.
import { signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Axis } from "./axis";
import { type Line, nearestLine } from "./hover";
import type { Marking } from "./marking";
import { RunTip } from "./run-tip";
import type { View } from "./view";

/** The run that is under the pointer in any of the drawings or the table; -1 for none. */
export const hovered = signal(-1);

const path = (lines: readonly Line[], run: number): string =>
  lines
    .map(({ x, at }, place) => `${place === 0 ? "M" : "L"}${x.toFixed(1)} ${((at[run] ?? 0) / 10).toFixed(1)}`)
    .join("");

const MOST_CHOSEN = 50;

export function HoverLayer({
  view,
  lines,
  axes,
  marking,
  chosen,
  width,
  height,
}: {
  view: View;
  lines: readonly Line[];
  axes: readonly Axis[];
  marking: Marking;
  chosen: readonly number[];
  width: number;
  height: number;
}) {
  const tip = useSignal<{ x: number; y: number } | null>(null);
  const area = useRef<SVGRectElement>(null);
  const waiting = useRef(0);
  const move = (event: PointerEvent): void => {
    cancelAnimationFrame(waiting.current);
    waiting.current = requestAnimationFrame(() => {
      const box = area.current?.getBoundingClientRect();
      if (box === undefined) return;
      const run = nearestLine(lines, marking.marked.value.bits, event.clientX - box.left, event.clientY - box.top, 6);
      hovered.value = run;
      tip.value = run < 0 ? null : { x: event.clientX, y: event.clientY };
    });
  };
  const leave = (): void => {
    cancelAnimationFrame(waiting.current);
    hovered.value = -1;
    tip.value = null;
  };
  return (
    <g>
      <rect ref={area} class="hover-area" width={width} height={height} onPointerMove={move} onPointerLeave={leave} />
      {chosen.slice(0, MOST_CHOSEN).map((run) => (
        <path key={run} class="line-chosen" d={path(lines, run)} />
      ))}
      {hovered.value >= 0 && hovered.value < view.size && (
        <>
          <path class="line-halo" d={path(lines, hovered.value)} />
          <path class="line-hovered" d={path(lines, hovered.value)} />
        </>
      )}
      {tip.value !== null && hovered.value >= 0 && (
        <RunTip view={view} run={hovered.value} names={axes.map(({ name }) => name)} at={tip.value} />
      )}
    </g>
  );
}
