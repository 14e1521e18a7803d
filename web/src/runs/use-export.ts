// Saving what is shown as a file, and saying how that goes.
import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { download, type Format, keep } from "./export";
import { groupsText } from "./groups-file";
import type { Grouping } from "./layout";
import type { Question } from "./rows";
import { keysOf, type ShownGroups } from "./use-groups";

export interface Saving {
  readonly save: (where: string, format: Format) => Promise<void>;
  readonly saveGroups: (shown: ShownGroups, grouping: Grouping, format: Format) => void;
  readonly told: string;
  readonly error: ApiError | undefined;
}

export function useExport({ sort }: Question, names: readonly string[]): Saving {
  const [told, setTold] = useState("");
  const [error, setError] = useState<ApiError>();
  const save = async (where: string, format: Format): Promise<void> => {
    setTold("Saving…");
    setError(undefined);
    try {
      await download({ where, sort }, ["run.id", "run.name", ...names], format);
      setTold("");
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setTold("");
      setError(failure);
    }
  };
  const saveGroups = ({ answer: { data }, metrics }: ShownGroups, grouping: Grouping, format: Format): void => {
    if (data === undefined) return; // nothing is shown yet
    const { groups, total } = data;
    keep(new Blob([groupsText(groups, keysOf(groups, grouping), metrics, format)]), `groups.${format}`);
    const [few, all] = [groups.length, total].map((count) => count.toLocaleString("en"));
    setTold(total > groups.length ? `Saved the first ${few ?? ""} of ${all ?? ""} groups` : "");
    setError(undefined);
  };
  return { save, saveGroups, told, error };
}
