// Draws the lines and the dots away from the page's own thread. Messages only change what is to be drawn; a drawing
// takes the newest of it, so that a slow machine skips steps of a drag and never queues them.
import { allBits, type Bits, hasBit } from "./bits";
import { CLASSES, NO_CLASS, STEPS } from "./classes";
import { type Dots, dotsPicture, type Look } from "./dots";
import { FINE_STEP, Gaps } from "./gaps";
import type { Drawn, Sheet, ToWorker } from "./messages";

const STROKES = 1200; // up to here single lines can be told apart, and are drawn one by one
const FINE = 5000; // up to here each pixel column is drawn, then every second; every sixth while an axis moves
const MOVING = 6;

interface Surface {
  canvas: OffscreenCanvas;
  width: number;
  height: number;
  ratio: number;
}
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage: (message: Drawn) => void;
};

const surfaces = new Map<Sheet, Surface>();
const places = new Map<string, Uint16Array>();
let axes: { readonly shown: readonly { readonly name: string; readonly x: number }[]; readonly isMoving: boolean } = {
  shown: [],
  isMoving: false,
};
let classes = new Uint8Array(0);
let look: Look = { palette: [], context: [200, 200, 200], ground: [255, 255, 255] };
let dots: Dots | null = null;
let marked: { bits: Bits | null; count: number; request: number } = { bits: null, count: 0, request: 0 };
let gaps: Gaps | null = null;
let context: OffscreenCanvas | null = null; // all runs in grey: stays while brushes move
const waiting = new Set<Sheet>();
let isScheduled = false;
let skipped = 0;

function ask(...sheets: Sheet[]): void {
  for (const sheet of sheets) waiting.add(sheet);
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(work);
}

/** Draw one sheet; the lines go first, but don't keep the dots waiting for ever. */
function work(): void {
  isScheduled = false;
  const sheet: Sheet = waiting.has("dots") && (!waiting.has("lines") || skipped > 2) ? "dots" : "lines";
  skipped = sheet === "dots" ? 0 : skipped + 1;
  waiting.delete(sheet);
  const surface = surfaces.get(sheet);
  const { request } = marked;
  const start = performance.now();
  if (surface !== undefined && surface.width > 0) (sheet === "lines" ? drawLines : drawDots)(surface);
  scope.postMessage({ sheet, request, took: performance.now() - start });
  if (waiting.size > 0) ask();
}

type Columns = readonly { readonly x: number; readonly at: Uint16Array }[];
type Pen = OffscreenCanvasRenderingContext2D;
const css = ([red, green, blue]: readonly [number, number, number]): string => `rgb(${red} ${green} ${blue})`;

/** The axes of which the places are known. */
const known = (): Columns =>
  axes.shown.flatMap(({ name, x }) => {
    const at = places.get(name);
    return at === undefined ? [] : [{ x, at }];
  });

function drawLines({ canvas, width, height, ratio }: Surface): void {
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const columns = known();
  const total = columns[0]?.at.length ?? 0;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  if (columns.length < 2 || columns.some(({ at }) => at.length !== total)) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (total > STROKES) gaps ??= gapsOf(columns, height, total);
  if (marked.bits !== null) {
    context ??= contextOf(columns, width, height, ratio, total);
    pen.drawImage(context, 0, 0, width, height);
  }
  if (marked.count === 0) return;
  if (gaps === null || marked.count <= STROKES) strokeLines(pen, columns, marked.bits, marked.count);
  else {
    gaps.show(marked.bits ?? allBits(total));
    putPictures(pen, gaps, look.palette, 0.16, 0.96);
  }
}

function gapsOf(columns: Columns, height: number, total: number): Gaps {
  const pairs = columns.slice(1).map((right, gap) => {
    const left = columns[gap] ?? right;
    const x = Math.round(left.x);
    return { left: left.at, right: right.at, x, width: Math.max(1, Math.round(right.x) - x) };
  });
  return new Gaps(pairs, classes, height, axes.isMoving ? MOVING : total > FINE ? FINE_STEP : 1, allBits(total));
}

