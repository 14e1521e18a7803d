// The colours of a filter's words while it is typed.
const WORDS = new Set(["and", "or", "not", "in", "is"]);
const CONSTANTS = new Set(["True", "False", "None", "nan", "inf"]);
const TOKEN = /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\d[\w.+-]*|[\p{L}_][\p{L}\p{N}_.]*|\s+|[<>=!]=?|./gsu;

export type Kind = "text" | "number" | "word" | "key" | "sign" | "call";

export interface Token {
  readonly text: string;
  readonly kind: Kind;
  readonly isWrong: boolean;
}

function kindOf(text: string, after: string): Kind {
  if (/^["']/.test(text)) return "text";
  if (/^\d/.test(text) || CONSTANTS.has(text)) return "number";
  if (WORDS.has(text)) return "word";
  if (/^[\p{L}_]/u.test(text)) return after === "(" ? "call" : "key";
  return "sign";
}

/** The filter in parts of one colour each; those from `wrong.from` to `wrong.to` are marked, cut where they begin and end. */
export function tokensOf(filter: string, wrong?: { readonly from: number; readonly to: number }): Token[] {
  return [...filter.matchAll(TOKEN)].flatMap((match): Token[] => {
    const [text] = match;
    const [from, to] = [match.index, match.index + text.length];
    const kind = kindOf(text, filter.charAt(to));
    const cuts = [from, ...[wrong?.from ?? from, wrong?.to ?? from].filter((cut) => cut > from && cut < to), to];
    return cuts.slice(1).map((end, at) => {
      const start = cuts[at] ?? from;
      return {
        text: filter.slice(start, end),
        kind,
        isWrong: wrong !== undefined && start >= wrong.from && end <= wrong.to,
      };
    });
  });
}

/** Where an error is underlined: its column counts from 1; at the end of the text a place after it. */
export function wrongRange(
  filter: string,
  column: number | undefined,
  length: number | undefined,
): { from: number; to: number } | undefined {
  if (column === undefined) return undefined;
  const from = Math.max(0, Math.min(column - 1, filter.length));
  const rest = filter.slice(from);
  const token =
    /^(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[\p{L}_][\p{L}\p{N}_.]*|\d[\w.+-]*|[<>=!]+|.)/su.exec(rest)?.[0]
      .length ?? 1;
  return { from, to: from + Math.max(1, length ?? token) };
}
