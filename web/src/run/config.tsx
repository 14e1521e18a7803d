// A run's config as a tree: every param with its value and who set it.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { change, joinList, param, splitList } from "../address";
import type { Param, Run } from "../api";
import { keyTest } from "../compare/difference";
import { visible } from "../compare/layout";
import { type TreeRow, treeRows } from "../compare/tree";
import { Value, textOf } from "../value";
import { clock } from "./bits";

const ROW = 30;

/** The params that pass search and switches: q text, da=1 only those that are not defaults, u=1 only the unused. */
function wantedParams(params: readonly Param[]): readonly Param[] {
  const typed = param("q");
  const { test } = keyTest(typed);
  const isChanged = param("da") === "1";
  const isUnused = param("u") === "1";
  return params.filter(
    (one) =>
      (!isChanged || one.level !== "default") &&
      (!isUnused || one.unused) &&
      (test(one.key) || test(textOf(one.value)) || (one.origin !== "" && test(one.origin))),
  );
}

export function Config({ run }: { run: Run }) {
  const closed = new Set(splitList(param("cs")));
  const wanted = wantedParams(run.params);
  const rows = treeRows(wanted, closed);
  const near = useMemo(() => new Map(run.unused.map((one) => [one.key, one.near])), [run]);
  const unused = run.params.filter((one) => one.unused).length;
  const isRead = unused < run.params.length; // a script that reads nothing from the config tells nothing by what it left
  const isChanged = param("da") === "1";
  const hasDefaults = run.params.some(({ level }) => level === "default");
  if (run.params.length === 0)
    return (
      <p class="quiet run-none">
        This run has no params. <code>config={"{…}"}</code> in <code>setpoint.init()</code> gives it some.
      </p>
    );
  const { error } = keyTest(param("q"));
  return (
    <div class="config">
      <div class="config-tools">
        <input
          type="search"
          id="run-search"
          placeholder="Search keys, values, origins"
          aria-label="Search config"
          value={param("q")}
          aria-invalid={error !== undefined}
          onInput={(event) => change({ q: event.currentTarget.value }, true)}
        />
        {hasDefaults && (
          <button
            type="button"
            aria-pressed={isChanged}
            title="Press d"
            onClick={() => change({ da: isChanged ? "" : "1" })}
          >
            What differs from defaults
          </button>
        )}
        {unused > 0 && (
          <button
            type="button"
            aria-pressed={param("u") === "1"}
            onClick={() => change({ u: param("u") === "1" ? "" : "1" })}
            title="Set, but never read by the script"
          >
            {isRead ? `Unused: ${unused}` : "Unused: all"}
          </button>
        )}
        <span class="quiet" role="status">
          {wanted.length < run.params.length && `${wanted.length} of `}
          {run.params.length} {run.params.length === 1 ? "param" : "params"}
        </span>
        {error !== undefined && (
          <span class="edit-error" role="alert">
            Not a regular expression: {error}
          </span>
        )}
      </div>
      {wanted.length === 0 ? (
        <p class="quiet run-none">
          No param matches.{" "}
          <button type="button" onClick={() => change({ q: "", da: "", u: "" })}>
            Show all
          </button>
        </p>
      ) : (
        <Tree rows={rows} near={near} isRead={isRead} closed={closed} />
      )}
    </div>
  );
}

interface TreeProps {
  readonly rows: readonly TreeRow<Param>[];
  readonly near: ReadonlyMap<string, readonly string[]>;
  readonly isRead: boolean;
  readonly closed: Set<string>;
}

