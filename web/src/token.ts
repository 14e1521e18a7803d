// The token comes behind "#", which browsers never send, and is kept for this tab only.
const NAME = "setpoint-token";
let held = "";

/** Take the token out of the address, where there is one; call once, before anything is asked. */
export function takeToken(): void {
  const found = /^#token=([A-Za-z0-9_-]+)/.exec(location.hash);
  if (found?.[1] !== undefined) {
    held = found[1];
    history.replaceState(null, "", location.pathname + location.search);
  }
  try {
    if (held === "") held = sessionStorage.getItem(NAME) ?? "";
    else sessionStorage.setItem(NAME, held);
  } catch {
    // A frame in a notebook may have no storage: the token then lives as long as the page.
  }
}

export const token = (): string => held;
