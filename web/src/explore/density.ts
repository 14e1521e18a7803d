// The picture of tens of thousands of lines between two axes, drawn as how many of them cross each pixel.
//
// Each pixel column holds differences: a line that covers the rows a to b within the column adds its weight at a and
// takes it off after b, and a running sum down the column gives the cover. So steep lines have no gaps, a line costs two
// steps a column, and lines can be taken away again: a brush that moves costs the runs that it adds and loses, not all.
import { type Bits, countBits, hasBit } from "./bits";
import { CLASSES, NO_CLASS, STEPS } from "./classes";

export type Rgb = readonly [number, number, number];

/** Lines between two axes that differ in an end or in colour: rows of their ends, weights; classes one after another. */
export interface Cells {
  readonly left: Uint16Array;
  readonly right: Uint16Array;
  readonly weights: Int32Array;
  /** Where each class begins among the cells; CLASSES + 1 numbers. */
  readonly starts: Uint32Array;
}

/** Memory that is used again for each gap. */
export interface Table {
  readonly rows: number;
  readonly counts: Int32Array;
  readonly touched: Uint32Array;
}

export const tableFor = (rows: number, runs: number): Table => ({
  rows,
  counts: new Int32Array(rows * rows * CLASSES),
  touched: new Uint32Array(Math.min(runs, rows * rows * CLASSES)),
});

/** The runs in a set, one by one. */
export function runsIn(bits: Bits, size: number): Uint32Array {
  const runs = new Uint32Array(countBits(bits));
  let count = 0;
  for (let run = 0; run < size; run++) if (hasBit(bits, run)) runs[count++] = run;
  return runs;
}

/** Merge the lines of some runs between two axes, where they stand in tenths of a pixel; a row is `size` of these high. */
export function cellsOf(
  table: Table,
  left: Uint16Array,
  right: Uint16Array,
  size: number,
  classes: Uint8Array,
  runs: Uint32Array,
): Cells {
  const { rows, counts, touched } = table;
  const square = rows * rows;
  let found = 0;
  for (const run of runs) {
    const kind = classes[run] ?? NO_CLASS;
    const group = kind < STEPS ? kind : STEPS;
    const key = group * square + (((left[run] ?? 0) / size) | 0) * rows + (((right[run] ?? 0) / size) | 0);
    const count = counts[key] ?? 0;
    if (count === 0) touched[found++] = key;
    counts[key] = count + 1;
  }
  return sorted(table, touched.subarray(0, found));
}

