// The picture of a scatter: up to tens of thousands of round dots, blended into pixels without a canvas' calls.
import { hasBit, type Bits } from "./bits";
import type { Rgb } from "./density";
import { CLASSES, STEPS } from "./classes";

export interface Dots {
  /** Where each run stands, in tenths of a pixel. */
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  /** Radii in half pixels. */
  readonly radii: Uint8Array;
}

interface Stamp {
  readonly reach: number;
  readonly cover: Float32Array;
}

/** A disc's cover of the pixels around its middle. */
export function stampOf(radius: number): Stamp {
  const reach = Math.ceil(radius);
  const side = 2 * reach + 1;
  const cover = Float32Array.from({ length: side * side }, (_, at) => {
    const far = Math.hypot((at % side) - reach, Math.floor(at / side) - reach);
    return Math.min(1, Math.max(0, radius + 0.5 - far));
  });
  return { reach, cover };
}

/** Blend dots of one colour into opaque pixels. */
function blend(
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  x: number,
  y: number,
  stamp: Stamp,
  colour: Rgb,
  strength: number,
): void {
  const { reach, cover } = stamp;
  const side = 2 * reach + 1;
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
    for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
      const share = (cover[(row - y + reach) * side + column - x + reach] ?? 0) * strength;
      if (share === 0) continue;
      const at = (row * width + column) * 4;
      for (let part = 0; part < 3; part++) {
        const old = pixels[at + part] ?? 0;
        pixels[at + part] = old + ((colour[part] ?? 0) - old) * share;
      }
    }
  }
}

export interface Look {
  readonly palette: readonly Rgb[];
  readonly context: Rgb;
  readonly ground: Rgb;
}

/** How strong a dot is, so that many of them still show where they are dense. */
export const dotStrength = (count: number): number => Math.min(0.9, Math.max(0.18, 22 / Math.sqrt(Math.max(count, 1))));

/**
 * Draw the dots on the ground, those not among `bits` first and pale, then class by class: the best are on top.
 *
 * `ratio` is how many pixels of the picture are one of the dots' own.
 */
export function dotsPicture(
  dots: Dots,
  classes: Uint8Array,
  bits: Bits | null,
  marked: number,
  look: Look,
  width: number,
  height: number,
  ratio: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  new Uint32Array(pixels.buffer).fill((255 << 24) | (look.ground[2] << 16) | (look.ground[1] << 8) | look.ground[0]);
  const stamps = new Map<number, Stamp>();
  const stampFor = (half: number): Stamp => {
    const stamp = stamps.get(half) ?? stampOf((half / 2) * ratio);
    stamps.set(half, stamp);
    return stamp;
  };
  const draw = (run: number, colour: Rgb, strength: number): void => {
    const x = Math.round(((dots.xs[run] ?? 0) / 10) * ratio);
    const y = Math.round(((dots.ys[run] ?? 0) / 10) * ratio);
    blend(pixels, width, height, x, y, stampFor(dots.radii[run] ?? 4), colour, strength);
  };
  const count = dots.xs.length;
  if (bits !== null) {
    const pale = dotStrength(count) * 0.6;
    for (let run = 0; run < count; run++) if (!hasBit(bits, run)) draw(run, look.context, pale);
  }
  const strength = dotStrength(marked);
  for (const group of [CLASSES - 1, ...Array.from({ length: STEPS }, (_, step) => step)]) {
    const colour = look.palette[group] ?? [0, 0, 0];
    for (let run = 0; run < count; run++) {
      const kind = Math.min(classes[run] ?? STEPS, STEPS);
      if (kind === group && (bits === null || hasBit(bits, run))) draw(run, colour, strength);
    }
  }
  return pixels;
}
