// When Explore asks anew: a picture of many runs must not change under the pointer with each step of a live run.
import { useEffect, useState } from "preact/hooks";
import { newRuns, refresh, refreshes } from "../live";
import { revision } from "../load";

const REST_MS = 5000; // so long after an answer it is not called old

/** `round` counts the times that all was asked anew; `news` says what changed in the store since, "" for nothing. */
export function useRound(): { round: number; news: string; refresh: () => void } {
  const round = refreshes.value;
  const [seen, setSeen] = useState({ round, revision: revision.value });
  const [isResting, setResting] = useState(true);
  if (seen.round !== round) setSeen({ round, revision: revision.value });
  useEffect(() => {
    setResting(true);
    const timer = setTimeout(() => setResting(false), REST_MS);
    return () => clearTimeout(timer);
  }, [round]);
  const count = newRuns.value;
  const hasChanged = !isResting && revision.value !== seen.revision;
  const news =
    count > 0 ? `${count.toLocaleString("en")} new ${count === 1 ? "run" : "runs"}` : hasChanged ? "Update" : "";
  return { round, news, refresh };
}
