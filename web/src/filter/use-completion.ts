// What may stand at the cursor, asked of the server a moment after typing.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Completion, post } from "../api";

const PAUSE_MS = 70;

export interface Offered {
  readonly completion: Completion | undefined;
  /** The text that the completion is for; while the next one comes, not what is typed. */
  readonly of: string;
  readonly close: () => void;
  readonly ask: (text: string, cursor: number) => void;
}

export function useCompletion(): Offered {
  const [{ completion, of }, setFound] = useState<{ completion?: Completion; of: string }>({ of: "" });
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
        (found) => setFound(isDone(found, text) ? { of: text } : { completion: found, of: text }),
        (error: unknown) => {
          if (error instanceof ApiError)
            setFound({ of: text }); // what is wrong with the filter is said by its check
          else if (!stop.signal.aborted) throw error;
        },
      );
    };
    running.current = { timer: setTimeout(send, PAUSE_MS), stop };
  };
  const close = (): void => {
    end();
    setFound({ of: "" });
  };
  return { completion, of, close, ask };
}

/** Nothing is left to offer: the one option is what is typed already. */
const isDone = ({ from, to, options }: Completion, text: string): boolean =>
  options.length === 0 || (options.length === 1 && options[0]?.text.trim() === text.slice(from, to));

/** Whether a word stands before the cursor that the option makes whole, rather than one that could stand there too. */
export function continues({ from, to }: Completion, text: string, option: string): boolean {
  const word = text.slice(from, to).toLowerCase();
  return word.trim() !== "" && option.trim().length > word.length && option.toLowerCase().startsWith(word);
}

/** Whether the first option makes a half typed word whole. */
export function hasRest({ completion, of }: Offered, text: string): boolean {
  const first = completion?.options[0];
  return completion !== undefined && of === text && first !== undefined && continues(completion, text, first.text);
}

/** The text with an option in its place, and where the cursor then is. */
export function completed(text: string, { from, to }: Completion, option: string): { text: string; cursor: number } {
  const needsSpace = !/[\s(]$/.test(option) && text.slice(to).trim() === "";
  const put = needsSpace ? `${option} ` : option;
  return { text: text.slice(0, from) + put + text.slice(to), cursor: from + put.length };
}
