// Beside the table: importance, scatter, spread, one at a time; on a narrow page the table is one of them.
import type { ComponentChildren } from "preact";
import { change } from "../address";
import type { Panel } from "./settings";

const NAMES: Record<Panel, string> = {
  runs: "Runs",
  importance: "Importance",
  scatter: "Scatter",
  spread: "Distribution",
};

export function Side({ panel, isWide, children }: { panel: Panel; isWide: boolean; children: ComponentChildren }) {
  const key = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tabs = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")].filter(
      (tab) => tab.offsetParent !== null,
    );
    const at = tabs.indexOf(document.activeElement as HTMLElement);
    if (by === undefined || at < 0) return;
    const next = tabs[(at + by + tabs.length) % tabs.length];
    next?.focus();
    next?.click();
  };
  return (
    <section class="side" aria-label="Views of the runs">
      <div class="tabs">
        <div role="tablist" aria-label="Views of the runs" onKeyDown={key}>
          {(Object.keys(NAMES) as Panel[]).map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`tab-${name}`}
              class={`plain tab-${name}`}
              aria-selected={name === panel}
              aria-controls="side-panel"
              tabindex={name === panel ? 0 : -1}
              onClick={() => change({ v: name === "importance" ? "" : name })}
            >
              {NAMES[name]}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="plain wide-button"
          aria-pressed={isWide}
          aria-label="Wide"
          title={isWide ? "Show the table beside it" : "Use the whole width"}
          onClick={() => change({ w: isWide ? "" : "1" })}
        >
          ⤢
        </button>
      </div>
      <div class="side-panel" role="tabpanel" id="side-panel" aria-labelledby={`tab-${panel}`}>
        {children}
      </div>
    </section>
  );
}
