// How a key's values spread, and the metric's boxes by them.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { floatText } from "../value";
import type { Axis } from "./axis";
import { fitted } from "./axis-marks";
import type { Marked, Marking } from "./marking";
import { type Option, Picker } from "./picker";
import { type Scale, shareOf, ticksOf, tickText } from "./scale";
import { type Bin, type Box, boxesOf, groupsOf, histogramOf } from "./stats";
import { useSize } from "./size";
import type { View } from "./view";

const BINS = 40;
const PARTS = 8;
const shortText = (value: number): string => (Number.isInteger(value) ? tickText(value) : floatText(value, 3));

export function SpreadPanel({
  view,
  marking,
  name,
  options,
  onPick,
}: {
  view: View;
  marking: Marking;
  name: string;
  options: readonly Option[];
  onPick: (name: string) => void;
}) {
  const settled = useSignal(marking.settled.value);
  useSignalEffect(() => {
    settled.value = marking.settled.value;
  });
  const axis = view.axisFor({ name });
  return (
    <div class="spread">
      <div class="panel-bar">
        <span class="labelled">
          <span class="quiet">key</span>
          <Picker label="Key" value={name} options={options} onPick={onPick} />
        </span>
      </div>
      {axis !== null && <Spread key={name} view={view} axis={axis} marked={settled.value} />}
    </div>
  );
}

function Spread({ view, axis, marked }: { view: View; axis: Axis; marked: Marked }) {
  const { metricColumn } = view;
  const { bits } = marked;
  const box = useRef<HTMLDivElement>(null);
  const width = Math.max(0, useSize(box).width - 24); // without the padding
  const grouping = useMemo(() => groupsOf(axis, PARTS, shortText), [axis]);
  const isSame = axis.name === view.metric?.name;
  const boxes = useMemo(
    () => (metricColumn === undefined || isSame ? [] : boxesOf(metricColumn, grouping.groups, grouping.labels, bits)),
    [metricColumn, grouping, bits, isSame],
  );
  const bins = useMemo(() => (axis.kind === "number" ? histogramOf(axis, axis.scale, BINS, bits) : []), [axis, bits]);
  return (
    <div class="spread-body" ref={box}>
      {width > 0 && axis.kind === "number" && <Histogram axis={axis} bins={bins} width={width} />}
      {width > 0 && boxes.length > 0 && (
        <Boxes boxes={boxes} metric={view.metric?.name ?? ""} axis={axis} width={width} />
      )}
      {isSame && <p class="panel-note quiet">This is the metric itself. Choose another key to see the metric by it.</p>}
    </div>
  );
}

const HIGH = 110;
const PAD = 10;

function Histogram({ axis, bins, width }: { axis: Axis; bins: readonly Bin[]; width: number }) {
  const most = Math.max(1, ...bins.map(({ all }) => all));
  const inner = width - 2 * PAD;
  const tall = (count: number): number => (count === 0 ? 0 : Math.max(1, (count / most) * (HIGH - 6)));
  const step = inner / bins.length;
  return (
    <figure class="histogram">
      <figcaption>
        Runs by <b>{axis.name}</b>
        {axis.rails.length > 0 && (
          <span class="quiet">
            {" "}
            · {axis.rails.map(({ label, count }) => `${count.toLocaleString("en")} ${label}`).join(", ")}
          </span>
        )}
      </figcaption>
      <svg
        width={width}
        height={HIGH + 20}
        role="img"
        aria-label={`Histogram of ${axis.name}, at most ${most} runs in a bar`}
      >
        {bins.map((bin, at) => (
          <g key={at} transform={`translate(${PAD + at * step} 0)`}>
            <title>{`${shortText(bin.low)} – ${shortText(bin.high)}: ${bin.marked.toLocaleString("en")} of ${bin.all.toLocaleString("en")} runs`}</title>
            <rect
              class="bin-all"
              x={0.5}
              width={Math.max(1, step - 1)}
              y={HIGH - tall(bin.all)}
              height={tall(bin.all)}
            />
            <rect
              class="bin-marked"
              x={0.5}
              width={Math.max(1, step - 1)}
              y={HIGH - tall(bin.marked)}
              height={tall(bin.marked)}
            />
          </g>
        ))}
        <Ticks scale={axis.scale} from={PAD} to={width - PAD} y={HIGH} />
      </svg>
    </figure>
  );
}

