// Which columns are shown: all keys of the store, searchable; only those in sight are in the page.
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { KeyInfo, Keys, Scope } from "../api";
import { useAnswer } from "../load";
import { Failed, Waiting } from "../states";
import { NAME, NOTES, scopeOf, TAGS } from "./columns";
import { hasWords, wordsOf } from "../words";

const LINE = 28;
const VIEW = 364;
const TITLES: Readonly<Record<Scope, string>> = { config: "Config", summary: "Summary", run: "Run" };

type Item =
  | { readonly kind: "title"; readonly scope: Scope; readonly count: number }
  | { readonly kind: "key"; readonly key: KeyInfo };

/** Keys that contain all words, by scope with a title each. */
export function itemsOf(keys: readonly KeyInfo[], text: string): Item[] {
  const words = wordsOf(text);
  const hits = keys.filter(({ name }) => hasWords(name, words));
  return (["config", "summary", "run"] as const).flatMap((scope): Item[] => {
    const own = hits.filter((key) => key.scope === scope);
    return own.length === 0
      ? []
      : [{ kind: "title", scope, count: own.length }, ...own.map((key) => ({ kind: "key", key }) as const)];
  });
}

const TAGS_KEY: KeyInfo = { name: TAGS, scope: "run", runs: 0, kinds: ["text"], values: null };

/** All keys that can be columns: the server's and those that rows bring along. */
export function pickable(keys: readonly KeyInfo[]): KeyInfo[] {
  const own = [TAGS_KEY, { ...TAGS_KEY, name: NOTES }].filter(({ name }) => keys.every((key) => key.name !== name));
  return [...keys.filter(({ name }) => name !== NAME), ...own];
}

const detailOf = ({ values, kinds, scope }: KeyInfo): string =>
  scope === "run"
    ? ""
    : values === null
      ? (kinds[0] ?? "")
      : `${values.toLocaleString("en")} ${values === 1 ? "value" : "values"}`;

interface Props {
  readonly where: string;
  readonly chosen: readonly string[];
  readonly onChoose: (names: readonly string[] | null) => void;
}

export function ColumnPicker({ where, chosen, onChoose }: Props) {
  const { data, error, retry } = useAnswer<Keys>(`/api/keys?where=${encodeURIComponent(where)}`);
  const [text, setText] = useState("");
  const items = useMemo(() => itemsOf(pickable(data?.keys ?? []), text), [data, text]);
  const found = items.flatMap((item) => (item.kind === "key" ? [item.key.name] : []));
  const held = new Set(chosen);
  const toggle = (name: string): void =>
    onChoose(held.has(name) ? chosen.filter((other) => other !== name) : inOrder(chosen, name));
  return (
    <div class="rt-picker">
      <KeyList text={text} setText={setText} items={items} held={held} toggle={toggle} />
      {error !== undefined && <Failed error={error} retry={retry} />}
      {data === undefined && error === undefined && <Waiting lines={6} />}
      {data !== undefined && found.length === 0 && <p class="quiet">No key is like “{text}”.</p>}
      <div class="rt-picker-foot">
        <button
          type="button"
          onClick={() => onChoose(null)}
          title="Show the columns that vary, chosen anew by what varies"
        >
          Those that vary
        </button>
        <button
          type="button"
          disabled={text === "" || found.length > 300}
          title={found.length > 300 ? "Too many: search first" : undefined}
          onClick={() => onChoose([...new Set([...chosen, ...found])])}
        >
          Show found
        </button>
        <button type="button" onClick={() => onChoose(chosen.filter((name) => !found.includes(name)))}>
          Hide {text === "" ? "all" : "found"}
        </button>
      </div>
    </div>
  );
}

/** A new column stands behind the last of its kind: params before results, before tags and notes. */
export function inOrder(chosen: readonly string[], name: string): string[] {
  const scope = scopeOf(name);
  const parent = name.slice(0, name.lastIndexOf(".") + 1);
  const beside = parent === "" ? -1 : chosen.findLastIndex((other) => other.startsWith(parent));
  const last =
    beside >= 0
      ? beside
      : chosen.findLastIndex((other) => scopeOf(other) === scope && other !== TAGS && other !== NOTES);
  const end =
    last >= 0
      ? last + 1
      : scope === "config"
        ? Math.max(
            0,
            chosen.findIndex((other) => scopeOf(other) === "summary"),
          )
        : chosen.length;
  return [...chosen.slice(0, end), name, ...chosen.slice(end)];
}

export function KeyList({
  text,
  setText,
  items,
  held,
  toggle,
}: {
  text: string;
  setText: (text: string) => void;
  items: readonly Item[];
  held: ReadonlySet<string>;
  toggle: (name: string) => void;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(1);
  const first = Math.max(0, Math.floor(top / LINE) - 4);
  const shown = items.slice(first, first + Math.ceil(VIEW / LINE) + 8);
  useEffect(() => {
    const own = list.current;
    if (own === null) return;
    if (active * LINE < own.scrollTop + LINE) own.scrollTop = (active - 1) * LINE;
    else if ((active + 1) * LINE > own.scrollTop + VIEW) own.scrollTop = (active + 1) * LINE - VIEW;
  }, [active]);
  const step = (by: number): void => {
    let to = Math.min(Math.max(active + by, 0), items.length - 1);
    if (items[to]?.kind === "title") to += by > 0 ? 1 : -1;
    if (items[to]?.kind === "key") setActive(to);
  };
  const key = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    const item = items[active];
    if (by !== undefined) step(by);
    else if (event.key === "Enter" && item?.kind === "key") toggle(item.key.name);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={`${id}-${active}`}
        aria-label="Search columns"
        placeholder="Search keys; Enter shows or hides"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(1);
          setTop(0);
        }}
        onKeyDown={key}
        autocomplete="off"
        spellcheck={false}
      />
      <div
        class="rt-keys"
        role="listbox"
        id={id}
        aria-label="Columns"
        aria-multiselectable="true"
        ref={list}
        tabIndex={-1}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <div role="presentation" class="rt-keys-space" style={{ height: `${items.length * LINE}px` }}>
          {shown.map((item, step) => {
            const at = first + step;
            const style = { transform: `translateY(${at * LINE}px)` };
            if (item.kind === "title")
              return (
                <div key={item.scope} role="presentation" class="rt-keys-title" style={style}>
                  {TITLES[item.scope]} <span class="quiet">{item.count.toLocaleString("en")}</span>
                </div>
              );
            const { name } = item.key;
            return (
              <div
                key={name}
                id={`${id}-${at}`}
                role="option"
                aria-selected={held.has(name)}
                aria-setsize={items.length}
                aria-posinset={at + 1}
                class={`rt-key${at === active ? " is-active" : ""}`}
                style={style}
                title={name}
                onClick={() => {
                  setActive(at);
                  toggle(name);
                }}
              >
                <span class="rt-tick" aria-hidden="true">
                  {held.has(name) ? "✓" : ""}
                </span>
                <span class="rt-key-name">{name.replace(/^(summary|run)\./, "")}</span>
                <span class="quiet">{detailOf(item.key)}</span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
