// What the page tells the drawing worker, and what it answers.
import type { Bits } from "./bits";
import type { Look } from "./dots";

export type Sheet = "lines" | "dots";
export type ToWorker =
  | { readonly kind: "canvas"; readonly sheet: Sheet; readonly canvas: OffscreenCanvas }
  | {
      readonly kind: "size";
      readonly sheet: Sheet;
      readonly width: number;
      readonly height: number;
      readonly ratio: number;
    }
  | { readonly kind: "places"; readonly name: string; readonly places: Uint16Array }
  | {
      readonly kind: "axes";
      readonly shown: readonly { readonly name: string; readonly x: number }[];
      readonly isMoving: boolean;
    }
  | { readonly kind: "classes"; readonly classes: Uint8Array }
  | { readonly kind: "look"; readonly look: Look }
  | { readonly kind: "points"; readonly xs: Uint16Array; readonly ys: Uint16Array; readonly radii: Uint8Array }
  | { readonly kind: "marked"; readonly bits: Bits | null; readonly count: number; readonly request: number };

/** A sheet was drawn with what was told up to `request`, in so many milliseconds. */
export interface Drawn {
  readonly sheet: Sheet;
  readonly request: number;
  readonly took: number;
}
