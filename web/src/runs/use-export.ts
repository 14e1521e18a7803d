// Saving what is shown as a file, and saying how that goes.
import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { TAGS } from "./columns";
import { download, type Format } from "./export";
import type { Question } from "./rows";

export interface Saving {
  readonly save: (where: string, format: Format) => Promise<void>;
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
      await download({ where, sort }, ["run.id", "run.name", ...names.filter((name) => name !== TAGS)], format);
      setTold("");
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setTold("");
      setError(failure);
    }
  };
  return { save, told, error };
}
