// One chart on a canvas. uPlot gives axes, cursor and zoom; curves are drawn here, as each has x values of its own.
import uPlot from "uplot";
import { digitsFor, floatText } from "../value";
import { type Curve, type XKind, clockTexts, lowerBound, nearest, reaches, spanText, xRange, yRange } from "./curve";
import { type Mark, addMarker } from "./marks";

export interface Look {
  readonly x: XKind;
  readonly isLogX: boolean;
  readonly isLogY: boolean;
  readonly zoom: readonly [number, number] | null;
}
export interface Picture extends Look {
  readonly curves: readonly Curve[];
  readonly marks: ReadonlyMap<string, Mark>;
}
/** Where the pointer is, in CSS pixels of the plot's area, and the nearest point of each curve there, nearest curve first. */
export interface Hover {
  readonly x: number;
  readonly left: number;
  readonly top: number;
  readonly isOwn: boolean;
  readonly points: readonly {
    readonly run: string;
    readonly x: number;
    readonly y: number;
    readonly smooth: number | undefined;
  }[];
}
interface Hooks {
  readonly onHover: (hover: Hover | null) => void;
  readonly onZoom: (zoom: readonly [number, number] | null) => void;
}

const HEIGHT = 220;
const REACH = 6; // pixels beyond a curve's end at which it is still pointed at
// Half of the widest last label of the x axis stands right of its tick.
const RIGHT: Readonly<Record<XKind, number>> = { step: 26, time: 28, wall: 44 };
const FAINT = 0.2; // the raw line behind a smoothed one
const MARKED = 12; // with more curves markers hide what they mark
const SPAN_STEPS = [
  0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800,
  604800,
];
const STEP_STEPS = [1, 2, 5]
  .flatMap((start) => Array.from({ length: 13 }, (_, size) => start * 10 ** size))
  .sort((one, other) => one - other);

// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a const enum of a declaration file has no values to name
const distribution = (isLog: boolean): uPlot.Scale.Distr => (isLog ? 3 : 1); // logarithmic or linear

const widen = (low: number, high: number, isLog: boolean): [number, number] => {
  if (isLog) return low === high ? [low / 2, high * 2] : [low, high];
  const pad = low === high ? Math.abs(low) / 10 || 1 : 0;
  return [low - pad, high + pad];
};

/** Limits of a log axis, rounded outwards to the first digit, so that its ends have short labels. */
function logLimits(low: number, high: number): [number, number] {
  const rounded = (value: number, round: (value: number) => number): number => {
    const size = 10 ** Math.floor(Math.log10(value));
    return Number((round(Number((value / size).toPrecision(12))) * size).toPrecision(12));
  };
  const [from, to] = [rounded(low, Math.floor), rounded(high, Math.ceil)];
  return from < to ? [from, to] : widen(from, to, true);
}

/** Lines at powers of ten only, where there are two or more. */
function decades(_: uPlot, splits: number[]): (number | null)[] {
  const isDecade = (split: number): boolean => Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9;
  return splits.filter(isDecade).length < 2 ? splits : splits.map((split) => (isDecade(split) ? split : null));
}

/** The drawing of one chart in an element; `show` gives it another picture, `end` takes it out of the page. */
export class Plot {
  private readonly plot: uPlot;
  private readonly sizes: ResizeObserver;
  private readonly themes: MutationObserver;
  private readonly scheme = matchMedia("(prefers-color-scheme: dark)");
  private focus: string | undefined;

  constructor(
    private readonly home: HTMLElement,
    private picture: Picture,
    private readonly hooks: Hooks,
  ) {
    this.plot = new uPlot(this.options(), this.data(), home);
    this.sizes = new ResizeObserver(() => this.plot.setSize({ width: this.width(), height: HEIGHT }));
    this.sizes.observe(home);
    this.themes = new MutationObserver(this.redraw);
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.scheme.addEventListener("change", this.redraw);
  }

  show(picture: Picture): void {
    this.picture = picture;
    this.plot.setData(this.data());
  }

  end(): void {
    this.sizes.disconnect();
    this.themes.disconnect();
    this.scheme.removeEventListener("change", this.redraw);
    this.plot.destroy();
  }

  private readonly redraw = (): void => this.plot.redraw(false, true);
  private readonly width = (): number => Math.max(120, this.home.clientWidth);
  /** A colour of the page's style, which only an element can tell: the canvas knows no CSS variables. */
  private readonly colour = (of: "color" | "borderTopColor" | "outlineColor" | "backgroundColor") => (): string =>
    getComputedStyle(this.home)[of];

