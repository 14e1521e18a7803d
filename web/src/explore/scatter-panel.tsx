// A scatter of any two keys: drawn by the worker, marked by a rectangle or a lasso.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Axis } from "./axis";
import type { Corner } from "./lasso-corners";
import type { Marking } from "./marking";
import type { Painter } from "./painter";
import { type Option, Picker } from "./picker";
import { DotsLayer } from "./dots-layer";
import { placesAlong, radiiOf, sideFor, sidePlaces, X_SALT, Y_SALT } from "./scatter-place";
import { ScatterAxes } from "./scatter-axes";
import type { Wanted } from "./settings";
import { useSize } from "./size";
import type { View } from "./view";

export interface ScatterProps {
  readonly view: View;
  readonly painter: Painter;
  readonly marking: Marking;
  readonly x: Wanted;
  readonly y: Wanted;
  readonly sizeKey: string;
  readonly options: readonly Option[];
  readonly chosen: readonly number[];
  readonly corners: readonly Corner[];
  readonly onX: (wanted: Wanted) => void;
  readonly onY: (wanted: Wanted) => void;
  readonly onSize: (name: string) => void;
  readonly onLasso: (corners: readonly Corner[]) => void;
  readonly onCommit: () => void;
}

const NO_SIZE: Option = { name: "", label: "all the same", detail: "" };

export function ScatterPanel(props: ScatterProps) {
  const { view, x, y, sizeKey, options } = props;
  const [tool, setTool] = useState<"rectangle" | "lasso">("rectangle");
  const [xAxis, yAxis] = [view.axisFor(x), view.axisFor(y)];
  return (
    <div class="scatter">
      <div class="panel-bar">
        <AxisChoice label="x" wanted={x} axis={xAxis} options={options} onPick={props.onX} />
        <AxisChoice label="y" wanted={y} axis={yAxis} options={options} onPick={props.onY} />
        <span class="labelled">
          <span class="quiet">size</span>
          <Picker label="Size by" value={sizeKey} options={[NO_SIZE, ...options]} onPick={props.onSize} />
        </span>
        <span class="segmented" role="group" aria-label="Mark with">
          <button
            type="button"
            aria-pressed={tool === "rectangle"}
            title="Mark a rectangle: it becomes brushes on both keys"
            onClick={() => setTool("rectangle")}
          >
            ▭ Box
          </button>
          <button
            type="button"
            aria-pressed={tool === "lasso"}
            title="Draw around runs"
            onClick={() => setTool("lasso")}
          >
            ◌ Lasso
          </button>
        </span>
      </div>
      {xAxis !== null && yAxis !== null && <Plot {...props} xAxis={xAxis} yAxis={yAxis} tool={tool} />}
    </div>
  );
}

function AxisChoice({
  label,
  wanted,
  axis,
  options,
  onPick,
}: {
  label: string;
  wanted: Wanted;
  axis: Axis | null;
  options: readonly Option[];
  onPick: (wanted: Wanted) => void;
}) {
  return (
    <span class="labelled">
      <span class="quiet">{label}</span>
      <Picker label={`${label} axis`} value={wanted.name} options={options} onPick={(name) => onPick({ name })} />
      {axis?.canLog === true && (
        <button
          type="button"
          class="small"
          aria-pressed={axis.scale.isLog}
          aria-label={`Log scale of the ${label} axis`}
          onClick={() => onPick({ ...wanted, log: !axis.scale.isLog })}
        >
          log
        </button>
      )}
    </span>
  );
}

const LEFT = 56;
const BOTTOM = 30;

function Plot(props: ScatterProps & { xAxis: Axis; yAxis: Axis; tool: "rectangle" | "lasso" }) {
  const { view, painter, marking, xAxis, yAxis, sizeKey } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(box);
  const [inner, tall] = [Math.max(0, width - LEFT), Math.max(0, height - BOTTOM)];
  const xSide = useMemo(() => sideFor(xAxis, 0, inner, 24), [xAxis, inner]);
  const ySide = useMemo(() => sideFor(yAxis, tall, 0, 20), [yAxis, tall]);
  const sizeAxis = sizeKey === "" ? null : view.axisFor({ name: sizeKey });
  const xs = useMemo(() => sidePlaces(placesAlong(xAxis, view.grains, X_SALT), xSide), [xAxis, xSide, view.grains]);
  const ys = useMemo(() => sidePlaces(placesAlong(yAxis, view.grains, Y_SALT), ySide), [yAxis, ySide, view.grains]);
  const radii = useMemo(() => radiiOf(sizeAxis, view.size, view.size), [sizeAxis, view.size]);
  useEffect(() => {
    if (canvas.current !== null) painter.give("dots", canvas.current);
  }, [painter]);
  useEffect(
    () => painter.tell({ kind: "size", sheet: "dots", width: inner, height: tall, ratio: devicePixelRatio }),
    [painter, inner, tall],
  );
  useEffect(() => painter.tell({ kind: "points", xs, ys, radii }), [painter, xs, ys, radii]);
  return (
    <div class="scatter-plot" ref={box}>
      <canvas
        ref={canvas}
        class="scatter-canvas"
        style={{ left: `${LEFT}px`, width: `${inner}px`, height: `${tall}px` }}
        aria-hidden="true"
      />
      <svg class="scatter-marks" width={width} height={height}>
        <ScatterAxes xAxis={xAxis} yAxis={yAxis} xSide={xSide} ySide={ySide} left={LEFT} width={inner} height={tall} />
        <g transform={`translate(${LEFT} 0)`}>
          <DotsLayer
            view={view}
            marking={marking}
            xAxis={xAxis}
            yAxis={yAxis}
            xSide={xSide}
            ySide={ySide}
            xs={xs}
            ys={ys}
            width={inner}
            height={tall}
            tool={props.tool}
            chosen={props.chosen}
            corners={props.corners}
            onLasso={props.onLasso}
            onCommit={props.onCommit}
          />
        </g>
      </svg>
    </div>
  );
}