function Ticks({ scale, from, to, y }: { scale: Scale; from: number; to: number; y: number }) {
  const ticks = ticksOf(scale, Math.max(2, Math.floor((to - from) / 64)));
  return (
    <g class="plain-ticks">
      <line x1={from} x2={to} y1={y + 0.5} y2={y + 0.5} />
      {ticks.map((value) => {
        const x = from + shareOf(scale, value) * (to - from);
        return (
          <text key={value} x={x} y={y + 15} text-anchor={x < from + 14 ? "start" : x > to - 14 ? "end" : "middle"}>
            {tickText(value)}
          </text>
        );
      })}
    </g>
  );
}

const ROW = 26;

function Boxes({ boxes, metric, axis, width }: { boxes: readonly Box[]; metric: string; axis: Axis; width: number }) {
  const shown = boxes.filter(({ count }) => count > 0);
  const low = Math.min(...shown.map((box) => Math.min(box.low, ...box.outliers)));
  const high = Math.max(...shown.map((box) => Math.max(box.high, ...box.outliers)));
  const longest = Math.max(...shown.map(({ label }) => label.length), 4);
  const left = Math.min(width * 0.4, 18 + longest * 6.2);
  const right = width - 54;
  const scale: Scale = { low, high, isLog: false };
  const place = (value: number): number => left + 8 + (low === high ? 0.5 : shareOf(scale, value)) * (right - left - 8);
  const parts =
    axis.kind === "number" && new Set(axis.column.numbers).size > 10 ? `${PARTS} equal parts of its runs` : "value";
  return (
    <figure class="boxes">
      <figcaption>
        <b>{metric}</b> by {axis.name}
        <span class="quiet"> · {parts === "value" ? "each value" : parts}, marked runs</span>
      </figcaption>
      <svg
        width={width}
        height={shown.length * ROW + 24}
        role="img"
        aria-label={`Box plots of ${metric} by ${axis.name}: ${shown.map((box) => `${box.label}: median ${shortText(box.middle)} of ${box.count} runs`).join("; ")}`}
      >
        {shown.map((box, at) => (
          <BoxRow key={box.label} box={box} y={at * ROW + ROW / 2} place={place} left={left} width={width} />
        ))}
        {low < high && <Ticks scale={scale} from={left + 8} to={right} y={shown.length * ROW + 2} />}
      </svg>
    </figure>
  );
}

function BoxRow({
  box,
  y,
  place,
  left,
  width,
}: {
  box: Box;
  y: number;
  place: (value: number) => number;
  left: number;
  width: number;
}) {
  const [low, quarter, middle, threeQuarters, high] = [
    box.low,
    box.quarter,
    box.middle,
    box.threeQuarters,
    box.high,
  ].map(place) as [number, number, number, number, number];
  const facts = `${box.label}: median ${shortText(box.middle)}, half of the runs between ${shortText(box.quarter)} and ${shortText(box.threeQuarters)}, ${box.count.toLocaleString("en")} runs`;
  return (
    <g class="box" transform={`translate(0 ${y})`}>
      <title>{facts}</title>
      <text x={left} dy="0.35em" text-anchor="end">
        {fitted(box.label, left - 8)}
      </text>
      {box.outliers.map((value, at) => (
        <circle key={at} cx={place(value)} r={1.5} />
      ))}
      <line x1={low} x2={high} />
      <rect x={quarter} y={-7} width={Math.max(1, threeQuarters - quarter)} height={14} rx={2} />
      <line class="box-middle" x1={middle} x2={middle} y1={-7} y2={7} />
      <text class="box-count" x={width - 4} dy="0.35em" text-anchor="end">
        {box.count.toLocaleString("en")}
      </text>
    </g>
  );
}
