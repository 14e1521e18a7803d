// The comparison as a grid of keys and runs, of which only what is in sight is in the page.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Comparison, Line } from "../api";
import type { Mark } from "../chart/marks";
import { nameOf } from "../run/bits";
import { digitsFor } from "../value";
import { Shown } from "./cell";
import { Chain, type ChainAt } from "./chain";
import { odd } from "./difference";
import { Head } from "./head";
import { type BodyRow, type PartRow, type Sizes, TITLES, bodyRows, heightOf, offsets, sizes, visible } from "./layout";
import { toggle, useMoving } from "./moving";
import type { Comparing } from "./state";
import { change } from "../address";

export const BELOW = "compare-below"; // the element's id
const HEAD = 56;
const WAIT_MS = 280; // a pointer that only passes over a cell asks nothing

interface GridProps {
  readonly data: Comparison;
  readonly state: Comparing;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly children: ComponentChildren;
}
interface Sight {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const STEP = 90; // pixels of scrolling that draw nothing anew: what is just out of sight is in the page already
const stepped = (place: number): number => Math.floor(place / STEP) * STEP;

/** What part of an element's content is in sight. */
function useSight(): [{ current: HTMLDivElement | null }, Sight, () => void] {
  const place = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({ left: 0, top: 0, width: 1200, height: 800 });
  const look = useCallback(() => {
    const it = place.current;
    if (it === null) return;
    const next = {
      left: stepped(it.scrollLeft),
      top: stepped(it.scrollTop),
      width: it.clientWidth || 1200,
      height: it.clientHeight || 800,
    };
    setSight((old) =>
      old.left === next.left && old.top === next.top && old.width === next.width && old.height === next.height
        ? old
        : next,
    );
  }, []);
  useLayoutEffect(() => {
    look();
    if (place.current === null || typeof ResizeObserver === "undefined") return undefined;
    const watch = new ResizeObserver(look);
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [look]);
  return [place, sight, look];
}

/** The chain of the cell under the pointer or with the focus, after a moment. */
function useChain(): [ChainAt | undefined, (at: ChainAt | undefined) => void] {
  const [chain, setChain] = useState<ChainAt>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = useCallback((at: ChainAt | undefined) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setChain(at), WAIT_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return [chain, show];
}

export function Grid({ data, state, marks, children }: GridProps) {
  const [place, sight, look] = useSight();
  const [chain, showChain] = useChain();
  const { runs } = data;
  const rows = useMemo(() => bodyRows(data, state), [data, state]);
  const size = sizes(sight.width, runs.length);
  const starts = useMemo(() => offsets(rows, size), [rows, size.leaf]);
  const columns = useMemo(
    () => Array.from({ length: runs.length + 1 }, (_, at) => at * size.column),
    [runs.length, size.column],
  );
  const [firstRow, endRow] = visible(starts, sight.top, sight.top + sight.height + STEP, 3);
  const [firstColumn, endColumn] = visible(columns, sight.left, sight.left + sight.width - size.key + STEP, 1);
  const base = runs.findIndex(({ id }) => id === state.baseline);
  const width = size.key + runs.length * size.column;
  const { row, column, setActive, keyDown } = useMoving({
    place,
    rows,
    starts,
    size,
    columns: runs.length,
    head: HEAD,
  });
  const overCell = (event: Event): void => {
    const element = (event.target as Element).closest<HTMLElement>("[data-at]");
    const [rowAt = -1, columnAt = 0] = (element?.dataset["at"] ?? "").split(":").map(Number);
    const [over, run] = [rows[rowAt], runs[columnAt - 1]];
    if (element === null || over?.kind !== "leaf" || over.part !== "config" || run === undefined) showChain(undefined);
    else {
      const { left, top, bottom } = element.getBoundingClientRect();
      showChain({ run: run.id, name: nameOf(run), key: over.item.key, box: { left, top, bottom } });
    }
  };
  const shown = runs.slice(firstColumn, endColumn);
  return (
    <div
      class="compare-scroll"
      ref={place}
      onScroll={() => {
        look();
        showChain(undefined);
      }}
    >
      <div
        role="grid"
        aria-label="Comparison of runs"
        aria-rowcount={rows.length + 1}
        aria-colcount={runs.length + 1}
        class="compare-grid"
        style={{ width: `${width}px`, height: `${HEAD + (starts.at(-1) ?? 0)}px` }}
        onKeyDown={(event) => {
          keyDown(event);
          if (event.key === "Escape") showChain(undefined);
        }}
        onMouseOver={overCell}
        onMouseLeave={() => showChain(undefined)}
        onFocusIn={overCell}
        onFocusOut={() => showChain(undefined)}
      >
        <div role="row" aria-rowindex={1} class="compare-heads" style={{ height: `${HEAD}px` }}>
          <div
            role="columnheader"
            aria-colindex={1}
            class="compare-key compare-corner"
            style={{ width: `${size.key}px` }}
          >
            {runs.length} {runs.length === 1 ? "run" : "runs"}
          </div>
          {shown.map((run, at) => (
            <div
              key={run.id}
              role="columnheader"
              aria-colindex={firstColumn + at + 2}
              class="compare-cell"
              style={{ left: `${size.key + (firstColumn + at) * size.column}px`, width: `${size.column}px` }}
            >
              <Head
                run={run}
                at={firstColumn + at}
                ids={state.ids}
                mark={marks.get(run.id)}
                isBase={run.id === state.baseline}
              />
            </div>
          ))}
        </div>
        {rows.slice(firstRow, endRow).map((each, offset) => (
          <RowShown
            key={`${each.kind}:${each.part}:${each.kind === "part" ? "" : each.key}`}
            row={each}
            at={firstRow + offset}
            top={HEAD + (starts[firstRow + offset] ?? 0)}
            width={width}
            size={size}
            from={firstColumn}
            to={endColumn}
            base={base < 0 ? undefined : base}
            focus={firstRow + offset === row ? column : -1}
            setActive={setActive}
            isAll={state.isAll}
          />
        ))}
      </div>
      <div class="compare-below" id={BELOW} tabIndex={-1} style={{ width: `${sight.width}px` }}>
        {children}
      </div>
      {chain !== undefined && <Chain at={chain} close={() => showChain(undefined)} />}
    </div>
  );
}

interface RowProps {
  readonly row: BodyRow;
  readonly at: number;
  readonly top: number;
  readonly width: number;
  readonly size: Sizes;
  readonly from: number;
  readonly to: number;
  readonly base: number | undefined;
  /** The place of the column that has the focus, -1 where it is in another row. */
  readonly focus: number;
  readonly setActive: (at: readonly [number, number]) => void;
  readonly isAll: boolean;
}

function RowShown(props: RowProps) {
  const { row, at, top, width, size, focus, setActive } = props;
  const style = { top: `${top}px`, height: `${heightOf(row, size)}px`, width: `${width}px` };
  const tab = (column: number): number =>
    focus === column || (focus > 0 && row.kind !== "leaf" && column === 0) ? 0 : -1;
  if (row.kind === "leaf") return <LeafRow {...props} row={row} style={style} tab={tab} />;
  return (
    <div role="row" aria-rowindex={at + 2} class={`compare-row is-${row.kind}`} style={style}>
      <div
        role="rowheader"
        aria-colindex={1}
        aria-expanded={row.isOpen}
        tabIndex={tab(0)}
        data-at={`${at}:0`}
        class="compare-key"
        style={
          row.kind === "section"
            ? { paddingLeft: `${10 + row.depth * 14}px`, minWidth: `${size.key}px` }
            : { minWidth: `${size.key}px` }
        }
        onClick={() => {
          setActive([at, 0]);
          toggle(row);
        }}
      >
        <span class={row.isOpen ? "caret is-open" : "caret"} aria-hidden="true" />
        {row.kind === "part" ? (
          <PartHead row={row} isAll={props.isAll} />
        ) : (
          <>
            <span class="compare-label">{row.label}</span> <span class="quiet">{row.count}</span>
          </>
        )}
      </div>
    </div>
  );
}

function PartHead({ row, isAll }: { row: PartRow; isAll: boolean }) {
  return (
    <>
      <span class="compare-part">{TITLES[row.part]}</span> <span class="quiet">{row.shown}</span>
      {row.hidden > 0 && !isAll && (
        <button
          type="button"
          class="plain compare-hidden"
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            change({ d: "0" });
          }}
        >
          {row.hidden} equal {row.hidden === 1 ? "row" : "rows"} hidden
        </button>
      )}
    </>
  );
}

function LeafRow({
  row,
  at,
  size,
  from,
  to,
  base,
  setActive,
  style,
  tab,
}: RowProps & {
  row: Extract<BodyRow, { kind: "leaf" }>;
  style: Record<string, string>;
  tab: (column: number) => number;
}) {
  const line: Line = row.item;
  const stands = useMemo(() => odd(line.cells, base), [line, base]);
  const digits = useMemo(() => digitsFor(line.cells.map(({ value }) => value)), [line]);
  const cells = line.cells.slice(from, to);
  return (
    <div role="row" aria-rowindex={at + 2} class={line.differs ? "compare-row" : "compare-row is-equal"} style={style}>
      <div
        role="rowheader"
        aria-colindex={1}
        tabIndex={tab(0)}
        data-at={`${at}:0`}
        class="compare-key"
        title={line.key}
        style={{ width: `${size.key}px`, paddingLeft: `${10 + row.depth * 14}px` }}
        onClick={() => setActive([at, 0])}
      >
        <span class="compare-label">{row.label}</span>
      </div>
      {cells.map((cell, offset) => {
        const column = from + offset;
        const kind = `compare-cell${stands.has(column) && line.differs ? " is-odd" : ""}${column === base ? " is-base" : ""}`;
        return (
          <div
            key={column}
            role="gridcell"
            aria-colindex={column + 2}
            tabIndex={tab(column + 1)}
            data-at={`${at}:${column + 1}`}
            class={kind}
            style={{ left: `${size.key + column * size.column}px`, width: `${size.column}px` }}
            onClick={() => setActive([at, column + 1])}
          >
            <Shown
              cell={cell}
              base={base === undefined ? undefined : line.cells[base]}
              digits={digits}
              isWide={size.isWide}
              hasOrigin={row.part === "config"}
            />
          </div>
        );
      })}
    </div>
  );
}
