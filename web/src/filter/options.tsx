import { useEffect, useRef } from "preact/hooks";
import type { Completion } from "../api";

/** The options below the filter box; the box itself keeps the focus. */
export function Options({
  options,
  active,
  take,
}: {
  options: Completion["options"];
  active: number;
  take: (at: number) => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <ul
      id="filter-options"
      class="filter-options"
      role="listbox"
      aria-label="What may stand here"
      ref={list}
      hidden={options.length === 0}
    >
      {options.map((option, at) => (
        <li
          key={option.text}
          id={`filter-option-${at}`}
          role="option"
          aria-selected={at === active}
          onPointerDown={(event) => {
            event.preventDefault();
            take(at);
          }}
        >
          <code>{option.text}</code>
          <span class="quiet">{option.detail}</span>
        </li>
      ))}
    </ul>
  );
}
