// Which columns are shown and how: kept for the project, and in the address for who gets a link.
import { change, joinList, param, splitList } from "../address";
import { useLayout } from "../views";

export interface Layout {
  /** Chosen columns in their order; null: those that vary. */
  readonly columns: readonly string[] | null;
  readonly pins: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
  readonly hasFacets: boolean | null;
}
const FIRST: Layout = { columns: null, pins: [], widths: {}, hasFacets: null };

export interface Layouts {
  readonly layout: Layout;
  readonly setColumns: (names: readonly string[] | null, more?: Partial<Layout>) => void;
  readonly set: (part: Partial<Layout>) => void;
}

/** The table's layout: the address's columns win over those that are kept. */
export function useTableLayout(): Layouts {
  const [held, keep] = useLayout<Partial<Layout>>("runs", FIRST);
  const layout: Layout = { ...FIRST, ...held };
  const asked = param("c");
  const columns = asked === "" ? layout.columns : splitList(asked);
  return {
    layout: { ...layout, columns },
    setColumns: (names, more = {}) => {
      keep({ ...layout, ...more, columns: names });
      change({ c: names === null ? "" : joinList(names) }, true);
    },
    set: (part) => keep({ ...layout, ...part }),
  };
}

/** g in the address: keys to group by; "*" first: all keys except those. */
export interface Grouping {
  readonly keys: readonly string[];
  readonly isBut: boolean;
}
export function groupingOf(text: string): Grouping | null {
  const parts = splitList(text);
  const isBut = parts[0] === "*";
  const keys = isBut ? parts.slice(1) : parts;
  return keys.length === 0 ? null : { keys, isBut };
}
export const groupingText = ({ keys, isBut }: Grouping): string =>
  keys.length === 0 ? "" : joinList(isBut ? ["*", ...keys] : keys);
