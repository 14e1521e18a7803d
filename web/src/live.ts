// What changed in the store, by one stream a browser: the tab that holds a lock reads it and tells the others. A hidden
// tab lets go of the lock, so that many tabs do not use up the browser's six connections to this server.
import { batch, signal } from "@preact/signals";
import { ApiError } from "./api";
import { hash } from "./colour";
import { answering, revision } from "./load";
import { follow, type StreamEvent } from "./stream";
import { token } from "./token";

/** Ids of the runs that the last change was about; null: any may have changed. Read it when `revision` rises. */
export const changedIds = signal<readonly string[] | null>(null);
/** Runs that are new in the store since the list was asked for. */
export const newRuns = signal(0);
/** Rises when lists are to be asked for anew, new runs among them. */
export const refreshes = signal(0);

export interface Connection {
  readonly isLost: boolean;
  /** The server runs, but wants another token than ours. */
  readonly isRefused: boolean;
  /** When the server was last heard, ms of Unix time. */
  readonly heard: number;
}
export const connection = signal<Connection>({ isLost: false, isRefused: false, heard: Date.now() });

interface Changed {
  readonly seq: number;
  readonly new: number;
  readonly ids: readonly string[];
  readonly more: boolean;
}
type Told = { readonly event: StreamEvent } | { readonly state: Connection } | { readonly hello: true };

const PAUSES_MS = [250, 1000, 2000, 5000, 10_000] as const;
const STEADY_MS = 5000; // a stream that lived so long was a good one
const WORST_PAUSE_MS = 30_000;
const HEARD_MS = 1000;
let last = "";
/** The store's state, as the server counts it, of the list that is shown and of the last change told. */
let [listedSeq, toldSeq] = [0, 0];

/** Tell that a list shows the store as it was at `seq`: what came until then is no news, in whichever order they arrive. */
export function listed(seq: number): void {
  listedSeq = seq;
  if (toldSeq <= seq) newRuns.value = 0;
}

/** Have lists asked for anew. New runs are news until a list came that shows them. */
export function refresh(): void {
  refreshes.value += 1;
}

/** Take in what the server told, here or in the tab that reads the stream. */
export function takeEvent({ id, name, data }: StreamEvent): void {
  if (id !== "") last = id;
  batch(() => {
    if (name === "resync") {
      changedIds.value = null;
      revision.value += 1;
      refresh();
    } else if (name === "changed") {
      const told = JSON.parse(data) as Changed;
      changedIds.value = told.more ? null : told.ids;
      toldSeq = told.seq;
      if (told.seq > listedSeq) newRuns.value += told.new;
      revision.value += 1;
    }
  });
}

function setState(state: Connection): void {
  const old = connection.peek();
  const isSame = old.isLost === state.isLost && old.isRefused === state.isRefused;
  if (!isSame || state.heard - old.heard > HEARD_MS) connection.value = state;
  if (old.isLost && !state.isLost) answering.value += 1;
}

/** Read the stream again and again until told to stop, or until the server wants another token. */
async function lead(stop: AbortSignal, tell: (told: Told) => void): Promise<void> {
  let tries = 0;
  for (;;) {
    const began = Date.now();
    try {
      await follow(last, stop, {
        alive: () => tell({ state: { isLost: false, isRefused: false, heard: Date.now() } }),
        event: (event) => tell({ event }),
      });
    } catch (error) {
      if (stop.aborted) return; // we ended it ourselves
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) {
        tell({ state: { isLost: true, isRefused: true, heard: connection.peek().heard } });
        return;
      }
    }
    if (Date.now() - began > STEADY_MS) tries = 0;
    tell({ state: { isLost: true, isRefused: false, heard: connection.peek().heard } });
    await pause(PAUSES_MS[tries++] ?? WORST_PAUSE_MS, stop);
    if (stop.aborted) return;
  }
}

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (stop.aborted) resolve();
    const timer = setTimeout(resolve, ms);
    stop.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

/** Keep the page up to date while it can be seen; returns how to stop. Call it once. */
export function startLive(): () => void {
  // Tabs of another launch hold another token: each launch has a stream of its own.
  const name = `setpoint-live-${hash(token()).toString(36)}`;
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
  let stop: AbortController | undefined;
  const take = (told: Told): void => {
    if ("event" in told) takeEvent(told.event);
    else if ("state" in told) setState(told.state);
  };
  const tell = (told: Told): void => {
    const isNews =
      "event" in told ||
      ("state" in told &&
        (told.state.isLost !== connection.peek().isLost ||
          told.state.isRefused !== connection.peek().isRefused ||
          told.state.heard - connection.peek().heard > HEARD_MS));
    take(told);
    if (isNews) channel?.postMessage(told);
  };
  if (channel !== undefined) {
    channel.onmessage = ({ data }: MessageEvent<Told>) =>
      "hello" in data ? channel.postMessage({ state: connection.peek() } satisfies Told) : take(data);
    channel.postMessage({ hello: true } satisfies Told);
  }
  const turn = (): void => {
    if (document.hidden) {
      stop?.abort();
      stop = undefined;
    } else if (stop === undefined && !connection.peek().isRefused) {
      stop = new AbortController();
      void hold(channel === undefined ? undefined : name, stop.signal, tell);
    }
  };
  document.addEventListener("visibilitychange", turn);
  turn();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    stop?.abort();
    channel?.close();
  };
}

/** Read the stream while we hold the lock. Locks are missing where the address is neither https nor of this machine. */
async function hold(name: string | undefined, stop: AbortSignal, tell: (told: Told) => void): Promise<void> {
  const locks = (navigator as Partial<Navigator>).locks;
  try {
    await (locks === undefined || name === undefined
      ? lead(stop, tell)
      : locks.request(name, { signal: stop }, () => lead(stop, tell)));
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
