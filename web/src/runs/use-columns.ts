// The table's columns: the chosen ones, else those that vary; their widths, order and pins.
import { useMemo, useState } from "preact/hooks";
import { param } from "../address";
import {
  type Column,
  CREATED,
  fitted,
  headOf,
  movedTo,
  NAME,
  naturalWidth,
  NOTES,
  placed,
  scopeOf,
  STATUS,
  TAGS,
} from "./columns";
import { useTableLayout } from "./layout";
import type { Rows } from "./rows";

const NAME_EXTRA = 84; // box, colour and badge beside the name
const [LEAST_NAME, MOST_NAME] = [160, 300];

/** The columns that varied when each project was first looked at: a new run changes none of them. */
const firstVarying = new Map<string, readonly string[]>();

/** Status and start, then what came of the runs, then what they were set to, then what people say of them. */
export function usualColumns(varying: readonly string[]): string[] {
  const of = (scope: string): string[] => {
    const own = varying.filter((name) => scopeOf(name) === scope);
    const parents = [...new Set(own.map((name) => headOf(name).parent))]; // neighbours share their upper head
    return parents.flatMap((parent) => own.filter((name) => headOf(name).parent === parent));
  };
  return [STATUS, CREATED, ...of("summary"), ...of("config"), TAGS, NOTES];
}

export interface TableColumns {
  readonly columns: readonly Column[];
  readonly nameWidth: number;
  readonly hasFacets: boolean;
  readonly setFacets: (has: boolean) => void;
  /** What rows are asked with; null: the columns that vary, whatever they are. */
  readonly asked: readonly string[] | null;
  readonly chosen: readonly string[];
  readonly pins: readonly string[];
  readonly choose: (names: readonly string[] | null) => void;
  /** Put a column before another one, or behind the last; among pinned ones it is pinned. */
  readonly move: (name: string, before: string | null) => void;
  readonly pin: (name: string) => void;
  readonly resize: (name: string, width: number, isDone: boolean) => void;
}

/** Learn which columns vary, once a project. */
export function learnVarying(rows: Rows | undefined): void {
  const project = param("p");
  if (rows?.varying != null && rows.total > 0 && !firstVarying.has(project)) firstVarying.set(project, rows.varying);
}

/** `only`: the columns that differ, where only they are wanted. */
export function useColumns(rows: Rows | undefined, only: readonly string[] | null): TableColumns {
  const { layout, setColumns, set } = useTableLayout();
  const [dragged, setDragged] = useState<Readonly<Record<string, number>>>({});
  learnVarying(rows);
  const project = param("p");
  const varying = firstVarying.get(project);
  const chosen =
    layout.columns?.filter((name) => name !== NAME) ?? (varying === undefined ? null : usualColumns(varying));
  const names = only ?? chosen ?? usualColumns([]);
  const widths = { ...layout.widths, ...dragged };
  const natural = names.map((name) => naturalWidth(name, rows?.look(name).signs ?? 0));
  const widthOf = (name: string, at: number): number => widths[name] ?? natural[at] ?? 100;
  const nameWidth =
    widths[NAME] ??
    Math.min(
      Math.max((rows?.look(NAME).signs ?? 0) * 7.2 + NAME_EXTRA, LEAST_NAME),
      innerWidth < 900 ? MOST_NAME - 100 : MOST_NAME,
    );
  const said = JSON.stringify([names, layout.pins, names.map(widthOf), nameWidth]);
  const columns = useMemo(
    () => placed(names, layout.pins, (name) => widthOf(name, names.indexOf(name)), nameWidth),
    [said],
  );
  const order = columns.map(({ name }) => name);
  return {
    columns,
    nameWidth,
    asked: chosen,
    chosen: chosen ?? [],
    pins: layout.pins,
    hasFacets: layout.hasFacets ?? innerWidth >= 1000,
    setFacets: (hasFacets) => set({ hasFacets }),
    choose: (next) => {
      if (next === null) firstVarying.delete(project);
      setColumns(next);
    },
    move: (name, before) => {
      const rest = order.filter((other) => other !== name);
      const next = movedTo(order, name, before === null ? rest.length : rest.indexOf(before));
      const lastPinned = columns.filter((column) => column.isPinned && column.name !== name).length;
      const isPinned =
        next.indexOf(name) < lastPinned || (layout.pins.includes(name) && next.indexOf(name) === lastPinned);
      const pins = next.filter((other) => (other === name ? isPinned : layout.pins.includes(other)));
      setColumns(next, { pins });
    },
    pin: (name) =>
      set({
        pins: layout.pins.includes(name) ? layout.pins.filter((other) => other !== name) : [...layout.pins, name],
      }),
    resize: (name, width, isDone) => {
      setDragged(isDone ? {} : { [name]: fitted(width) });
      if (isDone) set({ widths: { ...layout.widths, [name]: fitted(width) } });
    },
  };
}
