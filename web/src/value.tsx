// How values look, everywhere on the page: null, not set, "" and nan differ, integers have no exponent, and two
// different values of a column never look alike.
import type { Cell } from "./api";

export const isUnset = (cell: Cell): boolean => typeof cell === "object" && cell !== null && cell.$ === "unset";

/** The number that a cell stands for on a scale, undefined where it is none. */
export function numberOf(cell: Cell): number | undefined {
  if (typeof cell === "number") return cell;
  return typeof cell === "object" && cell !== null ? cell.n : undefined;
}

/** So many digits tell every float from its neighbours; most need fewer. */
export const ALL_DIGITS = 17;

/**
 * A float in as few digits as tell it apart: `digits` significant ones, more only if asked. With all digits it is the
 * shortest text that reads back as the same number, so that a recorded 0.0003 is no 2.9999999999999997e-4.
 */
export function floatText(value: number, digits = 4): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  const isWhole = digits >= ALL_DIGITS;
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    const text = isWhole ? value.toExponential() : value.toExponential(Math.max(0, digits - 1)).replace(/\.?0+e/, "e");
    return text.replace("e+", "e");
  }
  return String(isWhole ? value : Number(value.toPrecision(digits)));
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
  for (let digits = 4; digits < ALL_DIGITS; digits++) {
    if (new Set(floats.map((value) => floatText(value, digits))).size === floats.length) return digits;
  }
  return ALL_DIGITS;
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
  const whole = textOf(cell, ALL_DIGITS);
  if (typeof cell === "number" && whole !== text) return <span title={whole}>{text}</span>;
  return <>{text}</>;
}