function sorted({ rows, counts }: Table, keys: Uint32Array): Cells {
  const square = rows * rows;
  const starts = new Uint32Array(CLASSES + 1);
  for (const key of keys) {
    const next = ((key / square) | 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let at = 1; at <= CLASSES; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const filled = starts.slice();
  const cells = {
    left: new Uint16Array(keys.length),
    right: new Uint16Array(keys.length),
    weights: new Int32Array(keys.length),
    starts,
  };
  for (const key of keys) {
    const group = (key / square) | 0;
    const at = filled[group] ?? 0;
    filled[group] = at + 1;
    const pair = key - group * square;
    cells.left[at] = (pair / rows) | 0;
    cells.right[at] = pair % rows;
    cells.weights[at] = counts[key] ?? 0;
    counts[key] = 0; // the table is empty again for the next gap
  }
  return cells;
}

/** What covers a gap's pixels, class by class: `width` columns of `height` rows, as differences in sixteenths of a line. */
export interface Cover {
  readonly width: number;
  readonly height: number;
  /** Rows of the picture that a cell's row stands for. */
  readonly stretch: number;
  /** Whether lines have soft edges, as is right where they are few. */
  readonly isSmooth: boolean;
  readonly differences: Int32Array;
}
const MARGIN = 4; // rows below the last one that a line's end may reach
const UNIT = 16;

export const coverFor = (width: number, height: number, stretch: number, isSmooth: boolean): Cover => ({
  width,
  height,
  stretch,
  isSmooth,
  differences: new Int32Array(width * CLASSES * (height + MARGIN)),
});

/** Add lines to a cover, or take them away with `sign` -1. */
export function addLines(cover: Cover, cells: Cells, sign: 1 | -1): void {
  const { width, height, stretch, isSmooth, differences } = cover;
  // Rows as fixed-point numbers with 16 bits of fraction: whole-number arithmetic, moved on by a step each column.
  const scale = stretch * 65536;
  const count = cells.weights.length;
  const [places, steps, weights] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  for (let at = 0; at < count; at++) {
    const left = cells.left[at] ?? 0;
    places[at] = left * scale + (isSmooth ? scale / 2 : 0);
    steps[at] = (((cells.right[at] ?? 0) - left) * scale) / width;
    weights[at] = (cells.weights[at] ?? 0) * sign;
  }
  for (let column = 0; column < width; column++) {
    for (let group = 0; group < CLASSES; group++) {
      const [from, to] = [cells.starts[group] ?? 0, cells.starts[group + 1] ?? 0];
      if (from === to) continue;
      const base = (column * CLASSES + group) * (height + MARGIN);
      if (isSmooth) addSoft(differences, base, places, steps, weights, from, to);
      else addHard(differences, base, places, steps, weights, from, to, stretch);
    }
  }
}

function addHard(
  differences: Int32Array,
  base: number,
  places: Int32Array,
  steps: Int32Array,
  weights: Int32Array,
  from: number,
  to: number,
  thick: number,
): void {
  for (let at = from; at < to; at++) {
    const place = places[at] ?? 0;
    const next = (place + (steps[at] ?? 0)) | 0;
    const weight = (weights[at] ?? 0) * UNIT;
    places[at] = next;
    const first = base + ((place < next ? place : next) >> 16);
    const last = base + ((place < next ? next : place) >> 16) + thick;
    differences[first] = ((differences[first] ?? 0) + weight) | 0;
    differences[last] = ((differences[last] ?? 0) - weight) | 0;
  }
}

const HALF_LINE = 36_000; // half of a soft line's width, with 16 bits of fraction

/** A row that a line covers in part counts in part, in sixteenths, so that taking it away leaves nothing behind. */
function addSoft(
  differences: Int32Array,
  base: number,
  places: Int32Array,
  steps: Int32Array,
  weights: Int32Array,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) {
    const place = places[at] ?? 0;
    const next = (place + (steps[at] ?? 0)) | 0;
    const weight = weights[at] ?? 0;
    places[at] = next;
    const top = Math.max(0, (place < next ? place : next) - HALF_LINE) >> 12;
    const bottom = ((place < next ? next : place) + HALF_LINE) >> 12;
    const first = base + (top >> 4);
    const last = base + (bottom >> 4);
    const before = (top & 15) * weight;
    const after = (bottom & 15) * weight;
    const full = UNIT * weight;
    differences[first] = (differences[first] ?? 0) + full - before;
    differences[first + 1] = (differences[first + 1] ?? 0) + before;
    differences[last] = (differences[last] ?? 0) - full + after;
    differences[last + 1] = (differences[last + 1] ?? 0) - after;
  }
}

/** What is drawn between two axes: RGBA pixels, and how many lines cross each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly totals: Float32Array;
}

export const pictureFor = ({ width, height }: Cover): Picture => ({
  width,
  height,
  pixels: new Uint8ClampedArray(width * height * 4),
  totals: new Float32Array(width * height),
});

/**
 * Colour a picture by what covers it; the strength is set by shade().
 *
 * A pixel's colour is the mix of its classes' colours, each weighing the square of its number of lines: what leads
 * there is seen, and mixes still differ from it.
 */
export function mix(cover: Cover, palette: readonly Rgb[], picture: Picture): void {
  const colours = Float32Array.from(palette.flat());
  const sums = new Int32Array(CLASSES);
  for (let column = 0; column < cover.width; column++) mixColumn(cover, column, colours, sums.fill(0), picture);
}

function mixColumn(
  { width, height, differences }: Cover,
  column: number,
  colours: Float32Array,
  sums: Int32Array,
  { pixels, totals }: Picture,
): void {
  const deep = height + MARGIN;
  const base = column * CLASSES * deep;
  for (let row = 0; row < height; row++) {
    let total = 0;
    let weights = 0;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let group = 0; group < CLASSES; group++) {
      const lines = ((sums[group] ?? 0) + (differences[base + group * deep + row] ?? 0)) | 0;
      sums[group] = lines;
      if (lines === 0) continue;
      const weight = lines * lines;
      const colour = group * 3;
      total += lines;
      weights += weight;
      red += weight * (colours[colour] ?? 0);
      green += weight * (colours[colour + 1] ?? 0);
      blue += weight * (colours[colour + 2] ?? 0);
    }
    const at = row * width + column;
    totals[at] = total / UNIT;
    if (total === 0) continue;
    pixels[at * 4] = red / weights;
    pixels[at * 4 + 1] = green / weights;
    pixels[at * 4 + 2] = blue / weights;
  }
}

/** How many lines cross the fullest pixels, a few of them left out: what is drawn with full strength. */
export function peakOf(pictures: readonly Picture[]): number {
  const sample: number[] = [];
  for (const { totals } of pictures) {
    for (let at = 0; at < totals.length; at += 37) if ((totals[at] ?? 0) > 0) sample.push(totals[at] ?? 0);
  }
  const numbers = Float64Array.from(sample).sort();
  return numbers[Math.floor(numbers.length * 0.98)] ?? 1;
}

const SHADES = 1024;

/** Set the strength of each pixel by the logarithm of its lines, from `least` for one line to `most` at the peak. */
export function shade({ pixels, totals }: Picture, peak: number, least: number, most: number): void {
  const top = Math.max(peak, 1);
  const strengths = Uint8ClampedArray.from({ length: SHADES + 1 }, (_, at) => {
    const lines = (at / SHADES) * top;
    return 255 * (least * Math.min(1, lines) + (most - least) * (Math.log1p(lines) / Math.log1p(top)));
  });
  for (let at = 0; at < totals.length; at++) {
    const lines = totals[at] ?? 0;
    // Few lines are told apart by their own logarithm: the table has too coarse steps for them at a high peak.
    if (lines === 0) pixels[at * 4 + 3] = 0;
    else if (lines * 40 < top)
      pixels[at * 4 + 3] = 255 * (least * Math.min(1, lines) + (most - least) * (Math.log1p(lines) / Math.log1p(top)));
    else pixels[at * 4 + 3] = strengths[lines < top ? ((lines / top) * SHADES) | 0 : SHADES] ?? 255;
  }
}