function Tree({ rows, near, isRead, closed }: TreeProps) {
  const place = useRef<HTMLDivElement>(null);
  const [[top, height], setSight] = useState<readonly [number, number]>([0, 900]);
  const [focus, setFocus] = useState(0);
  const isMoving = useRef(false);
  const look = (): void => {
    if (place.current !== null) setSight([place.current.scrollTop, place.current.clientHeight || 900]);
  };
  useLayoutEffect(() => {
    look();
    if (place.current === null || typeof ResizeObserver === "undefined") return undefined;
    const watch = new ResizeObserver(look);
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  const starts = useMemo(() => Array.from({ length: rows.length + 1 }, (_, at) => at * ROW), [rows.length]);
  const [from, to] = visible(starts, top, top + height, 10);
  const at = Math.min(focus, rows.length - 1);
  useLayoutEffect(() => {
    const element = place.current;
    if (!isMoving.current || element === null) return;
    isMoving.current = false;
    if (at * ROW < element.scrollTop) element.scrollTop = at * ROW;
    if ((at + 2) * ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = (at + 2) * ROW - element.clientHeight;
    requestAnimationFrame(() =>
      element.querySelector<HTMLElement>(`[data-row="${at}"]`)?.focus({ preventScroll: true }),
    );
  }, [at]);
  const act = (row: TreeRow<Param>): void => {
    if (row.kind === "leaf") change({ k: param("k") === row.key ? "" : row.key });
    else {
      if (!closed.delete(row.key)) closed.add(row.key);
      change({ cs: joinList([...closed]) }, true);
    }
  };
  const keyDown = (event: KeyboardEvent): void => {
    const step = (
      { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 20, PageUp: -20, Home: -1e9, End: 1e9 } as Record<
        string,
        number
      >
    )[event.key];
    const row = rows[at];
    if (row === undefined) return;
    if (step !== undefined) {
      event.preventDefault();
      isMoving.current = true;
      setFocus(Math.min(Math.max(at + step, 0), rows.length - 1));
    } else if (
      event.key === "Enter" ||
      event.key === " " ||
      (row.kind === "section" && event.key === (row.isOpen ? "ArrowLeft" : "ArrowRight"))
    ) {
      event.preventDefault();
      act(row);
    }
  };
  return (
    <div
      class="tree"
      role="treegrid"
      aria-label="Config"
      aria-rowcount={rows.length + 1}
      ref={place}
      onScroll={look}
      onKeyDown={keyDown}
    >
      <div role="row" class="tree-head" aria-rowindex={1}>
        {["Key", "Value", "Set by", "Level", "Changes", "At"].map((title) => (
          <span key={title} role="columnheader" class={`tree-${title.split(" ")[0]?.toLowerCase() ?? ""}`}>
            {title}
          </span>
        ))}
      </div>
      <div role="rowgroup" class="tree-body" style={{ height: `${rows.length * ROW}px` }}>
        {rows.slice(from, to).map((row, offset) => (
          <TreeRowShown
            key={`${row.kind}${row.key}`}
            row={row}
            at={from + offset}
            isFocus={from + offset === at}
            isOpen={row.kind === "leaf" && param("k") === row.key}
            near={near.get(row.key)}
            isRead={isRead}
            act={() => {
              setFocus(from + offset);
              act(row);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: TreeRow<Param>;
  readonly at: number;
  readonly isFocus: boolean;
  readonly isOpen: boolean;
  readonly near: readonly string[] | undefined;
  readonly isRead: boolean;
  readonly act: () => void;
}

function TreeRowShown({ row, at, isFocus, isOpen, near, isRead, act }: RowProps) {
  const style = { top: `${at * ROW}px`, height: `${ROW}px` };
  const common = {
    role: "row",
    "aria-rowindex": at + 2,
    "aria-level": row.depth + 1,
    tabIndex: isFocus ? 0 : -1,
    "data-row": String(at),
    style,
    onClick: act,
  } as const;
  const indent = { paddingLeft: `${8 + row.depth * 16}px` };
  if (row.kind === "section") {
    return (
      <div {...common} class="tree-row is-section" aria-expanded={row.isOpen}>
        <span role="gridcell" class="tree-key" style={indent}>
          <span class={row.isOpen ? "caret is-open" : "caret"} aria-hidden="true" />
          {row.label} <span class="quiet">{row.count}</span>
        </span>
      </div>
    );
  }
  const { value, origin, level, changes, time, unused, description } = row.item;
  return (
    <div {...common} class={isOpen ? "tree-row is-open" : "tree-row"} aria-selected={isOpen}>
      <span role="gridcell" class="tree-key" style={indent} title={description ?? row.key}>
        <span class="tree-name">{row.label}</span>
        {unused && isRead && (
          <span
            class="unused"
            title={
              near === undefined || near.length === 0
                ? "Set but never read"
                : `Set but never read. Meant ${near.join(" or ")}?`
            }
          >
            unused{near !== undefined && near.length > 0 && `: ${near[0] ?? ""}?`}
          </span>
        )}
      </span>
      <span role="gridcell" class="tree-value mono" title={textOf(value, 17)}>
        <Value cell={value} digits={17} />
      </span>
      <span role="gridcell" class="tree-set badge" title={origin}>
        {origin}
      </span>
      <span role="gridcell" class="tree-level">
        {level !== "" && <span class={`level is-${level}`}>{level}</span>}
      </span>
      <span role="gridcell" class="tree-changes number">
        {changes > 1 ? changes - 1 : ""}
      </span>
      <span role="gridcell" class="tree-at quiet number">
        {time === null ? "" : clock(time).slice(11)}
      </span>
    </div>
  );
}
