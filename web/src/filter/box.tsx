// The filter box of all screens: completion of keys and values, errors underlined where they are, Enter applies.
import "./filter.css";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { change, param } from "../address";
import type { ApiError } from "../api";
import { joinWhere } from "../where";
import { clausesOf } from "./clause";
import { Options } from "./options";
import { tokensOf, wrongRange } from "./tokens";
import { Trouble } from "./trouble";
import { useCheck } from "./use-check";
import { completed, hasRest, useCompletion } from "./use-completion";

export const FILTER_ID = "filter";
const TYPING_MS = 450;

/** Put the cursor into the filter box. */
export function focusFilter(): void {
  const input = document.getElementById(FILTER_ID) as HTMLInputElement | null;
  input?.focus();
  input?.select();
}

function useText(): [string, (text: string) => void] {
  const applied = param("f");
  const [text, setText] = useState(applied);
  const last = useRef(applied);
  if (last.current !== applied) {
    last.current = applied; // another part of the page, or the browser's "back", changed the filter
    setText(applied);
  }
  return [text, setText];
}

/** The text below the input's own, which is transparent: in colours, with what is wrong underlined. */
function Mirror({
  text,
  error,
  own,
}: {
  text: string;
  error: ApiError | undefined;
  own: RefObject<HTMLDivElement | null>;
}) {
  return (
    <div class="filter-text" aria-hidden="true" ref={own}>
      {tokensOf(text, wrongRange(text, error?.column, error?.length)).map((token, at) => (
        <span key={at} class={`token-${token.kind}${token.isWrong ? " is-wrong" : ""}`}>
          {token.text}
        </span>
      ))}
      {error?.column !== undefined && error.column > text.length && <span class="is-wrong"> </span>}
    </div>
  );
}

/** How many runs the filter would find that is typed but not applied yet. */
function Found({ total }: { total: number }) {
  return (
    <span class="filter-hint" aria-live="polite">
      {total.toLocaleString("en")} run{total === 1 ? "" : "s"} · Enter
    </span>
  );
}

/** The text is kept though the box was left without Enter. */
function Unapplied({ undo }: { undo: () => void }) {
  return (
    <span class="filter-hint">
      not applied
      <button type="button" class="plain" title="Back to the filter that is applied" onClick={undo}>
        Undo
      </button>
    </span>
  );
}

const SlashKey = () => (
  <kbd class="filter-key" aria-hidden="true">
    /
  </kbd>
);

function ClearButton({ clear }: { clear: () => void }) {
  return (
    <button type="button" class="plain filter-clear" aria-label="Clear the filter" title="Clear" onClick={clear}>
      ×
    </button>
  );
}

export function FilterBox() {
  const [text, setText] = useText();
  const [active, setActive] = useState(-1);
  const [isFocused, setFocused] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const justTaken = useRef(false);
  const offered = useCompletion();
  const project = param("p");
  const check = useCheck(text, (one) => joinWhere(one, project), text === param("f") ? 0 : TYPING_MS);
  const options = isFocused ? (offered.completion?.options ?? []) : [];
  const isChecked = check?.text === text;
  const isRead = isChecked && check.total !== undefined;
  const isHalf = options.length > 0 && text !== param("f"); // still being typed: what is missing is offered, not complained of
  const error = isChecked && !isHalf && check.error?.status !== 0 ? check.error : undefined;
  const follow = (): void => {
    if (mirror.current !== null && input.current !== null) mirror.current.scrollLeft = input.current.scrollLeft;
  };
  useEffect(follow);
  const typed = (value: string, cursor: number): void => {
    setText(value);
    setActive(-1);
    justTaken.current = false;
    offered.ask(value, cursor);
  };
  const apply = (value = text): void => {
    offered.close();
    setActive(-1);
    change({ f: value.trim() });
  };
  const replace = (value: string): void => {
    setText(value);
    apply(value);
  };
  const take = (at: number): void => {
    const option = options[at];
    if (option === undefined || offered.completion === undefined) return;
    const done = completed(text, offered.completion, option.text);
    if (input.current !== null) {
      input.current.value = done.text; // at once: the next key may come before the page is drawn anew
      input.current.setSelectionRange(done.cursor, done.cursor);
    }
    typed(done.text, done.cursor);
    justTaken.current = true;
  };
  const leave = (): void => {
    if (options.length > 0) offered.close();
    else input.current?.blur();
  };
  const isContinued = isFocused && hasRest(offered, text);
  /** What Tab takes: what was chosen, or the rest of a word; -1 lets it leave the box, at once after it took one. */
  const tabbed = active >= 0 ? active : isContinued && !justTaken.current ? 0 : -1;
  // A half word is no filter. A number is one as it stands, and so is what the server could read.
  const isHalfWord = isContinued && options.length === 1 && !isRead && !/[\d.]$/.test(text);
  const press = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter" && (active >= 0 || isHalfWord)) take(Math.max(active, 0));
    else if (event.key === "Enter") apply();
    else if (event.key === "Tab" && !event.shiftKey && tabbed >= 0) take(tabbed);
    else if (event.key === "Escape") leave();
    else if (step !== 0 && options.length > 0)
      setActive((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
    else if (step > 0 || (event.key === " " && event.ctrlKey))
      offered.ask(text, input.current?.selectionStart ?? text.length);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="filter" role="search" aria-label="Filter runs">
      <div class={`filter-field${error === undefined ? "" : " is-wrong"}`}>
        <Mirror text={text} error={error} own={mirror} />
        <input
          id={FILTER_ID}
          ref={input}
          value={text}
          class="filter-input"
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          placeholder='Filter: lr < 0.01 and "baseline" in tags'
          aria-label="Filter"
          aria-autocomplete="list"
          aria-expanded={options.length > 0}
          aria-controls="filter-options"
          aria-invalid={error !== undefined}
          aria-describedby={error !== undefined ? "filter-trouble" : undefined}
          {...(active >= 0 && options.length > 0 ? { "aria-activedescendant": `filter-option-${active}` } : {})}
          onInput={(event) => typed(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
          onKeyDown={press}
          onScroll={follow}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false);
            offered.close();
          }}
        />
        {isFocused && text !== param("f") && isRead && <Found total={check.total ?? 0} />}
        {!isFocused && text !== param("f") && <Unapplied undo={() => setText(param("f"))} />}
        {text !== "" && <ClearButton clear={() => replace("")} />}
        {text === "" && !isFocused && <SlashKey />}
      </div>
      <Options options={options} active={active} take={take} />
      {error !== undefined && (
        <Trouble error={error} text={text} isOver={isFocused} clauses={clausesOf(text)} apply={replace} />
      )}
    </div>
  );
}
