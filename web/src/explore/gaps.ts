// The density pictures between all axes, kept in step with the marked runs by what changes.
import { type Bits, countBits } from "./bits";
import {
  addLines,
  cellsOf,
  type Cover,
  coverFor,
  mix,
  peakOf,
  type Picture,
  pictureFor,
  type Rgb,
  runsIn,
  shade,
  type Table,
  tableFor,
} from "./density";

export interface Gap {
  readonly left: Uint16Array;
  readonly right: Uint16Array;
  /** In CSS pixels. */
  readonly x: number;
  readonly width: number;
}
interface Held extends Gap {
  cover: Cover;
  readonly picture: Picture;
}
/** Pixels that a column of a picture of many lines is wide. */
export const FINE_STEP = 2;
const SOFT = 3000; // so few different lines are seen as lines, and soft edges cost little

export class Gaps {
  readonly #held: Held[];
  readonly #classes: Uint8Array;
  readonly #size: number;
  readonly #table: Table;
  readonly #row: number;
  #bits: Bits;

  /** All runs of the gaps; a picture's column is `step` pixels wide, and one pixel where lines are few. */
  constructor(gaps: readonly Gap[], classes: Uint8Array, height: number, step: number, everything: Bits) {
    this.#classes = classes;
    this.#size = gaps[0]?.left.length ?? 0;
    const stretch = this.#size > 20_000 ? 2 : 1; // two pixels of an axis are one row: lines merge
    this.#row = stretch * 10;
    this.#table = tableFor(Math.ceil(height / stretch) + 2, this.#size);
    this.#bits = everything;
    const runs = runsIn(everything, this.#size);
    this.#held = gaps.map((gap) => {
      const cells = cellsOf(this.#table, gap.left, gap.right, this.#row, classes, runs);
      const isSoft = cells.weights.length <= SOFT;
      const columns = Math.max(2, Math.ceil(gap.width / (isSoft && step === FINE_STEP ? 1 : step)));
      const cover = coverFor(columns, Math.ceil(height), stretch, isSoft);
      addLines(cover, cells, 1);
      return { ...gap, cover, picture: pictureFor(cover) };
    });
  }

  /** Hold these runs instead: by those that come and go, or from nothing where that is less. */
  show(bits: Bits): void {
    const come = bits.map((word, at) => word & ~(this.#bits[at] ?? 0));
    const gone = bits.map((word, at) => ~word & (this.#bits[at] ?? 0));
    const isMuch = countBits(come) + countBits(gone) > countBits(bits);
    if (isMuch) for (const { cover } of this.#held) cover.differences.fill(0);
    this.#add(isMuch ? bits : come, 1);
    if (!isMuch) this.#add(gone, -1);
    this.#bits = bits;
  }

  #add(bits: Bits, sign: 1 | -1): void {
    const runs = runsIn(bits, this.#size);
    if (runs.length === 0) return;
    for (const { left, right, cover } of this.#held)
      addLines(cover, cellsOf(this.#table, left, right, this.#row, this.#classes, runs), sign);
  }

  /** The pictures in these colours, shaded against each other. They are drawn over at the next call. */
  pictures(palette: readonly Rgb[], least: number, most: number): { x: number; width: number; picture: Picture }[] {
    for (const { cover, picture } of this.#held) mix(cover, palette, picture);
    const peak = peakOf(this.#held.map(({ picture }) => picture));
    for (const { picture } of this.#held) shade(picture, peak, least, most);
    return this.#held;
  }
}
