// The small windows of the table: a column's menu, editing in place, and choosing keys.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Keys, Row } from "../api";
import { Options, type Option, optionOf } from "../explore/picker";
import { Popup } from "../explore/popup";
import { useAnswer } from "../load";
import { nameOf } from "../run/bits";
import { Notes, Tags } from "../run/edit";
import { Failed, Waiting } from "../states";
import { pickable } from "./column-picker";
import { scopeOf, TAGS } from "./columns";
import { type Grouping, groupingText } from "./layout";

export interface ColumnActions {
  readonly sort: (terms: readonly string[]) => void;
  readonly pin: (name: string) => void;
  readonly hide: (name: string) => void;
  readonly move: (name: string, by: number) => void;
  readonly fit: (name: string) => void;
  readonly group: (name: string) => void;
  readonly colour: (name: string) => void;
}

export function ColumnMenu({
  name,
  at,
  isPinned,
  actions,
  close,
}: {
  name: string;
  at: HTMLElement;
  isPinned: boolean;
  actions: ColumnActions;
  close: () => void;
}) {
  const anchor = useRef<HTMLElement | null>(at);
  const item = (label: string, act: () => void) => (
    <button
      type="button"
      class="plain"
      onClick={() => {
        close();
        act();
        at.focus();
      }}
    >
      {label}
    </button>
  );
  const canGroup = name !== TAGS;
  return (
    <Popup anchor={anchor} label={`Column ${name}`} onClose={close}>
      <div class="rt-menu">
        <p class="mono">{name}</p>
        {canGroup && item("Sort upwards ↑", () => actions.sort([name]))}
        {canGroup && item("Sort downwards ↓", () => actions.sort([`-${name}`]))}
        {item(isPinned ? "Unpin" : "Pin to the left", () => actions.pin(name))}
        {item("Move left", () => actions.move(name, -1))}
        {item("Move right", () => actions.move(name, 1))}
        {item("Fit the width", () => actions.fit(name))}
        {canGroup && scopeOf(name) !== "summary" && item("Group by this", () => actions.group(name))}
        {canGroup && item("Colour by this", () => actions.colour(name))}
        {item("Hide", () => actions.hide(name))}
      </div>
    </Popup>
  );
}

export function EditPopup({
  row,
  name,
  at,
  close,
  done,
}: {
  row: Row;
  name: string;
  at: HTMLElement;
  close: () => void;
  done: () => void;
}) {
  const anchor = useRef<HTMLElement | null>(at);
  const home = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    home.current?.querySelector<HTMLElement>("input, textarea")?.focus(); // rather than the first tag's button
  }, []);
  const leave = (): void => {
    close();
    at.focus({ preventScroll: true });
  };
  const Part = name === TAGS ? Tags : Notes;
  return (
    <Popup anchor={anchor} label={`${name === TAGS ? "Tags" : "Notes"} of ${nameOf(row)}`} onClose={close}>
      <div class="rt-edit" ref={home}>
        <Part run={row} done={done} leave={leave} />
      </div>
    </Popup>
  );
}

function useOptions(where: string): { options: readonly Option[]; view: preact.ComponentChildren } {
  const { data, error, retry } = useAnswer<Keys>(`/api/keys?where=${encodeURIComponent(where)}`);
  const view =
    error !== undefined ? <Failed error={error} retry={retry} /> : data === undefined ? <Waiting lines={4} /> : null;
  return {
    options: pickable(data?.keys ?? [])
      .filter(({ name }) => name !== TAGS)
      .map(optionOf),
    view,
  };
}

export function KeyChoice({
  where,
  label,
  value,
  none,
  onPick,
}: {
  where: string;
  label: string;
  value: string;
  none?: string;
  onPick: (name: string) => void;
}) {
  const { options, view } = useOptions(where);
  const first: readonly Option[] = none === undefined ? [] : [{ name: "", label: none, detail: "" }];
  const home = useRef<HTMLDivElement>(null);
  const isThere = view === null;
  useLayoutEffect(() => {
    if (isThere) home.current?.querySelector("input")?.focus(); // the menu opened before there was a field
  }, [isThere]);
  return (
    view ?? (
      <div ref={home}>
        <Options label={label} value={value} options={[...first, ...options]} onPick={onPick} />
      </div>
    )
  );
}

export function GroupChoice({
  where,
  grouping,
  onChange,
}: {
  where: string;
  grouping: Grouping | null;
  onChange: (g: string) => void;
}) {
  const keys = grouping?.keys ?? [];
  const isBut = grouping?.isBut ?? false;
  return (
    <div class="rt-group-choice">
      <div class="rt-segments" role="group" aria-label="How to group">
        <button type="button" aria-pressed={!isBut} onClick={() => onChange(groupingText({ keys, isBut: false }))}>
          By these keys
        </button>
        <button
          type="button"
          aria-pressed={isBut}
          onClick={() => onChange(groupingText({ keys: keys.length > 0 ? keys : ["seed"], isBut: true }))}
        >
          All params except
        </button>
      </div>
      {keys.length > 0 && (
        <div class="rt-chosen">
          {keys.map((name) => (
            <span key={name} class="rt-tag">
              {name}
              <button
                type="button"
                aria-label={`Take out ${name}`}
                onClick={() => onChange(groupingText({ keys: keys.filter((other) => other !== name), isBut }))}
              >
                ×
              </button>
            </span>
          ))}
          <button type="button" class="plain quiet" onClick={() => onChange("")}>
            No groups
          </button>
        </div>
      )}
      <KeyChoice
        where={where}
        label="Group by"
        value=""
        onPick={(name) => onChange(groupingText({ keys: [...new Set([...keys, name])], isBut }))}
      />
    </div>
  );
}
