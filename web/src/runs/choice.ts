// Which values of a key the filter chooses or leaves out, as far as its conditions say that in a simple way; and the
// filter with another choice.
import { addClause, clausesOf, dropClause } from "../filter/clause";

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*|\[(?:\d+|\*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\])*`;
const TEXT = String.raw`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'`;
const WORD = new RegExp(String.raw`${TEXT}|\d[\w.+-]*|${NAME}`, "gu");
const NO_NAMES = new Set("and or not in is True False None nan inf has missing changed contains".split(" "));
const EQUALS = new RegExp(`^(${NAME}) == (.+)$`, "su");
const AMONG = new RegExp(String.raw`^(${NAME}) in [([{](.*?),?[)\]}]$`, "su");
const UNSET = new RegExp(String.raw`^missing\((${NAME})\)$`, "u");
const RANGE = new RegExp(`^(\\S+) <= (${NAME}) <=? (\\S+)$`, "u");
const VALUES = new RegExp(String.raw`${TEXT}|[^\s,"'()[\]{}]+`, "gu");

/** What a choice holds where it takes the runs without a value. */
export const MISSING = "missing";

export interface Choice {
  /** The key as the filter writes it. */
  readonly name: string;
  /** The conditions about this key alone, and the filter without them. */
  readonly clauses: readonly string[];
  readonly rest: string;
  /** Values as the filter writes them; null where the conditions say something else than values. */
  readonly some: readonly string[] | null;
  readonly none: readonly string[] | null;
  readonly range: readonly [number, number] | null;
}

/** The keys that a condition names. */
export function namesIn(clause: string): string[] {
  const words = clause.match(WORD) ?? [];
  return [...new Set(words.filter((word) => /^[\p{L}_]/u.test(word) && !NO_NAMES.has(word)))];
}

/** A value in one way of writing it: 'a' as "a", 0.10 as 0.1. */
function written(value: string): string {
  if (value.startsWith("'") && !/["\\]/.test(value)) return `"${value.slice(1, -1)}"`;
  return /^[-+.\d]/.test(value) && Number.isFinite(Number(value)) && !/\d{16}/.test(value)
    ? String(Number(value))
    : value;
}

/** The values that a condition takes; null where it says something else. */
function valuesOf(clause: string): string[] | null {
  if (UNSET.test(clause)) return [MISSING];
  const either = /^\(?(.+) or (missing\(.+\))\)?$/su.exec(clause);
  const inner = either === null ? null : valuesOf(either[1] ?? "");
  if (inner !== null) return [...inner, MISSING];
  const among = AMONG.exec(clause)?.[2];
  if (among !== undefined) return (among.match(VALUES) ?? []).map(written);
  const value = EQUALS.exec(clause)?.[2] ?? "";
  return value.match(VALUES)?.[0] === value ? [written(value)] : null;
}

function rangeOf(clause: string): readonly [number, number] | null {
  const [, low, , high] = RANGE.exec(clause) ?? [];
  return low === undefined || high === undefined ? null : [Number(low), Number(high)];
}

const denied = (clause: string): string | undefined =>
  /^not \((.+)\)$/su.exec(clause)?.[1] ?? /^not (missing\(.+\))$/su.exec(clause)?.[1];

function choiceOf(filter: string, name: string, clauses: readonly string[]): Choice {
  const rest = clauses.reduce(dropClause, filter);
  const [first = ""] = clauses;
  const out = clauses.map((clause) => valuesOf(denied(clause) ?? ""));
  return {
    name,
    clauses,
    rest,
    some: clauses.length === 1 ? valuesOf(first) : null,
    none: out.includes(null) ? null : out.flatMap((values) => values ?? []),
    range: clauses.length === 1 ? rangeOf(first) : null,
  };
}

/** Facts about a run that differ from run to run: bars of them tell nothing. */
const isOwn = (name: string): boolean => /^(run\.(id|name|notes|tags|age)|notes|tags|age)$/.test(name);

/** What a filter chooses, by key, in the order of its conditions. */
export function choicesOf(filter: string): Choice[] {
  const own = new Map<string, string[]>();
  for (const clause of clausesOf(filter)) {
    const names = namesIn(clause);
    const [name] = names;
    if (name !== undefined && names.length === 1 && !isOwn(name) && !name.includes("[*]"))
      own.set(name, [...(own.get(name) ?? []), clause]);
  }
  return [...own].map(([name, clauses]) => choiceOf(filter, name, clauses));
}

/** The condition that takes some values of a key. */
function clauseOf(name: string, values: readonly string[]): string {
  const set = values.filter((value) => value !== MISSING);
  const taken = set.length === 1 ? `${name} == ${set[0] ?? ""}` : `${name} in (${set.join(", ")})`;
  if (set.length === values.length) return taken;
  return set.length === 0 ? `missing(${name})` : `(${taken} or missing(${name}))`;
}

/** The value that a facet's condition chooses, as `written` here; undefined where it can't be told. */
export const valueIn = (clause: string): string | undefined => valuesOf(clause)?.[0];

const toggled = (values: readonly string[], value: string): string[] =>
  values.includes(value) ? values.filter((other) => other !== value) : [...values, value];

/** A filter after a press on a value of a key that it already speaks of; `not`: with Alt or Shift. */
export function pressed(choice: Choice, clause: string, not: boolean): string {
  const { name, rest, some, none } = choice;
  const value = valueIn(clause);
  if (value === undefined) return addClause(rest, clause, not);
  if (not || none?.includes(value) === true) {
    if (some !== null)
      return some.includes(value) ? withSome(rest, name, toggled(some, value)) : withSome(rest, name, some);
    return toggled(none ?? [], value).reduce((filter, out) => addClause(filter, clauseOf(name, [out]), true), rest);
  }
  return withSome(rest, name, some === null ? [value] : toggled(some, value));
}

const withSome = (rest: string, name: string, values: readonly string[]): string =>
  values.length === 0 ? rest : addClause(rest, clauseOf(name, values));
