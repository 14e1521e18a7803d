// What is said of a row's cells: which stand out, by how much, and whether the row is to be shown.
import type { Cell, Line } from "../api";
import { ALL_DIGITS, floatText, isUnset, numberOf, textOf } from "../value";

/** Two cells with one sign are the same value of the same type. */
export const signOf = (cell: Cell): string => JSON.stringify(cell);

/** The places of the cells that differ from the baseline's, or, without one, from the value of more than half of them. */
export function odd(cells: Line["cells"], baseline: number | undefined): ReadonlySet<number> {
  const signs = cells.map(({ value }) => signOf(value));
  const counts = new Map<string, number>();
  for (const sign of signs) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const common = [...counts].find(([, count]) => count > cells.length / 2)?.[0];
  const usual = baseline === undefined ? common : signs[baseline];
  // Where no value is the usual one, to mark all cells would say no more than that the row is shown.
  if (usual === undefined) return new Set();
  return new Set(signs.flatMap((sign, at) => (sign === usual ? [] : [at])));
}

/** "+0.01" and "×2" against the baseline; nothing where either is no number or they are equal. */
export function delta(cell: Cell, base: Cell): { readonly sum: string; readonly ratio: string } | undefined {
  const value = numberOf(cell);
  const from = numberOf(base);
  if (value === undefined || from === undefined || !Number.isFinite(value) || !Number.isFinite(from) || value === from)
    return undefined;
  const change = Number((value - from).toPrecision(12));
  const ratio = value / from;
  const isTelling = from !== 0 && ratio > 0 && Number.isFinite(ratio) && floatText(ratio, 3) !== "1";
  return {
    sum: (change > 0 ? "+" : "−") + floatText(Math.abs(change), 3),
    ratio: isTelling ? `×${floatText(ratio, 3)}` : "",
  };
}

/** Whether all values are equal but not all were set by the same. */
export const isOtherOrigin = (line: Line): boolean =>
  !line.differs && new Set(line.cells.filter(({ value }) => !isUnset(value)).map(({ origin }) => origin)).size > 1;

/** A test of a row's key by what was typed: a regular expression between slashes, else a part of the key. */
export function keyTest(typed: string): { readonly test: (key: string) => boolean; readonly error?: string } {
  const pattern = /^\/(.*?)\/?$/.exec(typed)?.[1];
  if (pattern === undefined || pattern === "") {
    const words = typed.toLowerCase().split(/\s+/);
    return { test: (key) => words.every((word) => key.toLowerCase().includes(word)) };
  }
  try {
    const expression = new RegExp(pattern, "iu");
    return { test: (key) => expression.test(key) };
  } catch (error) {
    return { test: () => true, error: error instanceof Error ? error.message : String(error) };
  }
}

const NOISE =
  /(^name$)|(^|[._])(seed|run_?name|run_?id|exp(eriment)?_?name|(out(put)?|log|save|work|data|cache|ckpt|checkpoint)_?(dir|path|folder)|dir|path|folder|host(name)?|user|device|time(stamp)?|date|port)$/i;

/** Keys among those that differ which often tell runs apart without meaning anything. */
export const noisy = (lines: readonly Line[]): string[] =>
  lines.map(({ key }) => key).filter((key) => NOISE.test(key.replace(/"/g, "")));

/** A cell in a text that is copied: the value in full. */
export const copied = (cell: Cell): string => (isUnset(cell) ? "" : textOf(cell, ALL_DIGITS));