  private limits(): { x: [number, number]; y: [number, number] } {
    const { curves, zoom, isLogX, isLogY } = this.picture;
    const whole = xRange(curves, isLogX) ?? (isLogX ? [1, 10] : [0, 1]);
    const x = widen(zoom?.[0] ?? whole[0], zoom?.[1] ?? whole[1], isLogX);
    const [low, high] = yRange(curves, x[0], x[1], isLogY) ?? (isLogY ? [0.1, 1] : [0, 1]);
    const pad = (high - low) * 0.06;
    return { x, y: isLogY ? logLimits(low, high) : widen(low - pad, high + pad, false) };
  }

  private data(): uPlot.AlignedData {
    const { x, y } = this.limits();
    return [x, y];
  }

  private options(): uPlot.Options {
    const { isLogX, isLogY, x } = this.picture;
    return {
      width: this.width(),
      height: HEIGHT,
      legend: { show: false },
      padding: [8, RIGHT[x], 0, 0],
      scales: {
        x: { time: x === "wall", distr: distribution(isLogX), range: () => this.limits().x },
        y: { distr: distribution(isLogY), range: () => this.limits().y },
      },
      series: [{}, { show: true, points: { show: false }, paths: () => null }],
      axes: [this.xAxis(), this.yAxis()],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 5 },
        sync: { key: `setpoint-${x}-${isLogX}`, setSeries: false, scales: ["x", null] },
        bind: { dblclick: () => () => this.unzoom() },
      },
      hooks: { draw: [this.drawCurves], setCursor: [this.hovered], setSelect: [this.selected] },
    };
  }

  private xAxis(): uPlot.Axis {
    const { x, isLogX } = this.picture;
    const look = {
      stroke: this.colour("color"),
      grid: { show: false },
      ticks: { stroke: this.colour("borderTopColor"), width: 1, size: 4 },
      size: 30,
      font: "11px system-ui, sans-serif",
    };
    if (x === "wall") return { ...look, space: 96, values: (_, splits, _at, _space, step) => clockTexts(splits, step) };
    const values = (_: uPlot, splits: number[]): string[] =>
      splits.map((split) => (x === "time" ? spanText(split) : split.toLocaleString("en-US")));
    if (isLogX) return { ...look, space: 40 };
    return { ...look, space: 60, incrs: x === "time" ? SPAN_STEPS : STEP_STEPS, values };
  }

  private yAxis(): uPlot.Axis {
    const values = (_: uPlot, splits: (number | null)[]): string[] => {
      const digits = digitsFor(splits.filter((split) => split !== null));
      return splits.map((split) =>
        split === null ? "" : floatText(Number(split.toPrecision(12)), Math.min(digits, 8)),
      );
    };
    const size = (_: uPlot, shown: string[] | null): number =>
      14 + 6.5 * Math.max(3, ...(shown ?? []).map((text) => text.length));
    return {
      stroke: this.colour("color"),
      grid: { stroke: this.colour("borderTopColor"), width: 1, ...(this.picture.isLogY ? { filter: decades } : {}) },
      ticks: { show: false },
      gap: 6,
      size,
      space: 36,
      font: "11px system-ui, sans-serif",
      values,
    };
  }

  private unzoom(): null {
    this.hooks.onZoom(null);
    return null;
  }

  private readonly selected = (plot: uPlot): void => {
    const { left, width } = plot.select;
    if (width === 0) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (!isOwn(plot)) return; // charts with the same cursor hear of it too, once is enough
    this.hooks.onZoom([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
  };

  private readonly hovered = (plot: uPlot): void => {
    const { left = -1, top = -1 } = plot.cursor;
    if (left < 0) {
      this.hooks.onHover(null);
      this.emphasise(undefined);
      return;
    }
    const x = plot.posToVal(left, "x");
    const slack = plot.posToVal(left + REACH, "x") - x;
    const points = this.picture.curves.flatMap((curve) => {
      const at = reaches(curve, x, slack) ? nearest(curve, x) : undefined;
      if (at === undefined) return [];
      return [{ run: curve.run, x: curve.xs[at] ?? NaN, y: curve.ys[at] ?? NaN, smooth: curve.smooth?.[at] }];
    });
    const far = new Map(points.map((point) => [point, Math.abs(plot.valToPos(point.smooth ?? point.y, "y") - top)]));
    if (isOwn(plot)) points.sort((one, other) => (far.get(one) ?? 0) - (far.get(other) ?? 0));
    this.hooks.onHover({ x, left, top, isOwn: isOwn(plot), points });
    this.emphasise(
      isOwn(plot) && points.length > 1 && (far.get(points[0] as Hover["points"][0]) ?? 99) < 24
        ? points[0]?.run
        : undefined,
    );
  };

  /** Show the other curves faintly. */
  private emphasise(run: string | undefined): void {
    if (run === this.focus) return;
    this.focus = run;
    this.plot.redraw(false, false);
  }

  private readonly drawCurves = (plot: uPlot): void => {
    const { ctx, bbox } = plot;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.lineJoin = "round";
    const last = this.picture.curves.find(({ run }) => run === this.focus);
    const curves = this.picture.curves.filter((curve) => curve !== last);
    for (const curve of last === undefined ? curves : [...curves, last]) {
      const mark = this.picture.marks.get(curve.run);
      if (mark === undefined) continue;
      const strength = last === undefined || curve === last ? 1 : 0.25;
      ctx.strokeStyle = mark.colour;
      ctx.fillStyle = mark.colour;
      if (curve.smooth !== null) {
        ctx.globalAlpha = FAINT * strength;
        ctx.lineWidth = ratio;
        ctx.setLineDash([]);
        ctx.stroke(this.line(plot, curve.xs, curve.ys));
      }
      ctx.globalAlpha = strength;
      ctx.lineWidth = (curve === last ? 2.4 : 1.7) * ratio;
      ctx.setLineDash(mark.dash.map((length) => length * ratio));
      const ys = curve.smooth ?? curve.ys;
      ctx.stroke(this.line(plot, curve.xs, ys));
      ctx.setLineDash([]);
      ctx.fill(this.markers(plot, curve, ys, mark, curve === last));
    }
    ctx.restore();
  };

  /** The line through a curve's points in view and one on each side; a point between gaps is a dot. */
  private line(plot: uPlot, xs: Float64Array, ys: Float64Array): Path2D {
    const { min = 0, max = 1 } = plot.scales["x"] ?? {};
    const path = new Path2D();
    const from = Math.max(0, lowerBound(xs, min) - 1);
    const dot = 0.1 * uPlot.pxRatio;
    let isPenDown = false;
    for (let at = from; at < xs.length; at++) {
      const x = xs[at] ?? NaN;
      const y = ys[at] ?? NaN;
      const isGap = !this.isDrawable(x, y);
      if (!isGap) {
        const left = plot.valToPos(x, "x", true);
        const top = plot.valToPos(y, "y", true);
        if (isPenDown) path.lineTo(left, top);
        else {
          path.moveTo(left, top);
          path.lineTo(left + dot, top);
        }
      }
      isPenDown = !isGap;
      if (x > max) break;
    }
    return path;
  }

  private isDrawable(x: number, y: number): boolean {
    const { isLogX, isLogY } = this.picture;
    return !Number.isNaN(y) && (!isLogX || x > 0) && (!isLogY || y > 0);
  }

  /** A marker on each point where they are few, else on some, at other places for each curve. */
  private markers(plot: uPlot, curve: Curve, ys: Float64Array, mark: Mark, isFocus: boolean): Path2D {
    const path = new Path2D();
    const { curves } = this.picture;
    if (curves.length > MARKED && !isFocus) return path;
    const { min, max } = plot.scales["x"] ?? {};
    const from = lowerBound(curve.xs, min ?? -Infinity);
    const to = lowerBound(curve.xs, max ?? Infinity) + 1;
    const inView = Math.min(to, curve.xs.length) - from;
    const isSingle = curves.length === 1;
    if (isSingle && inView > 60) return path;
    const step = inView <= 40 ? 1 : Math.ceil(inView / 6);
    const shift = step === 1 ? 0 : Math.floor((step * (curves.indexOf(curve) + 0.5)) / curves.length);
    const size = (isSingle ? 2.2 : inView <= 40 ? 2.8 : 3.4) * uPlot.pxRatio;
    for (let at = from + shift; at < Math.min(to, curve.xs.length); at += step) {
      const x = curve.xs[at] ?? NaN;
      const y = ys[at] ?? NaN;
      if (this.isDrawable(x, y))
        addMarker(
          path,
          isSingle ? "circle" : mark.shape,
          plot.valToPos(x, "x", true),
          plot.valToPos(y, "y", true),
          size,
        );
    }
    return path;
  }
}

/** Whether the pointer is over this very chart, not over one whose cursor it shares. */
const isOwn = (plot: uPlot): boolean => plot.cursor.event != null;
