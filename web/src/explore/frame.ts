// Columns of many runs as they come from the server: base64 of little-endian bytes, made into typed arrays.
import type { Columns, PackedColumn } from "../api";

/** Codes that say what a run's value is; from LABEL on it is a label. See docs/design/page.md. */
export const NUMBER = 0;
export const UNSET = 1;
export const NULL = 2;
export const LABEL = 3;

/** One key's value in each run. */
export interface Column {
  readonly name: string;
  readonly codes: Int32Array;
  readonly numbers: Float64Array;
  readonly labels: readonly string[];
}

/** Some runs, and of them the columns that were asked for so far. `total` counts what passes the filter. */
export interface Frame {
  readonly seq: number;
  readonly total: number;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly columns: ReadonlyMap<string, Column>;
}

type Decoder = Uint8ArrayConstructor & { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const quick = (Uint8Array as Decoder).fromBase64;
  if (quick !== undefined) return quick.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export const unpacked = (packed: PackedColumn): Column => ({
  name: packed.name,
  codes: new Int32Array(bytesOf(packed.codes).buffer),
  numbers: new Float64Array(bytesOf(packed.numbers).buffer),
  labels: packed.labels,
});

export function frameOf(answer: Columns): Frame {
  const { seq, total, ids, names } = answer;
  return { seq, total, ids, names, columns: new Map(answer.columns.map((packed) => [packed.name, unpacked(packed)])) };
}

/** Whether two frames hold the same runs in the same order, so that columns of one fit the other. */
export function isSameRuns(one: Frame, other: Frame): boolean {
  return one.ids.length === other.ids.length && one.ids.every((id, at) => id === other.ids[at]);
}

export const merged = (old: Frame, more: Frame): Frame => ({
  ...more,
  columns: new Map([...old.columns, ...more.columns]),
});

/** A run's number on this column; NaN where it has none. */
export const numberAt = (column: Column, run: number): number =>
  column.codes[run] === NUMBER ? (column.numbers[run] ?? NaN) : NaN;