function contextOf(columns: Columns, width: number, height: number, ratio: number, total: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
  const pen = canvas.getContext("2d");
  if (pen === null) return canvas;
  pen.scale(ratio, ratio);
  if (gaps !== null) {
    gaps.show(allBits(total));
    putPictures(
      pen,
      gaps,
      Array.from({ length: CLASSES }, () => look.context),
      0.1,
      0.75,
    );
    return canvas;
  }
  pen.strokeStyle = css(look.context);
  pen.globalAlpha = Math.min(0.9, 14 / Math.sqrt(total));
  for (let run = 0; run < total; run++) strokeRun(pen, columns, run);
  return canvas;
}

function strokeRun(pen: Pen, columns: Columns, run: number): void {
  pen.beginPath();
  for (const { x, at } of columns) pen.lineTo(x, (at[run] ?? 0) / 10);
  pen.stroke();
}

/** Line by line, class by class: the best are on top. */
function strokeLines(pen: Pen, columns: Columns, bits: Bits | null, count: number): void {
  pen.lineWidth = count <= 30 ? 2 : count <= 300 ? 1.5 : 1.1;
  pen.lineJoin = "round";
  pen.globalAlpha = Math.min(0.95, Math.max(0.4, 12 / Math.sqrt(count)));
  const total = columns[0]?.at.length ?? 0;
  for (const group of [NO_CLASS, ...Array.from({ length: STEPS }, (_, step) => step)]) {
    pen.strokeStyle = css(look.palette[Math.min(group, CLASSES - 1)] ?? look.context);
    for (let run = 0; run < total; run++) {
      if ((classes[run] ?? NO_CLASS) === group && (bits === null || hasBit(bits, run))) strokeRun(pen, columns, run);
    }
  }
  pen.globalAlpha = 1;
}

let scratch: OffscreenCanvas | null = null;

function putPictures(pen: Pen, from: Gaps, palette: Look["palette"], least: number, most: number): void {
  for (const { x, width, picture } of from.pictures(palette, least, most)) {
    scratch ??= new OffscreenCanvas(1, 1);
    if (scratch.width < picture.width || scratch.height < picture.height) {
      scratch.width = Math.max(scratch.width, picture.width);
      scratch.height = Math.max(scratch.height, picture.height);
    }
    const image = new ImageData(picture.pixels, picture.width, picture.height);
    scratch.getContext("2d", { willReadFrequently: true })?.putImageData(image, 0, 0);
    pen.drawImage(scratch, 0, 0, picture.width, picture.height, x, 0, width, picture.height);
  }
}

function drawDots({ canvas, ratio }: Surface): void {
  const pen = canvas.getContext("2d");
  if (pen === null || dots === null || canvas.width === 0) return;
  const pixels = dotsPicture(dots, classes, marked.bits, marked.count, look, canvas.width, canvas.height, ratio);
  pen.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
}

function resize(message: { sheet: Sheet; width: number; height: number; ratio: number }): void {
  const surface = surfaces.get(message.sheet);
  if (surface === undefined) return;
  const { width, height, ratio } = message;
  Object.assign(surface, { width, height, ratio });
  surface.canvas.width = Math.round(width * ratio);
  surface.canvas.height = Math.round(height * ratio);
  ask(message.sheet);
}

/** Take what was told; what is held of the lines goes where they are other lines now. */
function take(data: ToWorker): void {
  if (data.kind === "canvas") surfaces.set(data.sheet, { canvas: data.canvas, width: 0, height: 0, ratio: 1 });
  else if (data.kind === "size") resize(data);
  else if (data.kind === "places") places.set(data.name, data.places);
  else if (data.kind === "axes") axes = data;
  else if (data.kind === "classes") classes = new Uint8Array(data.classes);
  else if (data.kind === "look") ({ look } = data);
  else if (data.kind === "points") dots = data;
  else marked = data;
}

scope.onmessage = ({ data }) => {
  take(data);
  const isOfLines = data.kind === "places" || data.kind === "axes" || (data.kind === "size" && data.sheet === "lines");
  if (isOfLines || data.kind === "classes") gaps = null;
  if (isOfLines || data.kind === "look") context = null;
  if (isOfLines) ask("lines");
  else if (data.kind === "points") ask("dots");
  else if (data.kind !== "canvas" && data.kind !== "size") ask("lines", "dots");
};
