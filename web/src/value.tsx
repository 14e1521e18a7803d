// How values look, everywhere on the page: null, not set, "" and nan differ, integers have no exponent, and two
// different values of a column never look alike.
import type { Cell } from "./api";

export const isUnset = (cell: Cell): boolean => typeof cell === "object" && cell !== null && cell.$ === "unset";

/** The number that a cell stands for on a scale, undefined where it is none. */
export function numberOf(cell: Cell): number | undefined {
  if (typeof cell === "number") return cell;
  return typeof cell === "object" && cell !== null ? cell.n : undefined;
}

/** A float in as few digits as tell it apart: `digits` significant ones, more only if asked. */
export function floatText(value: number, digits = 4): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    return value
      .toExponential(Math.max(0, digits - 1))
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  }
  return String(Number(value.toPrecision(digits)));
}

/** A cell as text. */
export function textOf(cell: Cell, digits = 4): string {
  if (cell === null) return "null";
  if (typeof cell === "boolean") return cell ? "True" : "False";
  if (typeof cell === "string") return cell === "" ? '""' : cell;
  if (typeof cell === "number") return Number.isInteger(cell) ? String(cell) : floatText(cell, digits);
  return cell.$ === "unset" ? "—" : cell.text;
}

/** The fewest digits, from 4 to 17, with which no two different floats among the cells look alike. */
export function digitsFor(cells: readonly Cell[]): number {
  const floats = [
    ...new Set(cells.filter((cell): cell is number => typeof cell === "number" && !Number.isInteger(cell))),
  ];
  for (let digits = 4; digits < 17; digits++) {
    if (new Set(floats.map((value) => floatText(value, digits))).size === floats.length) return digits;
  }
  return 17;
}

export function Value({ cell, digits = 4 }: { cell: Cell; digits?: number }) {
  const text = textOf(cell, digits);
  if (cell === null) return <i class="value-null">null</i>;
  if (isUnset(cell))
    return (
      <span class="value-unset" aria-label="not set">
        —
      </span>
    );
  if (typeof cell === "string" && cell === "") return <span class="value-empty">""</span>;
  if (typeof cell === "number" && textOf(cell, 17) !== text) return <span title={textOf(cell, 17)}>{text}</span>;
  return <>{text}</>;
}
