// What is set for the whole comparison: which rows, against which run, and what is taken away as text.
import { useState } from "preact/hooks";
import { change } from "../address";
import type { Comparison } from "../api";
import { Copy, Menu, nameOf } from "../run/bits";
import { FORMATS, asCommand, written } from "./copy";
import { keyTest, noisy } from "./difference";
import { TITLES, chosen } from "./layout";
import { type Comparing, setIgnored } from "./state";

interface ToolsProps {
  readonly data: Comparison;
  readonly state: Comparing;
  readonly pick: () => void;
  /** Go to the curves, which stand below all rows; undefined where there are none. */
  readonly toMetrics: (() => void) | undefined;
}

export function Tools({ data, state, pick, toMetrics }: ToolsProps) {
  const { error } = keyTest(state.filter);
  const ids = data.runs.map(({ id }) => id);
  return (
    <div class="compare-tools" role="toolbar" aria-label="Comparison">
      <button type="button" onClick={pick}>
        Add runs…
      </button>
      <input
        type="search"
        id="compare-filter"
        class="compare-filter"
        placeholder="Filter rows, or /regex/"
        aria-label="Filter rows"
        value={state.filter}
        aria-invalid={error !== undefined}
        title={error}
        onInput={(event) => change({ q: event.currentTarget.value }, true)}
      />
      <button
        type="button"
        aria-pressed={!state.isAll}
        title="Press d"
        onClick={() => change({ d: state.isAll ? "" : "0" })}
      >
        Only differences
      </button>
      <button
        type="button"
        aria-pressed={state.hasOrigins}
        title="Also rows whose values are equal but were set by different lines, flags or files"
        onClick={() => change({ o: state.hasOrigins ? "" : "1" })}
      >
        Same value, other origin
      </button>
      <label class="compare-baseline">
        Baseline
        <select value={state.baseline} onChange={(event) => change({ base: event.currentTarget.value })}>
          <option value="">none</option>
          {data.runs.map((run) => (
            <option key={run.id} value={run.id}>
              {nameOf(run)}
            </option>
          ))}
        </select>
      </label>
      <Ignore data={data} state={state} />
      <Menu label="Copy">
        {FORMATS.map((format) => (
          <Copy
            key={format}
            class="plain menu-item"
            label={`Copy as ${format}`}
            text={() =>
              written(
                format,
                data.runs,
                [...chosen(data, state)].map(([part, lines]) => ({ title: TITLES[part], lines })),
              )
            }
          />
        ))}
        <Copy class="plain menu-item" label="Copy as command" text={asCommand(ids, state.ignored, state.isAll)} />
        <Copy
          class="plain menu-item"
          label="Copy as Python"
          text={() =>
            `import setpoint\n\nids = ${JSON.stringify(ids)}\nsetpoint.runs(f"run.id in {tuple(ids)}").diff(${state.ignored.length === 0 ? "" : `ignore=${JSON.stringify(state.ignored)}`})`
          }
        />
        <Copy class="plain menu-item" label="Copy link" text={() => location.href} />
      </Menu>
      {toMetrics !== undefined && (
        <button type="button" title="Go to the curves, below the rows" onClick={toMetrics}>
          Metrics ↓
        </button>
      )}
      {error !== undefined && (
        <span class="compare-error" role="alert">
          Not a regular expression: {error}
        </span>
      )}
    </div>
  );
}

function Ignore({ data, state }: { data: Comparison; state: Comparing }) {
  const [typed, setTyped] = useState("");
  const suggested = noisy(data.config).filter((key) => !state.ignored.includes(key));
  const add = (): void => {
    if (typed.trim() !== "") setIgnored([...state.ignored, typed.trim()]);
    setTyped("");
  };
  return (
    <Menu
      label={state.ignored.length === 0 ? "Ignore" : `Ignore · ${state.ignored.length}`}
      isActive={state.ignored.length > 0}
    >
      <form
        class="ignore-add"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          placeholder="Key, or paths.*"
          aria-label="Key or pattern to ignore"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" disabled={typed.trim() === ""}>
          Ignore
        </button>
      </form>
      {state.ignored.map((key) => (
        <span key={key} class="chip">
          <code>{key}</code>
          <button
            type="button"
            aria-label={`Show ${key} again`}
            onClick={() => setIgnored(state.ignored.filter((other) => other !== key))}
          >
            ×
          </button>
        </span>
      ))}
      {suggested.length > 0 && <p class="quiet">Often says nothing:</p>}
      {suggested.slice(0, 12).map((key) => (
        <button key={key} type="button" class="plain menu-item" onClick={() => setIgnored([...state.ignored, key])}>
          Ignore <code>{key}</code>
        </button>
      ))}
      {state.ignored.length === 0 && suggested.length === 0 && (
        <p class="quiet">Rows that don’t matter, such as output folders. A section stands for all in it.</p>
      )}
    </Menu>
  );
}
