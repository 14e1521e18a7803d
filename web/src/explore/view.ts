// What is computed of the runs once, for all drawings: axes, the order by the metric, colours.
import { useMemo, useRef } from "preact/hooks";
import { type Axis, axisOf, type Wish } from "./axis";
import { NO_CLASS } from "./classes";
import type { Column, Frame } from "./frame";
import { grainsOf } from "./scatter-place";
import { bestFirst, categoriesOf, type Colouring, rampOf } from "./ranking";
import type { Metric, Wanted } from "./settings";

export interface View {
  readonly frame: Frame;
  readonly size: number;
  /** A number for each run, the same with other runs around it. */
  readonly grains: Uint32Array;
  readonly metric: Metric | null;
  readonly metricColumn: Column | undefined;
  /** All runs, the best by the metric first. */
  readonly order: Uint32Array;
  readonly colouring: Colouring;
  readonly colourName: string;
  readonly axisFor: (wanted: Wanted) => Axis | null;
}

type Make = (column: Column, wish: Wish) => Axis;

/** Axes are costly at 50,000 runs, so each is kept as long as its column is; a flipped one shares all with the other. */
function useAxisMaker(): Make {
  const held = useRef(new WeakMap<Column, Map<string, Axis>>());
  return (column, wish) => {
    const axes = held.current.get(column) ?? new Map<string, Axis>();
    held.current.set(column, axes);
    const made = (log: string, isFlipped: boolean, make: () => Axis): Axis => {
      const name = `${log} ${isFlipped}`;
      const axis = axes.get(name) ?? make();
      axes.set(name, axis);
      return axis;
    };
    const log = String(wish.log);
    const plain = made(log, false, () => axisOf(column, wish.log === undefined ? {} : { log: wish.log }));
    return wish.isFlipped === true ? made(log, true, () => ({ ...plain, isFlipped: true })) : plain;
  };
}

const plainColouring = (size: number): Colouring => ({
  kind: "ramp",
  classes: new Uint8Array(size).fill(NO_CLASS),
  marks: [],
  none: size,
});

export function useView(frame: Frame, metric: Metric | null, colour: string): View {
  const make = useAxisMaker();
  const size = frame.ids.length;
  const metricColumn = metric === null ? undefined : frame.columns.get(metric.name);
  const grains = useMemo(() => grainsOf(frame.ids), [frame.ids]);
  const direction = metric?.direction ?? "max";
  const order = useMemo(() => bestFirst(metricColumn, size, direction), [metricColumn, size, direction]);
  const colourColumn = colour === "" ? metricColumn : frame.columns.get(colour);
  const colouring = useMemo((): Colouring => {
    if (colourColumn === undefined) return plainColouring(size);
    if (colour === "") return rampOf(colourColumn, size, order);
    const axis = make(colourColumn, {});
    return axis.kind === "category"
      ? categoriesOf(axis)
      : rampOf(colourColumn, size, bestFirst(colourColumn, size, "max"));
  }, [colourColumn, order, colour, size]);
  const axisFor = (wanted: Wanted): Axis | null => {
    const column = frame.columns.get(wanted.name);
    return column === undefined ? null : make(column, wanted);
  };
  return {
    frame,
    size,
    grains,
    metric,
    metricColumn,
    order,
    colouring,
    colourName: colour === "" ? (metric?.name ?? "") : colour,
    axisFor,
  };
}
