// What may stand at the cursor, asked of the server a moment after typing.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Completion, post } from "../api";

const PAUSE_MS = 70;

export interface Offered {
  readonly completion: Completion | undefined;
  readonly close: () => void;
  readonly ask: (text: string, cursor: number) => void;
}

export function useCompletion(): Offered {
  const [completion, setCompletion] = useState<Completion>();
  const running = useRef<{ timer: ReturnType<typeof setTimeout>; stop: AbortController } | undefined>(undefined);
  const end = (): void => {
    if (running.current === undefined) return;
    clearTimeout(running.current.timer);
    running.current.stop.abort();
    running.current = undefined;
  };
  useEffect(() => end, []);
  const ask = (text: string, cursor: number): void => {
    end();
    const stop = new AbortController();
    const send = (): void => {
      post<Completion>("/api/complete", { text, cursor }, stop.signal).then(
        (found) => setCompletion(isDone(found, text) ? undefined : found),
        (error: unknown) => {
          if (error instanceof ApiError)
            setCompletion(undefined); // what is wrong with the filter is said by its check
          else if (!stop.signal.aborted) throw error;
        },
      );
    };
    running.current = { timer: setTimeout(send, PAUSE_MS), stop };
  };
  const close = (): void => {
    end();
    setCompletion(undefined);
  };
  return { completion, close, ask };
}

/** Nothing is left to offer: the one option is what is typed already. */
const isDone = ({ from, to, options }: Completion, text: string): boolean =>
  options.length === 0 || (options.length === 1 && options[0]?.text.trim() === text.slice(from, to));

/** The text with an option in its place, and where the cursor then is. */
export function completed(text: string, { from, to }: Completion, option: string): { text: string; cursor: number } {
  const needsSpace = !/[\s(]$/.test(option) && text.slice(to).trim() === "";
  const put = needsSpace ? `${option} ` : option;
  return { text: text.slice(0, from) + put + text.slice(to), cursor: from + put.length };
}
