// Keys such as `optim.lr`, `layers[0].width` and `"a.b".c`, taken apart as setpoint writes them (docs/design, keys).

const TOKEN = /\[\d+\]|\.?(?:[\p{L}\p{N}_/@:+-]+|"(?:[^"\\]|\\.)*")/uy;

/** The parts of a key as they stand in it, without dots; a text that is no key is one part. */
export function splitKey(key: string): string[] {
  const parts: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < key.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(key)?.[0];
    if (found === undefined) return [key];
    const isDotted = found.startsWith(".");
    if (!found.startsWith("[") && isDotted !== at > 0) return [key];
    parts.push(isDotted ? found.slice(1) : found);
  }
  return parts.length === 0 ? [key] : parts;
}

export const joinKey = (parts: readonly string[]): string =>
  parts.reduce((key, part) => (key === "" || part.startsWith("[") ? key + part : `${key}.${part}`), "");

/** The name that a key of one part stands for, without the quotes and backslashes that keys need; other keys as they are. */
export function nameIn(key: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/u.test(key)) return key;
  try {
    return JSON.parse(key) as string;
  } catch {
    return key; // written by something else
  }
}

/** A part as a head shows it: `"val.acc"` without its quotes, where what is left can't be read as something else. */
const shownPart = (part: string): string =>
  /^"[^"\\[\]\s](?:[^"\\[\]\n]*[^"\\[\]\s])?"$/u.test(part) ? part.slice(1, -1) : part;

/** A key of one part as a head shows it; with its quotes where another of the keys reads the same without them. */
export function shownKey(key: string, others: ReadonlySet<string>): string {
  const shown = splitKey(key).length === 1 ? shownPart(key) : key;
  return others.has(shown) ? key : shown;
}

/** A key in two: its last name with the indexes behind it, and what comes before, as heads show it. */
export interface Head {
  readonly parent: string;
  readonly leaf: string;
}

export function leafOf(key: string): Head {
  const parts = splitKey(key);
  const at = Math.max(
    parts.findLastIndex((part) => !part.startsWith("[")),
    0,
  );
  return { leaf: shownPart(joinKey(parts.slice(at))), parent: joinKey(parts.slice(0, at)) };
}

/** The key as Python reads it from a config: `config.optim.lr`, `config["a.b"].c`. */
export const pythonOf = (key: string): string =>
  splitKey(key).reduce((text, part) => {
    if (part.startsWith("[")) return text + part;
    if (part.startsWith('"')) return `${text}[${part}]`;
    return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(part) ? `${text}.${part}` : `${text}["${part}"]`;
  }, "config");
