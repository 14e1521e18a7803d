// Which runs are marked: in all brushes, in the lasso, among the best. Each of these is a set of bits that is made anew
// only when it changes itself.
import { batch, signal } from "@preact/signals";
import type { Axis } from "./axis";
import { allBits, type Bits, countBits, meet } from "./bits";
import { bitsOf, type Brush, type Brushes, isNothing } from "./brush";

export interface Marked {
  readonly bits: Bits;
  readonly count: number;
  readonly size: number;
  /** Counts the changes, so that an answer of the worker can be told from an older one. */
  readonly request: number;
  readonly isMoving: boolean;
}

interface Held {
  readonly axis: Axis;
  readonly brush: Brush;
  readonly bits: Bits;
}

export class Marking {
  readonly brushes = signal<Brushes>(new Map());
  /** While a brush moves too; `settled` follows when it rests. */
  readonly marked = signal<Marked>({ bits: allBits(0), count: 0, size: 0, request: 0, isMoving: false });
  readonly settled = signal<Marked>(this.marked.value);
  #axes: ReadonlyMap<string, Axis> = new Map();
  #others: readonly Bits[] = [];
  #size = 0;
  readonly #held = new Map<string, Held>();

  /** Take other axes, or other sets that runs must be in too: the lasso, the best. */
  rest(size: number, axes: ReadonlyMap<string, Axis>, others: readonly Bits[]): void {
    this.#axes = axes;
    this.#others = others;
    this.#size = size;
    this.#mark(this.brushes.value, false);
  }

  set(brushes: Brushes, isMoving: boolean): void {
    this.#mark(brushes, isMoving);
  }

  #mark(brushes: Brushes, isMoving: boolean): void {
    const sets = [...brushes].flatMap(([key, brush]) => {
      const axis = this.#axes.get(key);
      return axis === undefined || isNothing(brush) ? [] : [this.#bitsOf(key, axis, brush)];
    });
    const bits = meet(this.#size, [...sets, ...this.#others.filter((set) => set.length === (this.#size + 31) >>> 5)]);
    const request = this.marked.value.request + 1;
    const marked = { bits, count: countBits(bits), size: this.#size, request, isMoving };
    batch(() => {
      this.brushes.value = brushes;
      this.marked.value = marked;
      if (!isMoving) this.settled.value = marked;
    });
  }

  #bitsOf(key: string, axis: Axis, brush: Brush): Bits {
    const held = this.#held.get(key);
    if (held?.axis === axis && held.brush === brush) return held.bits;
    const bits = bitsOf(axis, brush);
    this.#held.set(key, { axis, brush, bits });
    return bits;
  }
}
