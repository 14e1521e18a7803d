import { href, param } from "../address";

/** The address of a run's screen; what was filtered stays for the way back. */
export const runLink = (id: string): string =>
  href(
    `/run/${encodeURIComponent(id)}`,
    ["f", "p", "s", "c", "g", "gm", "gs", "m"].map((name) => [name, param(name)] as const),
  );
