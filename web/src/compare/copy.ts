// The comparison as text for papers, issues and spreadsheets.
import type { Cell, Line, Row } from "../api";
import { copied } from "./difference";

export interface Part {
  readonly title: string;
  readonly lines: readonly Line[];
}
export const FORMATS = ["Markdown", "CSV", "LaTeX"] as const;
export type Format = (typeof FORMATS)[number];

const titleOf = (run: Row): string => run.name ?? run.id;

function markdown(titles: readonly string[], parts: readonly Part[]): string {
  // A backslash before what Markdown would take for its own, and no line break within a cell.
  const safe = (text: string): string => text.replace(/[\\|`*_<>[\]~]/g, "\\$&").replace(/\s*\n\s*/g, " ");
  const row = (cells: readonly string[]): string => `| ${cells.map(safe).join(" | ")} |`;
  return parts
    .map(({ title, lines }) =>
      [
        row([title, ...titles]),
        `|${" --- |".repeat(titles.length + 1)}`,
        ...lines.map(({ key, cells }) => row([key, ...cells.map(({ value }) => copied(value))])),
      ].join("\n"),
    )
    .join("\n\n");
}

function csv(titles: readonly string[], parts: readonly Part[]): string {
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  // A spreadsheet would run a text that starts like a formula; an apostrophe makes it text.
  const safe = (text: string): string => quoted(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const cell = (value: Cell): string => (typeof value === "number" ? copied(value) : safe(copied(value)));
  const rows = parts.flatMap(({ title, lines }) =>
    lines.map(({ key, cells }) => [safe(title), safe(key), ...cells.map(({ value }) => cell(value))].join(",")),
  );
  return [["section", "key", ...titles.map(safe)].join(","), ...rows].join("\r\n") + "\r\n";
}

const TEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "—": "---",
};

function latex(titles: readonly string[], parts: readonly Part[]): string {
  const safe = (text: string): string =>
    text.replace(/[\\{}$&#_%~^—]/g, (sign) => TEX[sign] ?? `\\${sign}`).replace(/\s*\n\s*/g, " ");
  const row = (cells: readonly string[]): string => `${cells.map(safe).join(" & ")} \\\\`;
  const body = parts.flatMap(({ title, lines }) => [
    "\\midrule",
    `\\multicolumn{${titles.length + 1}}{l}{\\textit{${safe(title)}}} \\\\`,
    ...lines.map(({ key, cells }) => row([key, ...cells.map(({ value }) => copied(value))])),
  ]);
  return [
    `% needs \\usepackage{booktabs}`,
    `\\begin{tabular}{l${"r".repeat(titles.length)}}`,
    "\\toprule",
    row(["", ...titles]),
    ...body,
    "\\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

/** The parts that have lines, in one of the formats; values in full, `not set` empty. */
export function written(format: Format, runs: readonly Row[], parts: readonly Part[]): string {
  const filled = parts.filter(({ lines }) => lines.length > 0);
  return { Markdown: markdown, CSV: csv, LaTeX: latex }[format](runs.map(titleOf), filled);
}

const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);

/** The same comparison on the command line. */
export const asCommand = (ids: readonly string[], ignore: readonly string[], isAll: boolean): string =>
  ["setpoint", "diff", ...ids, ...ignore.flatMap((key) => ["--ignore", word(key)]), ...(isAll ? ["--all"] : [])].join(
    " ",
  );
