// What the server is asked and what it answers: docs/design/page.md.
import { token } from "./token";

/** A value with a kind of its own: `text` is what `setpoint show` prints. */
export interface Special {
  readonly $: string;
  readonly text: string;
  readonly n?: number;
}
export type Cell = null | boolean | string | number | Special;

export interface Row {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly created: number;
  readonly finished: number | null;
  readonly project: string | null;
  readonly tags: readonly string[];
  readonly notes: string | null;
  readonly damage: number;
  readonly lost: number;
  readonly seen?: number;
  readonly cells: readonly Cell[];
}
export interface Store {
  readonly version: string;
  readonly store: string;
  readonly runs: number;
  readonly projects: readonly { readonly name: string | null; readonly runs: number }[];
  readonly seq: number;
  readonly python: string;
}
export type Scope = "config" | "summary" | "run";
export interface KeyInfo {
  readonly name: string;
  readonly scope: Scope;
  readonly runs: number;
  readonly kinds: readonly ("number" | "text" | "bool" | "null" | "other")[];
  readonly values: number | null;
}
export interface Keys {
  readonly keys: readonly KeyInfo[];
  readonly total: number;
}
export interface Table {
  readonly seq: number;
  readonly total: number;
  readonly offset: number;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}
export interface Facet {
  readonly key: string;
  readonly unset: number;
  readonly values: readonly { readonly value: Cell; readonly count: number; readonly clause: string }[] | null;
  readonly bins:
    readonly { readonly low: number; readonly high: number; readonly count: number; readonly clause: string }[] | null;
  readonly more: number;
}
export interface Facets {
  readonly total: number;
  readonly facets: readonly Facet[];
}
export interface Stats {
  readonly count: number;
  readonly mean: number;
  readonly spread: number | null;
  readonly min: number;
  readonly max: number;
}
export interface Group {
  readonly values: Readonly<Record<string, Cell>>;
  readonly count: number;
  readonly stats: Readonly<Record<string, Stats | null>>;
  readonly best: string | null;
  readonly clause: string;
}
export interface Groups {
  readonly total: number;
  readonly groups: readonly Group[];
}
/** Codes (int32) and numbers (float64) of all runs, as base64 of little-endian bytes. */
export interface PackedColumn {
  readonly name: string;
  readonly codes: string;
  readonly numbers: string;
  readonly labels: readonly string[];
}
export interface Columns {
  readonly seq: number;
  readonly total: number;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly columns: readonly PackedColumn[];
}
export interface Importance {
  readonly metric: string;
  readonly runs: number;
  readonly missing: number;
  readonly explained: number | null;
  readonly note: string;
  readonly constant: readonly string[];
  readonly params: readonly {
    readonly key: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly tied: readonly string[];
    readonly tendency: string;
    readonly matters: boolean;
  }[];
}
export interface Line {
  readonly key: string;
  readonly differs: boolean;
  readonly cells: readonly { readonly value: Cell; readonly origin?: string; readonly level?: string }[];
}
export interface Comparison {
  readonly runs: readonly Row[];
  readonly verdict: string;
  readonly config: readonly Line[];
  readonly results: readonly Line[];
  readonly facts: readonly Line[];
  readonly hidden: { readonly config: number; readonly results: number; readonly facts: number };
}
export interface Series {
  readonly run: string;
  readonly metric: string;
  readonly total: number;
  readonly steps: readonly number[];
  readonly values: readonly (number | "nan" | "inf" | "-inf")[];
  readonly times: readonly number[];
}
export interface Param {
  readonly key: string;
  readonly value: Cell;
  readonly origin: string;
  readonly level: string;
  readonly time: number | null;
  readonly changes: number;
  readonly unused: boolean;
  readonly description?: string;
}
export interface Digest {
  readonly key: string;
  readonly value: Cell;
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  readonly count?: number;
}
export interface Writer {
  readonly name: string;
  readonly role: string;
  readonly host: string;
  readonly pid: number | null;
  readonly rank: number | null;
  readonly started: number | null;
  readonly ended: number | null;
  readonly records: number;
}
/** All of one run. `environment` is nested: packages, git, host, argv, ...; `damage` is one sentence a place. */
export interface Run extends Row {
  readonly group: string | null;
  readonly jobType: string | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly folder: string | null;
  readonly params: readonly Param[];
  readonly summary: readonly Digest[];
  readonly metrics: readonly { readonly name: string; readonly points: number }[];
  readonly environment: Readonly<Record<string, unknown>>;
  readonly hasPatch: boolean;
  readonly unused: readonly { readonly key: string; readonly near: readonly string[] }[];
  readonly disagreements: readonly {
    readonly key: string;
    readonly rank: number;
    readonly value: Cell;
    readonly lead: Cell;
  }[];
  readonly writers: readonly Writer[];
  readonly damages: readonly string[];
  readonly rerun: {
    readonly command: string;
    readonly argv: readonly string[];
    readonly folder: string;
    readonly missing: readonly string[];
  };
}
export interface History {
  readonly key: string;
  readonly changes: readonly {
    readonly value: Cell;
    readonly origin: string;
    readonly level: string;
    readonly time: number | null;
    readonly writer: string;
    readonly step: number | null;
    readonly deleted: boolean;
  }[];
}
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly options: readonly { readonly text: string; readonly detail: string }[];
}
export interface Views {
  readonly views: readonly { readonly name: string; readonly url: string }[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** What the server said was wrong; `column` counts from 1 in the filter. Status 0: the server did not answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly column?: number,
    readonly length?: number,
    readonly suggestions: readonly string[] = [],
  ) {
    super(message);
  }
}

interface Told {
  error?: { kind?: string; message?: string; column?: number; length?: number; suggestions?: string[] };
}

/** Send a request with the token; the answer must be read by the caller. Throws ApiError. */
export async function send(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const headers: Record<string, string> = { ...more, Authorization: `Bearer ${token()}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "omit",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "offline", "The server does not answer. Is `setpoint ui` still running?");
  }
  if (response.ok) return response;
  const told = ((await response.json().catch(() => ({}))) as Told).error ?? {};
  throw new ApiError(
    response.status,
    told.kind ?? "error",
    told.message ?? `The server answered ${response.status}.`,
    told.column,
    told.length,
    told.suggestions,
  );
}

async function answer<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, signal);
  return (await response.json()) as T;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => answer<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  answer<T>("POST", path, body, signal);
export const put = <T>(path: string, body: unknown): Promise<T> => answer<T>("PUT", path, body);
