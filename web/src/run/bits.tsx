// Small things that a run's screen and the comparison share.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../api";
import { spanText } from "../chart/curve";
import { hasPopup } from "../keys";

/** A moment as this machine's clock shows it, `2026-11-24 19:27:26`. */
export const clock = (ms: number): string => new Date(ms).toLocaleString("sv-SE");

/** How long ago, in the largest unit: "4 min ago". */
export function ago(ms: number, now = Date.now()): string {
  const seconds = Math.max(0, (now - ms) / 1000);
  if (seconds < 60) return "just now";
  const units = [
    ["min", 60],
    ["h", 3600],
    ["d", 86400],
  ] as const;
  const [unit, size] = units.findLast(([, least]) => seconds >= least) ?? units[0];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

/** A time with its distance from now, both in words that screens and readers get. */
export const When = ({ at }: { at: number }) => (
  <time dateTime={new Date(at).toISOString()} title={ago(at)}>
    {clock(at)}
  </time>
);

export const nameOf = (row: Pick<Row, "id" | "name">): string => row.name ?? row.id;

const SIGNS: Readonly<Record<string, string>> = { running: "●", finished: "✓", failed: "✕", crashed: "!" };

/** A run's status by word, sign and colour. */
export const Status = ({ status }: { status: string }) => (
  <span class={`status is-${status}`}>
    <span aria-hidden="true">{SIGNS[status] ?? "·"}</span> {status}
  </span>
);

/** What a status leaves open: since when there is no sign of life, or how it ended. */
export function reasonOf(
  run: Row & { readonly exitCode?: number | null; readonly error?: string | null },
  now = Date.now(),
): string | undefined {
  if (run.status === "crashed" || (run.status === "running" && run.seen !== undefined && now - run.seen > 120_000)) {
    const seen = run.seen ?? run.finished;
    return seen === null ? "no sign of life" : `no sign of life for ${spanWords((now - seen) / 1000)}`;
  }
  if (run.status !== "failed") return undefined;
  if (run.exitCode !== null && run.exitCode !== undefined) return `exit code ${run.exitCode}`;
  return run.error?.split("\n").findLast((line) => line.trim() !== "");
}

function spanWords(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

/** How long a run took, or has been going. */
export const lasted = (run: Row, now = Date.now()): string =>
  spanText(Math.round(((run.finished ?? run.seen ?? now) - run.created) / 1000));

/** Put a text on the clipboard; false where the browser has none to give, as outside https and localhost. */
export async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // refused, or not there at all: the text is shown for the reader to copy
  }
}

/** A button that copies a text and says so; where it cannot, it shows the text selected. */
export function Copy({
  text,
  label = "Copy",
  title,
  class: name,
}: {
  text: string | (() => string);
  label?: string;
  title?: string;
  class?: string;
}) {
  const [told, setTold] = useState<"" | "Copied" | "Press Ctrl+C">("");
  const [held, setHeld] = useState("");
  useEffect(() => {
    if (told !== "Copied") return undefined;
    const timer = setTimeout(() => setTold(""), 1600);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async (): Promise<void> => {
    const whole = typeof text === "string" ? text : text();
    const isDone = await toClipboard(whole);
    setTold(isDone ? "Copied" : "Press Ctrl+C");
    setHeld(isDone ? "" : whole);
  };
  return (
    <span class="copy">
      <button type="button" class={name} title={title} onClick={() => void copy()}>
        {told === "" ? label : told}
      </button>
      <span class="visually-hidden" role="status">
        {told}
      </span>
      {held !== "" && (
        <textarea
          class="copy-text"
          readOnly
          rows={4}
          value={held}
          aria-label="Text to copy"
          ref={(area) => area?.select()}
          onBlur={() => {
            setHeld("");
            setTold("");
          }}
        />
      )}
    </span>
  );
}

/** A button with a small window below it, which Escape and a press elsewhere close. */
export function Menu({
  label,
  title,
  isActive = false,
  children,
}: {
  label: ComponentChildren;
  title?: string;
  isActive?: boolean;
  children: ComponentChildren;
}) {
  const [isOpen, setOpen] = useState(false);
  const home = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const right = box.current?.getBoundingClientRect().right ?? 0;
    if (box.current !== null && right > innerWidth - 8) box.current.style.translate = `${innerWidth - 8 - right}px`;
    const field = box.current?.querySelector<HTMLElement>("input:not([type=checkbox])");
    (field ?? box.current?.querySelector<HTMLElement>("input, button, [href]"))?.focus();
    const press = (event: PointerEvent): void => {
      if (home.current?.contains(event.target as Node) !== true) setOpen(false);
    };
    document.addEventListener("pointerdown", press);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", press);
      document.removeEventListener("keydown", close);
    };
  }, [isOpen]);
  const close = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    setOpen(false);
    home.current?.querySelector("button")?.focus();
  };
  return (
    <div class="menu" ref={home} onKeyDown={isOpen ? close : undefined}>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-pressed={isActive}
        title={title}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div class="menu-box" ref={box}>
          {children}
        </div>
      )}
    </div>
  );
}

/** Whether a key press is meant for a field that takes text. */
export const isTyping = (event: KeyboardEvent): boolean => {
  const target = event.target as Element | null;
  return target?.closest("input, textarea, select, [contenteditable], dialog[open]") != null;
};

/** Do something on single keys of the whole page, unless they are typed into a field. */
export function useKeys(keys: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        hasPopup() ||
        (isTyping(event) && event.key !== "Escape")
      )
        return;
      now.current[event.key]?.(event);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
