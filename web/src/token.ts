// The token comes behind "#", which browsers never send, and is kept for this tab only.
const NAME = "setpoint-token";
let held = "";

/** Take the token out of the address; call it before anything is asked. Tells whether there was one. */
export function takeToken(): boolean {
  const found = /^#token=([A-Za-z0-9_-]+)/.exec(location.hash);
  if (found?.[1] !== undefined) {
    held = found[1];
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  try {
    if (held === "") held = sessionStorage.getItem(NAME) ?? "";
    else sessionStorage.setItem(NAME, held);
  } catch {
    // A frame in a notebook may have no storage: the token then lives as long as the page.
  }
  return found !== null;
}

/** The token in what was typed or pasted: the address that `setpoint ui` printed, or the token alone. */
export const tokenIn = (typed: string): string | undefined =>
  /^(?:.*#token=)?([A-Za-z0-9_-]{20,})$/s.exec(typed.trim())?.[1];

/** Load the page anew with another token, at the address where it is. */
export function reopen(other: string): void {
  // By the address: a frame in a notebook may have no storage.
  history.replaceState(history.state, "", `${location.pathname}${location.search}#token=${other}`);
  location.reload();
}

export const token = (): string => held;
