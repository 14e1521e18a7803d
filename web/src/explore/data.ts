// What Explore asks the server: keys, columns as they are needed, importance.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Columns, type Importance, type KeyInfo, type Keys, post } from "../api";
import { type Frame, frameOf, isSameRuns, merged } from "./frame";

export const MAX_RUNS = 50_000;

export interface Asked {
  readonly frame: Frame | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly retry: () => void;
}

async function fetched(where: string, names: readonly string[], stop: AbortSignal): Promise<Frame> {
  const body = { where, sort: ["-run.created"], columns: names, limit: MAX_RUNS };
  return frameOf(await post<Columns>("/api/columns", body, stop));
}

/** The columns of the newest runs, of which only those not held yet are asked for; all again when `round` changes. */
export function useFrame(where: string | null, names: readonly string[], round: number): Asked {
  const [state, setState] = useState<{
    frame?: Frame;
    where?: string;
    round?: number;
    error?: ApiError;
    isLoading: boolean;
  }>({ isLoading: true });
  const [tries, setTries] = useState(0);
  const held = useRef(state);
  held.current = state;
  const wanted = names.join("\n");
  useEffect(() => {
    if (where === null) return undefined;
    const stop = new AbortController();
    const { frame, where: heldWhere, round: heldRound } = held.current;
    const kept = heldWhere === where && heldRound === round ? frame : undefined;
    const missing = kept === undefined ? names : names.filter((name) => !kept.columns.has(name));
    if (kept !== undefined && missing.length === 0) return undefined;
    const ask = async (): Promise<void> => {
      setState((old) => ({ ...old, isLoading: true }));
      try {
        let next = await fetched(where, missing, stop.signal);
        // Runs came between two questions: the columns would not fit.
        if (kept !== undefined && !isSameRuns(kept, next)) next = await fetched(where, names, stop.signal);
        else if (kept !== undefined) next = merged(kept, next);
        setState({ frame: next, where, round, isLoading: false });
      } catch (error) {
        if (stop.signal.aborted) return;
        const known = error instanceof ApiError ? error : new ApiError(0, "error", String(error));
        setState((old) => ({ ...old, error: known, isLoading: false }));
      }
    };
    void ask();
    return () => stop.abort();
  }, [where, wanted, round, tries]);
  return {
    frame: state.frame,
    error: state.error,
    isLoading: state.isLoading,
    retry: () => setTries((count) => count + 1),
  };
}

const isNumeric = (key: KeyInfo): boolean => key.kinds.includes("number");
const varies = (key: KeyInfo): boolean => key.values === null || key.values > 1;

/** Metrics that can be chosen: summaries that are numbers, the commonest first. */
export const metricsOf = (keys: readonly KeyInfo[]): KeyInfo[] =>
  keys.filter((key) => key.scope === "summary" && isNumeric(key)).sort((one, other) => other.runs - one.runs);

// A first look is best taken on what people call the result.
const LIKELY = ["acc", "accuracy", "score", "f1", "auc", "reward", "loss"];

/** The metric to begin with. */
export function likelyMetric(keys: readonly KeyInfo[]): string | null {
  const metrics = metricsOf(keys).filter(varies);
  const words = (name: string): string[] => name.toLowerCase().split(/[^a-z0-9]+/);
  const isHeld = (name: string): boolean => words(name).some((word) => ["val", "valid", "test", "eval"].includes(word));
  for (const likely of LIKELY) {
    const named = metrics.filter(({ name }) => words(name).includes(likely));
    const best = named.find(({ name }) => isHeld(name)) ?? named[0];
    if (best !== undefined) return best.name;
  }
  return metrics[0]?.name ?? null;
}

/**
 * Params that vary: the more runs have them the earlier, those with a value of its own in each run late, and last those
 * with one value that only some runs have.
 */
export function varyingKeys(keys: readonly KeyInfo[], total: number): string[] {
  const params = keys.filter((key) => key.scope === "config" && (varies(key) || key.runs < total));
  const isOwn = (key: KeyInfo): boolean => (key.values ?? 0) >= key.runs * 0.9 && key.runs > 20 && !isNumeric(key);
  const isSeed = ({ name }: KeyInfo): boolean =>
    /(^|[._])(random_)?(seed|rank|run_?name|output_?dir|name)$/i.test(name) && !/optim|model|sched/i.test(name);
  const late = (key: KeyInfo): number => Number(!varies(key)) * 4 + Number(isOwn(key)) * 2 + Number(isSeed(key));
  return params.sort((one, other) => late(one) - late(other) || other.runs - one.runs).map(({ name }) => name);
}

/** All keys for axes: those that matter, then the others by their importance, then what it does not rank. */
export function firstKeys({ keys, total }: Keys, ranked: Importance["params"]): string[] {
  const constant = new Set(keys.filter((key) => !varies(key)).map(({ name }) => name));
  const leading = ranked
    .filter(({ key, matters }) => matters || !constant.has(key))
    .sort((one, other) => Number(other.matters) - Number(one.matters) || other.value - one.value)
    .map(({ key }) => key);
  return [...new Set([...leading, ...varyingKeys(keys, total)])];
}
