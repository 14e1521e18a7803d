// Keys as a tree of rows: a section with two keys or more has a line of its own that opens and closes.
import { joinKey, shownKey, splitKey } from "../key";

export type TreeRow<T> =
  | {
      readonly kind: "section";
      readonly key: string;
      readonly label: string;
      readonly depth: number;
      readonly count: number;
      readonly isOpen: boolean;
    }
  | { readonly kind: "leaf"; readonly key: string; readonly label: string; readonly depth: number; readonly item: T };

interface Node<T> {
  readonly part: string;
  readonly below: Map<string, Node<T>>;
  item?: T;
}

function grow<T extends { readonly key: string }>(items: readonly T[]): Node<T> {
  const root: Node<T> = { part: "", below: new Map() };
  for (const item of items) {
    let node = root;
    for (const part of splitKey(item.key)) {
      let next = node.below.get(part);
      if (next === undefined) node.below.set(part, (next = { part, below: new Map() }));
      node = next;
    }
    node.item = item;
  }
  return root;
}

const leaves = <T>(node: Node<T>): number =>
  [...node.below.values()].reduce((sum, next) => sum + leaves(next), node.item === undefined ? 0 : 1);

/** Items in their order as rows; what lies below a closed section is left out. */
export function treeRows<T extends { readonly key: string }>(
  items: readonly T[],
  closed: ReadonlySet<string>,
): TreeRow<T>[] {
  const rows: TreeRow<T>[] = [];
  const keys = new Set(items.map(({ key }) => key));
  const walk = (node: Node<T>, above: readonly string[], shown: readonly string[], depth: number): void => {
    const parts = node.part === "" ? [...above] : [...above, node.part];
    const label = node.part === "" ? [] : [...shown, node.part];
    const key = joinKey(parts);
    if (node.item !== undefined)
      rows.push({ kind: "leaf", key, label: shownKey(joinKey(label), keys), depth, item: node.item });
    const isRoot = parts.length === 0;
    const count = leaves(node);
    const isSection = !isRoot && node.below.size > 0 && count > 1;
    const isOpen = !closed.has(key);
    if (isSection)
      rows.push({
        kind: "section",
        key,
        label: joinKey(label),
        depth,
        count: count - (node.item === undefined ? 0 : 1),
        isOpen,
      });
    if (isSection && !isOpen) return;
    for (const next of node.below.values()) walk(next, parts, isSection ? [] : label, depth + (isSection ? 1 : 0));
  };
  walk(grow(items), [], [], 0);
  return rows;
}
