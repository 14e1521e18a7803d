// Choosing one key of many: a button with the chosen one, and a searchable list.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { KeyInfo } from "../api";
import { Popup, usePopup } from "./popup";
import { hasWords, wordsOf } from "../words";

const MOST = 200; // more options than that help nobody; the search finds the others

export interface Option {
  readonly name: string;
  readonly label: string;
  readonly detail: string;
}

export const optionOf = (key: KeyInfo): Option => ({
  name: key.name,
  label: key.name,
  detail:
    key.values === null
      ? `${key.runs.toLocaleString("en")} runs`
      : `${key.values.toLocaleString("en")} ${key.values === 1 ? "value" : "values"}`,
});

/** Options that contain all of the words, those that begin with the first one before the others. */
export function found(options: readonly Option[], text: string): Option[] {
  const words = wordsOf(text);
  const hits = options.filter(({ label }) => hasWords(label, words));
  const leaf = (label: string): string => label.toLowerCase().split(".").at(-1) ?? "";
  const starts = ({ label }: Option): boolean => leaf(label).startsWith(words[0] ?? "");
  return words.length === 0 ? hits : [...hits.filter(starts), ...hits.filter((option) => !starts(option))];
}

export function Picker({
  label,
  value,
  shown,
  options,
  onPick,
  class: name = "",
}: {
  label: string;
  value: string;
  shown?: string;
  options: readonly Option[];
  onPick: (name: string) => void;
  class?: string;
}) {
  const { isOpen, close, toggle } = usePopup();
  const button = useRef<HTMLButtonElement>(null);
  const pick = (chosen: string): void => {
    close();
    button.current?.focus();
    onPick(chosen);
  };
  const text = shown ?? options.find((option) => option.name === value)?.label ?? value;
  return (
    <>
      <button
        type="button"
        class={`picker ${name}`}
        ref={button}
        onClick={toggle}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={`${label}: ${text}`}
        title={text}
      >
        <span class="picker-text">{text}</span>
        <span class="picker-arrow" aria-hidden="true">
          ▾
        </span>
      </button>
      {isOpen && (
        <Popup anchor={button} label={label} onClose={close}>
          <Options label={label} value={value} options={options} onPick={pick} />
        </Popup>
      )}
    </>
  );
}

export function Options({
  label,
  value,
  options,
  onPick,
}: {
  label: string;
  value: string;
  options: readonly Option[];
  onPick: (name: string) => void;
}) {
  const [text, setText] = useState("");
  const hits = found(options, text);
  const [active, setActive] = useState(
    Math.max(
      0,
      hits.findIndex((option) => option.name === value),
    ),
  );
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const shown = hits.slice(0, MOST);
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: "nearest" }), [active]);
  const key = (event: KeyboardEvent): void => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (steps !== undefined) setActive((old) => Math.max(0, Math.min(shown.length - 1, old + steps)));
    else if (event.key === "Enter" && shown[active] !== undefined) onPick(shown[active].name);
    else return;
    event.preventDefault();
  };
  const type = (event: Event): void => {
    setText((event.currentTarget as HTMLInputElement).value);
    setActive(0);
  };
  return (
    <div class="options">
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={`${id}-${active}`}
        aria-label={`Search: ${label}`}
        placeholder="Search keys"
        value={text}
        onInput={type}
        onKeyDown={key}
        autocomplete="off"
        spellcheck={false}
      />
      <ul role="listbox" id={id} aria-label={label} ref={list}>
        {shown.map((option, at) => (
          <li
            key={option.name}
            id={`${id}-${at}`}
            role="option"
            aria-selected={option.name === value}
            class={at === active ? "active" : undefined}
            onClick={() => onPick(option.name)}
            onPointerMove={() => setActive(at)}
          >
            <span class="option-name">{option.label}</span>
            <span class="quiet">{option.detail}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p class="quiet options-none">No key is like “{text}”.</p>}
      {hits.length > MOST && (
        <p class="quiet options-none">{(hits.length - MOST).toLocaleString("en")} more: search for them.</p>
      )}
    </div>
  );
}
