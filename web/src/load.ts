// Asking the server from a component: the last answer stays on screen while the next one comes, or when it fails.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post } from "./api";

export interface Answer<T> {
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  /** When `data` came, ms of Unix time. */
  readonly at: number;
  readonly retry: () => void;
}

/** Counts the changes that the live stream told of; a component that asks again on each takes it as `revision`. */
export const revision = signal(0);

/** Rises when the server answers again that did not: what failed for that is asked again. */
export const answering = signal(0);

/** Ask when path, body or revision change; path null asks nothing. A newer question ends an older one. */
export function useAnswer<T>(path: string | null, body?: unknown, asked = 0): Answer<T> {
  const [state, setState] = useState<{ data?: T; error?: ApiError; at: number; loading: boolean }>({
    at: 0,
    loading: path !== null,
  });
  const [tries, setTries] = useState(0);
  const said = body === undefined ? undefined : JSON.stringify(body);
  const last = useRef(0);
  useEffect(() => {
    if (path === null) return undefined;
    const number = ++last.current;
    const stop = new AbortController();
    setState((old) => ({ ...old, loading: true }));
    const coming = said === undefined ? get<T>(path, stop.signal) : post<T>(path, JSON.parse(said), stop.signal);
    coming.then(
      (data) => {
        if (number === last.current) setState({ data, at: Date.now(), loading: false });
      },
      (error: unknown) => {
        if (number !== last.current || stop.signal.aborted) return;
        const known = error instanceof ApiError ? error : new ApiError(0, "error", String(error));
        setState(({ data, at }) => ({ ...(data === undefined ? {} : { data }), at, error: known, loading: false }));
      },
    );
    return () => stop.abort();
  }, [path, said, asked, tries]);
  const again = answering.value;
  useEffect(() => {
    if (state.error?.status === 0) setTries((count) => count + 1);
  }, [again]);
  return {
    data: state.data,
    error: state.error,
    isLoading: state.loading,
    at: state.at,
    retry: () => setTries((count) => count + 1),
  };
}
