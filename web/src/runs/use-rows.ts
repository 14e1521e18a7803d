// The rows on screen: those of the last question that was answered stay until the next one's are there.
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { type ApiError, post } from "../api";
import { answering, revision } from "../load";
import { changedIds, listed, refreshes } from "../live";
import { type Question, Rows } from "./rows";

const FIRST = 60;
const ask = (path: string, body: unknown, signal: AbortSignal): Promise<unknown> => post(path, body, signal);

export interface Shown {
  readonly rows: Rows | undefined;
  readonly error: ApiError | undefined;
  /** Whether what is shown answers an older question. */
  readonly isOld: boolean;
  /** Rises with each change of the rows. */
  readonly version: number;
  /** What is in sight, for asking again. */
  readonly window: { current: readonly [number, number] };
  readonly retry: () => void;
  readonly renew: () => void;
}

/** `names` null: the columns that vary; question null: nothing is asked yet. */
export function useRows(question: Question | null, names: readonly string[] | null): Shown {
  const [version, redraw] = useReducer<number, undefined>((count) => count + 1, 0);
  const shown = useRef<Rows | undefined>(undefined);
  const next = useRef<Rows | undefined>(undefined);
  const window = useRef<readonly [number, number]>([0, FIRST]);
  const said = question === null ? "" : JSON.stringify(question);
  const asked = refreshes.value;
  useLayoutEffect(() => {
    // Asked before the frame is drawn: an effect would wait until after it.
    if (question === null) return;
    const mine = new Rows(question, ask, () => {
      if (next.current === mine && mine.hasAnswer) {
        shown.current?.end();
        shown.current = mine;
        listed(mine.seq);
        next.current = undefined;
      }
      redraw(undefined);
    });
    next.current?.end();
    next.current = mine;
    mine.want(0, FIRST, names);
    redraw(undefined);
  }, [said, asked]);
  useEffect(
    () => () => {
      shown.current?.end();
      next.current?.end();
    },
    [],
  );
  const renew = (ids: readonly string[] | null): void =>
    void shown.current?.renew(window.current[0], window.current[1], ids);
  const changes = revision.value;
  useEffect(() => {
    if (changes === 0) return;
    renew(changedIds.peek());
  }, [changes]);
  const failed = next.current?.error ?? shown.current?.error;
  const retry = (): void => {
    const waiting = next.current;
    if (waiting === undefined) shown.current?.retry();
    else {
      waiting.retry();
      waiting.want(0, FIRST, names);
    }
  };
  const again = answering.value;
  useEffect(() => {
    if (failed?.status === 0) retry();
  }, [again]);
  return {
    rows: shown.current,
    error: failed,
    isOld: next.current !== undefined,
    version,
    window,
    retry,
    renew: () => renew(null),
  };
}
