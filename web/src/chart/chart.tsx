// One metric's curves with what a reader needs beside them: values at the pointer, what is left out, the same as a table.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { floatText } from "../value";
import { type Curve, digest, notes, xText, yRange } from "./curve";
import { type Mark, Swatch } from "./marks";
import { type Hover, Plot } from "./plot";
import { type View, setZoom } from "./view";
import "uplot/dist/uPlot.min.css";
import "./chart.css";

export interface ChartProps {
  readonly metric: string;
  readonly curves: readonly Curve[];
  readonly marks: ReadonlyMap<string, Mark>;
  readonly names: ReadonlyMap<string, string>;
  readonly view: View;
}

const TOLD = 10;
const shown = (value: number | undefined): string => (value === undefined ? "—" : floatText(value, 5));

export function Chart({ metric, curves, marks, names, view }: ChartProps) {
  const home = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const { x, isLogX, isLogY, zoom } = view;
  const from = zoom?.[0];
  const to = zoom?.[1];
  const picture = useMemo(
    () => ({
      curves,
      marks,
      x,
      isLogX,
      isLogY,
      zoom: from === undefined || to === undefined ? null : ([from, to] as const),
    }),
    [curves, marks, x, isLogX, isLogY, from, to],
  );
  useEffect(() => {
    if (home.current === null) return undefined;
    const made = new Plot(home.current, picture, { onHover: setHover, onZoom: (range) => setZoom(range, x) });
    plot.current = made;
    return () => made.end();
  }, [x, isLogX, isLogY]); // what uPlot takes once only; the rest is shown below
  useEffect(() => plot.current?.show(picture), [picture]);
  const isOut = from !== undefined && to !== undefined && yRange(curves, from, to, isLogY) === undefined;
  const said = [...(isOut ? ["no points in the zoomed range"] : []), ...notes(curves, isLogY, isLogX)];
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <span class="chart-name" title={metric}>
          {metric}
        </span>
        <span class="chart-now">
          {curves.length === 1 && <Now hover={hover} curve={curves[0] as Curve} view={view} />}
        </span>
      </figcaption>
      <div class="chart-home" ref={home} role="img" aria-label={spoken(metric, curves, names)} />
      {hover?.isOwn === true && curves.length > 1 && (
        <Tip hover={hover} marks={marks} names={names} view={view} width={home.current?.clientWidth ?? 400} />
      )}
      <div class="chart-foot">
        {said.map((note) => (
          <p key={note} class="chart-note">
            {note}
          </p>
        ))}
        <Numbers curves={curves} names={names} marks={marks} />
      </div>
    </figure>
  );
}

function spoken(metric: string, curves: readonly Curve[], names: ReadonlyMap<string, string>): string {
  const parts = curves
    .slice(0, 3)
    .map((curve) => `${names.get(curve.run) ?? curve.run} last ${shown(digest(curve).last)}`);
  const more = curves.length > 3 ? ` and ${curves.length - 3} more runs` : "";
  return `Curves of ${metric}: ${parts.join(", ")}${more}. The table below has the numbers.`;
}

/** The value at the pointer, or the last one, of a chart with one curve. */
function Now({ hover, curve, view }: { hover: Hover | null; curve: Curve; view: View }) {
  const point = hover?.points[0];
  if (point === undefined) return <>{shown(digest(curve).last)}</>;
  return (
    <>
      <span class="quiet">{xText(point.x, view.x)}</span> {floatText(point.y, 6)}
      {point.smooth !== undefined && <span class="quiet"> smoothed {floatText(point.smooth, 5)}</span>}
    </>
  );
}

function Tip({
  hover,
  marks,
  names,
  view,
  width,
}: {
  hover: Hover;
  marks: ChartProps["marks"];
  names: ChartProps["names"];
  view: View;
  width: number;
}) {
  const isRight = hover.left > width / 2;
  return (
    <div class={isRight ? "chart-tip is-left" : "chart-tip"} aria-hidden="true">
      <div class="quiet">{xText(view.x === "step" ? Math.round(hover.x) : hover.x, view.x)}</div>
      {hover.points.slice(0, TOLD).map(({ run, y, smooth }) => {
        const mark = marks.get(run);
        return (
          <div key={run} class="chart-tip-row">
            {mark !== undefined && <Swatch mark={mark} />}
            <span class="chart-tip-name">{names.get(run) ?? run}</span>
            <span class="number">{floatText(smooth ?? y, 5)}</span>
          </div>
        );
      })}
      {hover.points.length > TOLD && (
        <div class="quiet">and {hover.points.length - TOLD} more, farther from the pointer</div>
      )}
    </div>
  );
}

/** The text alternative of a chart. */
function Numbers({ curves, names, marks }: Pick<ChartProps, "curves" | "names" | "marks">) {
  return (
    <details class="chart-numbers">
      <summary>Numbers</summary>
      <div class="chart-table">
        <table>
          <thead>
            <tr>
              {["Run", "Last", "Min", "Max", "Points"].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {curves.map((curve) => {
              const { last, min, max } = digest(curve);
              const mark = marks.get(curve.run);
              return (
                <tr key={curve.run}>
                  <th scope="row">
                    {mark !== undefined && <Swatch mark={mark} />}
                    {names.get(curve.run) ?? curve.run}
                  </th>
                  {[last, min, max].map((value, at) => (
                    <td key={at} class="number">
                      {shown(value)}
                    </td>
                  ))}
                  <td class="number">{curve.total.toLocaleString("en-US")}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}
