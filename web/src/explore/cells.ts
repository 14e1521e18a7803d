// A run's value in a column as a cell, so that it looks as everywhere on the page.
import type { Cell } from "../api";
import { type Column, LABEL, NULL, NUMBER } from "./frame";

export function cellAt(column: Column | undefined, run: number): Cell {
  const code = column?.codes[run] ?? 1;
  if (column === undefined) return { $: "unset", text: "" };
  if (code === NUMBER) {
    const number = column.numbers[run] ?? NaN;
    return Number.isFinite(number)
      ? number
      : { $: "float", text: Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf" };
  }
  if (code === NULL) return null;
  return code >= LABEL ? (column.labels[code - LABEL] ?? "") : { $: "unset", text: "" };
}
