// Brushes as a filter: docs/reference/filters.md.
import { LOW_TOKEN, NULL_TOKEN, UNSET_TOKEN } from "./axis";
import type { Brush, Brushes, Range } from "./brush";

const TOKEN = /\[(?<index>\d+)\]|(?<dot>\.)?(?:(?<plain>[\p{L}\p{N}_/@:+-]+)|(?<quoted>"(?:[^"\\]|\\.)*"))/uy;
const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if " +
    "import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);
const ROOTS = new Set(["summary", "config", "run", "tags", "notes", "age", "nan", "inf"]);
const isName = (text: string): boolean => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text) && !KEYWORDS.has(text);

/** The names and indexes of a key as tables show it. */
export function keyPath(key: string): (string | number)[] {
  const path: (string | number)[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < key.length) {
    const groups = TOKEN.exec(key)?.groups;
    if (groups === undefined) return [key];
    if (groups.index !== undefined) path.push(Number(groups.index));
    else path.push(groups.plain ?? (JSON.parse(groups.quoted ?? '""') as string));
  }
  return path;
}

/** A key as filters write it: `optim.lr`, `summary["train/loss"]`, `config["a.b"].c`. */
export function keyInFilter(key: string): string {
  const path = keyPath(key);
  const first = path[0];
  const hasRoot = path.length > 1 && (first === "summary" || first === "run" || first === "config");
  const isPlain = hasRoot || (typeof first === "string" && isName(first) && !ROOTS.has(first)) || key === "notes";
  return path.reduce<string>((text, name, at) => {
    if (typeof name === "number") return `${text}[${name}]`;
    if (at === 0) return isPlain ? name : `config[${JSON.stringify(name)}]`;
    return isName(name) ? `${text}.${name}` : `${text}[${JSON.stringify(name)}]`;
  }, "");
}

/** Tells whether a label of a key stands for the boolean of that name. */
export type IsBoolean = (key: string, label: string) => boolean;

function literal(key: string, token: string, isBoolean: IsBoolean): string | null {
  const rest = token.slice(1);
  if (token.startsWith("#")) return rest;
  if (token.startsWith("=")) return isBoolean(key, rest) ? rest : JSON.stringify(rest);
  if (token === NULL_TOKEN) return "None";
  return token === "!inf" ? "inf" : token === "!-inf" ? "-inf" : null;
}

function rangeClause(name: string, [low, high]: Range): string {
  if (low === high) return `${name} == ${low}`;
  if (high === Infinity) return low === -Infinity ? `${name} <= inf` : `${name} >= ${low}`;
  return low === -Infinity ? `${name} <= ${high}` : `${low} <= ${name} <= ${high}`;
}

/** One brush as a condition; null where the filter language has no word for it (nan). */
export function brushClause(key: string, brush: Brush, isBoolean: IsBoolean): string | null {
  const name = keyInFilter(key);
  const terms = brush.ranges.map((range) => rangeClause(name, range));
  const values: string[] = [];
  for (const token of brush.picks) {
    const value = literal(key, token, isBoolean);
    if (token === UNSET_TOKEN) terms.push(`missing(${name})`);
    else if (token === LOW_TOKEN) terms.push(`${name} <= 0`);
    else if (value === null) return null;
    else values.push(value);
  }
  if (values.length === 1) terms.push(`${name} == ${values[0] ?? ""}`);
  else if (values.length > 1) terms.push(`${name} in (${values.join(", ")})`);
  return terms.length > 1 ? `(${terms.join(" or ")})` : (terms[0] ?? null);
}

export const brushClauses = (brushes: Brushes, isBoolean: IsBoolean): (string | null)[] =>
  [...brushes].map(([key, brush]) => brushClause(key, brush, isBoolean));
