import { useEffect, useRef, useState } from "preact/hooks";
import { revision } from "../load";

const EVERY_MS = 2000;

/** The count of changes in the store, at most one step every two seconds; it stands still while `isLive` is false. */
export function useSlowRevision(isLive = true): number {
  const [slow, setSlow] = useState(0);
  const waits = useRef<ReturnType<typeof setTimeout>>(undefined);
  const now = revision.value;
  useEffect(() => {
    if (!isLive || now === 0 || waits.current !== undefined) return;
    waits.current = setTimeout(() => {
      waits.current = undefined;
      setSlow(revision.peek());
    }, EVERY_MS);
  }, [now, isLive]);
  useEffect(() => () => clearTimeout(waits.current), []);
  return slow;
}
