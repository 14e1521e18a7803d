// Filters as lists of conditions joined by `and`: adding one, taking one out. The language: docs/reference/filters.md.

const OPENING = "([{";
const CLOSING = ")]}";
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const LOOSER_THAN_AND = new Set(["or", "if", "else", "lambda"]);

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The place after a text in quotes that begins at `start`; the filter's end where it is not closed. */
function afterText(filter: string, start: number): number {
  const quote = filter.charAt(start);
  for (let at = start + 1; at < filter.length; at++) {
    if (filter.charAt(at) === "\\") at++;
    else if (filter.charAt(at) === quote) return at + 1;
  }
  return filter.length;
}

/** The words outside of quotes and parentheses; null where the parentheses don't match or a comment begins. */
function topWords(filter: string): Word[] | null {
  const words: Word[] = [];
  let depth = 0;
  for (let at = 0; at < filter.length;) {
    const sign = filter.charAt(at);
    WORD.lastIndex = at;
    const text = WORD.exec(filter)?.[0];
    if (sign === '"' || sign === "'") at = afterText(filter, at);
    else if (text !== undefined) {
      if (depth === 0) words.push({ text, start: at, end: at + text.length });
      at += text.length;
    } else {
      if (OPENING.includes(sign)) depth++;
      else if (CLOSING.includes(sign)) depth--;
      if (depth < 0 || sign === "#") return null;
      at++;
    }
  }
  return depth === 0 ? words : null;
}

/** Whether a filter may stand beside `and` as it is. */
const isTight = (filter: string): boolean => topWords(filter)?.every(({ text }) => !LOOSER_THAN_AND.has(text)) ?? false;

/** A filter as one part of an `and`. */
export const grouped = (filter: string): string => (isTight(filter) ? filter.trim() : `(${filter.trim()})`);

/** The conditions that a filter joins by `and`, each as it was written; one where it joins by something else. */
export function clausesOf(filter: string): string[] {
  if (filter.trim() === "") return [];
  if (!isTight(filter)) return [filter.trim()];
  const ands = (topWords(filter) ?? []).filter(({ text }) => text === "and");
  const starts = [0, ...ands.map(({ end }) => end)];
  return starts.map((start, at) => filter.slice(start, ands[at]?.start).trim());
}

/** Parentheses around all of a condition, and spaces outside of quotes, make no difference. */
function plain(clause: string): string {
  let text = clause.trim();
  while (text.startsWith("(") && text.endsWith(")") && topWords(text.slice(1, -1)) !== null)
    text = text.slice(1, -1).trim();
  return text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\s+/gsu, (part) => (/^\s/.test(part) ? " " : part));
}

const isSame = (one: string, other: string): boolean => plain(one) === plain(other);
const negated = (clause: string): string =>
  /^\w+\([^()]*\)$/su.test(clause.trim()) ? `not ${clause.trim()}` : `not (${plain(clause)})`;

/** A filter without a condition that it joins by `and`; as it was where it has no such condition. */
export function dropClause(filter: string, clause: string): string {
  const parts = clausesOf(filter);
  const kept = parts.filter((part) => !isSame(part, clause));
  return kept.length === parts.length ? filter : kept.join(" and ");
}

/** A filter narrowed to the runs that pass `clause` too, or with `not` to those that don't; its opposite goes out. */
export function addClause(filter: string, clause: string, not = false): string {
  const [wanted, opposite] = not ? [negated(clause), clause] : [clause, negated(clause)];
  const parts = clausesOf(dropClause(filter, opposite));
  if (parts.some((part) => isSame(part, wanted))) return parts.map(grouped).join(" and ");
  // A filter with only one condition says the same with and without parentheses, and is read more easily without.
  return parts.length === 0 ? wanted.trim() : [...parts, wanted].map(grouped).join(" and ");
}
