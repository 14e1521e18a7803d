// The table with its keys and small windows.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { change, go, joinList, param } from "../address";
import { ApiError, type Row } from "../api";
import { useKeys } from "../keys";
import { Failed } from "../states";
import type { Colouring } from "./colouring";
import { NAME, naturalWidth, sortedBy, sortKey, TAGS } from "./columns";
import { Grid, type Place } from "./grid";
import { firstPlace } from "./kept-place";
import { groupingText } from "./layout";
import { runLink } from "./links";
import { ColumnMenu, EditPopup } from "./menus";
import { MOST_SELECTED, selectRange } from "./range";
import type { Rows } from "./rows";
import { clearSelection, select, selected, toggle } from "./selection";
import { compareLink, exploreLink } from "./selection-bar";
import type { TableColumns } from "./use-columns";
import type { Shown } from "./use-rows";

interface Props {
  readonly rows: Rows;
  readonly shown: Shown;
  readonly table: TableColumns;
  readonly sort: readonly string[];
  readonly colouring: Colouring;
}
type Window =
  | { readonly kind: "menu"; readonly name: string; readonly at: HTMLElement }
  | { readonly kind: "edit"; readonly row: Row; readonly name: string; readonly at: HTMLElement };

const setSort = (terms: readonly string[]): void => change({ s: joinList(terms) });

/** Sort by the column before or after the one that sorts first. */
export function sortBeside(names: readonly string[], sort: readonly string[], by: number): string[] {
  const first = sort[0];
  const at = first === undefined ? (by > 0 ? -1 : names.length) : names.indexOf(sortKey(first));
  const next = names[Math.min(Math.max(at + by, 0), names.length - 1)];
  if (next === undefined) return [...sort];
  return [first?.startsWith("-") === true ? `-${next}` : next];
}

function useTableKeys({ rows, table, sort }: Props, place: Place, setPlace: (place: Place) => void): void {
  const names = [NAME, ...table.columns.map(({ name }) => name).filter((name) => name !== TAGS)];
  const move = (by: number): void => {
    setPlace({ ...place, row: Math.min(Math.max(place.row + by, 0), rows.total - 1) });
    document
      .querySelector<HTMLElement>(".rt-grid [tabindex='0'], .rt-grid[tabindex='0']")
      ?.focus({ preventScroll: true });
  };
  const row = rows.row(Math.max(place.row, 0));
  const ids = [...selected.value.keys()];
  const down = { label: "Next run", act: () => move(1) };
  const up = { label: "Run before", act: () => move(-1) };
  useKeys({
    j: down,
    ArrowDown: down,
    k: up,
    ArrowUp: up,
    x: {
      label: "Select the run",
      act: () => {
        if (row !== undefined) toggle(row);
      },
    },
    Enter: {
      label: "Open the run",
      act: () => {
        if (row !== undefined) go(runLink(row.id));
      },
    },
    c: {
      label: "Compare what is selected",
      act: () => {
        if (ids.length > 1) go(compareLink(ids));
      },
    },
    "[": { label: "Sort by the column before", act: () => setSort(sortBeside(names, sort, -1)) },
    "]": { label: "Sort by the column after", act: () => setSort(sortBeside(names, sort, 1)) },
    Escape: { label: "Clear the selection", act: clearSelection },
  });
}

/** Keys that work on groups too. */
export function useScreenKeys(): void {
  const ids = [...selected.value.keys()];
  useKeys({
    e: { label: "Explore what is selected, or listed", act: () => go(exploreLink(ids)) },
    d: { label: "Only what differs, or everything", act: () => change({ d: param("d") === "1" ? "" : "1" }) },
    g: {
      label: "Group",
      act: () => document.querySelector<HTMLElement>(".rt-toolbar [title='Group runs (g)']")?.click(),
    },
  });
}

/** Selecting: one run, all from the last one, or all that are listed. Tells what could not be done. */
function useSelecting(rows: Rows) {
  const [error, setError] = useState<ApiError>();
  const last = useRef(0);
  const range = (first: number, end: number, is: boolean): void => {
    setError(undefined);
    selectRange(rows, first, end, is).catch((failure: unknown) => {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    });
  };
  const check = (at: number, isRange: boolean): void => {
    const row = rows.row(at);
    if (row === undefined) return;
    const is = !selected.peek().has(row.id);
    if (isRange) range(Math.min(at, last.current), Math.max(at, last.current) + 1, is);
    else select([row], is);
    last.current = at;
  };
  const checkAll = (): void =>
    selected.peek().size > 0 ? clearSelection() : range(0, Math.min(rows.total, MOST_SELECTED), true);
  return { check, checkAll, error };
}

export function TableView(props: Props) {
  const { rows, shown, table, sort, colouring } = props;
  const [place, setPlace] = useState<Place>(firstPlace);
  const [open, setOpen] = useState<Window | null>(null);
  const selecting = useSelecting(rows);
  useTableKeys(props, place, setPlace);
  const linkTo = useCallback(
    (row: Row) => runLink(row.id),
    [param("f"), param("p"), param("s"), param("c"), param("g"), param("m")],
  );
  useEffect(() => {
    if (place.row >= rows.total) setPlace({ ...place, row: Math.max(0, rows.total - 1) });
  }, [rows.total]);
  const fit = (name: string): void => table.resize(name, naturalWidth(name, rows.look(name).signs), true);
  const close = useCallback(() => setOpen(null), []);
  const names = table.columns.map((column) => column.name);
  const isBehind = shown.isOld && shown.error !== undefined; // the arrows tell the order that the rows are in
  return (
    <>
      {selecting.error !== undefined && <Failed error={selecting.error} />}
      <Grid
        rows={rows}
        version={shown.version}
        isOld={shown.isOld && shown.error === undefined}
        columns={table.columns}
        nameWidth={table.nameWidth}
        sort={isBehind ? rows.question.sort : sort}
        place={place}
        setPlace={setPlace}
        window={shown.window}
        also={param("h")}
        colour={colouring.colour}
        linkTo={linkTo}
        onCheck={selecting.check}
        onCheckAll={selecting.checkAll}
        onSort={(name, isMore) => {
          if (name !== TAGS) setSort(sortedBy(sort, name, isMore));
        }}
        onMove={table.move}
        onResize={table.resize}
        onFit={fit}
        onMenu={(name, at) => setOpen({ kind: "menu", name, at })}
        onEdit={(row, name, at) => setOpen({ kind: "edit", row, name, at })}
        onOpen={(row) => go(runLink(row.id))}
      />
      {open?.kind === "edit" && (
        <EditPopup
          row={rows.byId(open.row.id) ?? open.row}
          name={open.name}
          at={open.at}
          close={close}
          done={shown.renew}
        />
      )}
      {open?.kind === "menu" && (
        <ColumnMenu
          name={open.name}
          at={open.at}
          isPinned={table.pins.includes(open.name)}
          close={close}
          actions={{
            sort: setSort,
            pin: table.pin,
            fit,
            hide: (name) => table.choose(names.filter((other) => other !== name)),
            move: (name, by) =>
              table.move(
                name,
                by < 0 ? (names[names.indexOf(name) - 1] ?? name) : (names[names.indexOf(name) + 2] ?? null),
              ),
            group: (name) => change({ g: groupingText({ keys: [name], isBut: false }) }),
            colour: (name) => change({ h: name }),
          }}
        />
      )}
    </>
  );
}
