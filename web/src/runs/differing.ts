// The columns that differ among the selected runs, or else among all that pass the filter.
import type { KeyInfo, Keys } from "../api";
import { refreshes } from "../live";
import { useAnswer } from "../load";
import { isLocal, NOTES, TAGS } from "./columns";
import { selected, whereIds } from "./selection";

export const MOST_DIFFERING = 200;
const MOST_SELECTED = 500;

/** Keys with more than one value, or that only some runs have; in the order of `chosen`, then those of most runs. */
export function differingKeys({ keys, total }: Keys, chosen: readonly string[]): string[] {
  const differs = ({ scope, values, runs }: KeyInfo): boolean => scope !== "run" && (values !== 1 || runs < total);
  const found = keys
    .filter(differs)
    .sort((one, other) => other.runs - one.runs)
    .map(({ name }) => name);
  const all = new Set(found);
  return [...new Set([...chosen.filter((name) => all.has(name)), ...found])];
}

export interface Differing {
  /** Null where all columns are wanted, or it is not known yet. */
  readonly names: readonly string[] | null;
  readonly count: number;
  readonly isOfSelection: boolean;
}

export function useDiffering(isOn: boolean, where: string, chosen: readonly string[]): Differing {
  const ids = [...selected.value.keys()];
  const isOfSelection = ids.length > 1 && ids.length <= MOST_SELECTED;
  const among = isOfSelection ? whereIds(ids) : where;
  const { data } = useAnswer<Keys>(
    isOn ? `/api/keys?where=${encodeURIComponent(among)}` : null,
    undefined,
    refreshes.value,
  );
  if (!isOn || data === undefined) return { names: null, count: 0, isOfSelection };
  const found = differingKeys(data, chosen);
  const local = (name: string): boolean => isLocal(name);
  const isLate = (name: string): boolean => name === TAGS || name === NOTES;
  const shown = found.slice(0, MOST_DIFFERING);
  const names = [...chosen.filter((name) => local(name) && !isLate(name)), ...shown, ...chosen.filter(isLate)];
  return { names, count: found.length, isOfSelection };
}
