// The groups that are shown: which metrics they tell of, in what order they come, and how they are asked for.
import { param, splitList } from "../address";
import type { Group, Groups, KeyInfo, Keys } from "../api";
import { refreshes } from "../live";
import { type Answer, useAnswer } from "../load";
import { sortKey } from "./columns";
import type { Grouping } from "./layout";

const LIMIT = 200;
const METRICS = 4;
export const MOST_METRICS = 20; // as many as the server takes
export const COUNT = "run.count";

/** Results that are numbers, those that most runs have first. */
export const numbersAmong = (keys: readonly KeyInfo[]): KeyInfo[] =>
  keys
    .filter(({ scope, kinds }) => scope === "summary" && kinds.includes("number"))
    .sort((one, other) => other.runs - one.runs);

/** The metrics that are told of: those that were chosen, else `first` and those that most runs have. */
export function groupMetrics(keys: readonly KeyInfo[], first: string, chosen: readonly string[] = []): string[] {
  const names = numbersAmong(keys).map(({ name }) => name);
  const own = chosen.filter((name) => names.includes(name)).slice(0, MOST_METRICS);
  if (own.length > 0) return own;
  return [...new Set(names.includes(first) ? [first, ...names] : names)].slice(0, METRICS);
}

/** A sort term that the groups can come by; "" where its column is not there. */
export function groupSort(term: string, { keys, isBut }: Grouping, metrics: readonly string[]): string {
  const known = [COUNT, ...metrics, ...(isBut ? [] : keys)];
  return known.includes(sortKey(term)) ? term : "";
}

/** The keys that groups are told apart by. */
export const keysOf = (groups: readonly Group[], { isBut }: Grouping): string[] =>
  [...new Set(groups.flatMap(({ values }) => Object.keys(values)))].filter(
    (name) => !isBut || groups.some(({ values }) => values[name] !== groups[0]?.values[name]),
  );

export interface ShownGroups {
  readonly answer: Answer<Groups>;
  readonly metrics: readonly string[];
  readonly sort: string;
  /** The metric that a best run is the best by. */
  readonly bestBy: string | undefined;
}

/** `grouping` null asks nothing. */
export function useGroups(where: string, grouping: Grouping | null): ShownGroups {
  const keys = useAnswer<Keys>(
    grouping === null ? null : `/api/keys?where=${encodeURIComponent(where)}`,
    undefined,
    refreshes.value,
  );
  const metrics = groupMetrics(keys.data?.keys ?? [], param("m"), splitList(param("gm")));
  const sort = grouping === null ? "" : groupSort(param("gs"), grouping, metrics);
  const answer = useAnswer<Groups>(
    grouping === null || keys.data === undefined ? null : "/api/groups",
    { where, by: grouping?.keys, but: grouping?.isBut, metrics, sort, limit: LIMIT },
    refreshes.value,
  );
  return {
    answer: answer.error === undefined && keys.error !== undefined ? { ...answer, ...keys, data: answer.data } : answer,
    metrics,
    sort,
    bestBy: metrics.includes(sortKey(sort)) ? sortKey(sort) : metrics[0],
  };
}
