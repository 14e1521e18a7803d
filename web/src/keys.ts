// Single keys that do something on the page: screens name theirs here, and the help lists what is named.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface KeyAction {
  /** What the key does, as the help says it. */
  readonly label: string;
  readonly act: (event: KeyboardEvent) => void;
}
export type Keys = Readonly<Record<string, KeyAction>>;

/** All keys that do something now, those of the innermost part last; a key named twice does what the last says. */
const held = signal<readonly { readonly now: Keys }[]>([]);

/** Whether a press is meant for what has the focus: a field that takes text, or a dialog. */
const isTyping = (target: Element | null): boolean =>
  target?.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]") !=
  null;
/** Whether a small window is open: what is pressed is meant for it, wherever the focus is. */
export const hasPopup = (): boolean => document.querySelector(".popup, .menu-box, dialog[open]") !== null;
const isPressed = (target: Element | null, key: string): boolean =>
  (key === "Enter" || key === " ") && target?.closest("button, a, summary, [role=button], [role=option]") != null;

function press(event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(target) || hasPopup() || isPressed(target, event.key)) return;
  const keys = held.peek().findLast(({ now }) => now[event.key] !== undefined);
  if (keys === undefined) return;
  event.preventDefault();
  keys.now[event.key]?.act(event);
}

/** Have keys (names as `KeyboardEvent.key` has them) do something while the component is there. */
export function useKeys(keys: Keys): void {
  const mine = useRef({ now: keys });
  mine.current.now = keys;
  useEffect(() => {
    const own = mine.current;
    if (held.peek().length === 0) document.addEventListener("keydown", press);
    held.value = [...held.peek(), own];
    return () => {
      held.value = held.peek().filter((other) => other !== own);
      if (held.peek().length === 0) document.removeEventListener("keydown", press);
    };
  }, []);
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
};

/** What the keys do that work now, each with its keys as a keyboard has them, in the order they were named. */
export function keysNow(): readonly { readonly label: string; readonly keys: readonly string[] }[] {
  const acts = new Map<string, string>();
  for (const { now } of held.value) for (const [key, { label }] of Object.entries(now)) acts.set(key, label);
  const labels = new Map<string, string[]>();
  for (const [key, label] of acts) labels.set(label, [...(labels.get(label) ?? []), SIGNS[key] ?? key]);
  return [...labels].map(([label, keys]) => ({ label, keys }));
}
