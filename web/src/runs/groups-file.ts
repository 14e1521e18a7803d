// Groups as a file: one line each, with what the table shows, in all digits.
import type { Cell, Group } from "../api";
import { isUnset, textOf } from "../value";
import type { Format } from "./export";

const STATS = ["mean", "spread", "min", "max", "count"] as const;

/** A cell of CSV; a text that a spreadsheet would run as a formula gets a ' before it, as the server does. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function csvValue(cell: Cell): string {
  if (isUnset(cell)) return "";
  if (cell === null) return "None";
  if (typeof cell === "number") return String(cell);
  return typeof cell === "object" && cell.n !== undefined ? cell.text : quoted(textOf(cell));
}

function csv(groups: readonly Group[], keys: readonly string[], metrics: readonly string[]): string {
  const head = [...keys, "runs", ...metrics.flatMap((name) => STATS.map((stat) => `${name} ${stat}`)), "best run"];
  const lines = groups.map(({ values, count, stats, best }) => [
    ...keys.map((key) => (key in values ? csvValue(values[key] ?? null) : "")),
    String(count),
    ...metrics.flatMap((name) => STATS.map((stat) => String(stats[name]?.[stat] ?? ""))),
    quoted(best ?? ""),
  ]);
  return [head.map(quoted), ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}

const jsonValue = (cell: Cell): unknown =>
  typeof cell !== "object" || cell === null ? cell : Number.isFinite(cell.n) ? cell.n : cell.text;

function jsonLines(groups: readonly Group[]): string {
  const line = ({ values, count, stats, best, clause }: Group): string =>
    JSON.stringify({
      values: Object.fromEntries(
        Object.entries(values)
          .filter(([, cell]) => !isUnset(cell))
          .map(([key, cell]) => [key, jsonValue(cell)]),
      ),
      runs: count,
      stats,
      best,
      filter: clause,
    });
  return groups.map((group) => `${line(group)}\n`).join("");
}

export const groupsText = (
  groups: readonly Group[],
  keys: readonly string[],
  metrics: readonly string[],
  format: Format,
): string => (format === "csv" ? csv(groups, keys, metrics) : jsonLines(groups));
