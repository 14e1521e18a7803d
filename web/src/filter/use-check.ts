// Whether a filter can be read, and how many runs pass it.
import { useEffect, useState } from "preact/hooks";
import { ApiError, post } from "../api";

export interface Check {
  /** The text that was checked. */
  readonly text: string;
  readonly total?: number;
  readonly error?: ApiError;
}

/** Check a text `pauseMs` after it changed; the last answer stays until the next. An empty text is not asked about. */
export function useCheck(text: string, within: (text: string) => string, pauseMs: number): Check | undefined {
  const [check, setCheck] = useState<Check>();
  useEffect(() => {
    if (text.trim() === "") {
      setCheck(undefined);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      // First the text alone, so that an error's column is the text's own.
      post<{ total: number }>("/api/check", { where: text }, stop.signal)
        .then((alone) =>
          within(text) === text ? alone : post<{ total: number }>("/api/check", { where: within(text) }, stop.signal),
        )
        .then(
          ({ total }) => setCheck({ text, total }),
          (error: unknown) => {
            if (error instanceof ApiError) setCheck({ text, error });
            else if (!stop.signal.aborted) throw error;
          },
        );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, pauseMs]);
  return check;
}
