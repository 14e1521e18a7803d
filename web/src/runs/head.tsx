// The table's heads: parents above, names below; sorted by a press, moved and widened by dragging or by keys.
import { useRef, useState } from "preact/hooks";
import { type Column, sortKey, type Span } from "./columns";

export interface HeadActions {
  readonly onSort: (name: string, isMore: boolean) => void;
  readonly onMove: (name: string, before: string | null) => void;
  /** `isDone` false while dragging. */
  readonly onResize: (name: string, width: number, isDone: boolean) => void;
  readonly onFit: (name: string) => void;
  readonly onMenu: (name: string, at: HTMLElement) => void;
}

interface Props extends HeadActions {
  readonly nameWidth: number;
  readonly columns: readonly { readonly column: Column; readonly index: number; readonly gap: number }[];
  readonly all: readonly Column[];
  readonly spans: readonly Span[];
  readonly sort: readonly string[];
  readonly isNumber: (name: string) => boolean;
  /** The column with the grid's focus, 0 the name's, -1 where a row has it. */
  readonly active: number;
  readonly checked: boolean | "mixed";
  readonly onCheckAll: () => void;
}

const NAME_COLUMN = "run.name";
const DRAG_PX = 5;

export function Heads(props: Props) {
  const hasParents = props.spans.some(({ parent }) => parent !== "");
  const drag = useDrag(props);
  return (
    <div class="rt-head" role="rowgroup">
      {hasParents && <Parents {...props} />}
      <div role="row" aria-rowindex={2} class="rt-leaves">
        <NameHead {...props} />
        {props.columns.map(({ column, index, gap }) => (
          <LeafHead key={column.name} {...props} column={column} index={index} gap={gap} drag={drag} />
        ))}
      </div>
    </div>
  );
}

function Parents({ spans, columns, all, nameWidth }: Props) {
  const from = columns.find(({ column }) => !column.isPinned)?.index ?? 0;
  const to = columns.at(-1)?.index ?? 0;
  const named = spans.filter(({ parent }) => parent !== "");
  const isPinned = ({ first }: Span): boolean => all[first]?.isPinned === true;
  const pinned = named.filter(isPinned);
  const shown = named.filter((span) => !isPinned(span) && span.first + span.count > from && span.first <= to);
  const fixed = all.reduce((sum, column) => sum + (column.isPinned ? column.width : 0), nameWidth);
  return (
    <div role="row" aria-rowindex={1} class="rt-parents">
      <div role="presentation" class="rt-corner" style={{ width: `${fixed}px` }}>
        <div role="columnheader" aria-colindex={1} class="rt-parent" style={{ width: `${nameWidth}px` }}>
          <span class="visually-hidden">Run</span>
        </div>
        {pinned.map((span) => (
          <Parent key={span.first} span={span} stick={0} />
        ))}
      </div>
      {shown.map((span) => (
        <Parent key={span.first} span={span} stick={fixed} />
      ))}
    </div>
  );
}

/** An upper head; its text stays in sight, `stick` from the left, while some of its columns are. */
const Parent = ({ span: { parent, first, count, left, width }, stick }: { span: Span; stick: number }) => (
  <div
    role="columnheader"
    aria-colindex={first + 2}
    aria-colspan={count}
    class={`rt-parent${parent === "" ? "" : " is-named"}`}
    title={parent}
    style={{ left: `${left}px`, width: `${width}px` }}
  >
    <span style={{ left: `${stick + 10}px` }}>{parent}</span>
  </div>
);

const ariaSort = (terms: readonly string[], name: string): "ascending" | "descending" | "none" => {
  const term = terms.find((one) => sortKey(one) === name);
  return term === undefined ? "none" : term.startsWith("-") ? "descending" : "ascending";
};

function SortSign({ sort, name }: { sort: readonly string[]; name: string }) {
  const at = sort.findIndex((term) => sortKey(term) === name);
  if (at < 0) return null;
  return (
    <span class="rt-sort" aria-hidden="true">
      {sort[at]?.startsWith("-") === true ? "↓" : "↑"}
      {sort.length > 1 && <sup>{at + 1}</sup>}
    </span>
  );
}

function NameHead(props: Props) {
  const { nameWidth, sort, active, checked, onCheckAll, onSort } = props;
  return (
    <div
      role="columnheader"
      aria-colindex={1}
      aria-sort={ariaSort(sort, NAME_COLUMN)}
      data-col={0}
      tabIndex={active === 0 ? 0 : -1}
      class="rt-leaf rt-name"
      style={{ width: `${nameWidth}px` }}
      onClick={(event) => onSort(NAME_COLUMN, event.shiftKey)}
    >
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label="Select all runs that are listed"
        checked={checked === true}
        ref={(box) => {
          if (box !== null) box.indeterminate = checked === "mixed";
        }}
        onClick={(event) => {
          event.stopPropagation();
          onCheckAll();
        }}
      />
      <span class="rt-leaf-name">run</span>
      <SortSign sort={sort} name={NAME_COLUMN} />
      <Handle {...props} name={NAME_COLUMN} width={nameWidth} />
    </div>
  );
}

interface Drag {
  readonly press: (event: PointerEvent, name: string) => void;
  readonly name: string;
  readonly before: string | null | undefined;
  readonly wasDragged: () => boolean;
}

/** Dragging a head to another place; a press that does not move is a press. */
function useDrag({ onMove, all }: Props): Drag {
  const [state, setState] = useState<{ name: string; before: string | null | undefined }>({
    name: "",
    before: undefined,
  });
  const wasDragged = useRef(false);
  const press = (event: PointerEvent, name: string): void => {
    if (event.button !== 0) return;
    wasDragged.current = false;
    const startX = event.clientX;
    const head = (event.currentTarget as HTMLElement).parentElement;
    let before: string | null | undefined;
    const move = (moved: PointerEvent): void => {
      if (!wasDragged.current && Math.abs(moved.clientX - startX) < DRAG_PX) return;
      wasDragged.current = true;
      before = placeAt(head, moved.clientX, all);
      setState({ name, before });
    };
    const up = (): void => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", up);
      setState({ name: "", before: undefined });
      if (wasDragged.current && before !== undefined && before !== name) onMove(name, before);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", up);
  };
  return { press, ...state, wasDragged: () => wasDragged.current };
}

/** The column before which a thing let go at `x` would stand; null: behind the last. */
function placeAt(heads: HTMLElement | null, x: number, all: readonly Column[]): string | null | undefined {
  for (const head of heads?.querySelectorAll<HTMLElement>("[data-name]") ?? []) {
    const box = head.getBoundingClientRect();
    if (x < box.left || x > box.right) continue;
    const name = head.dataset["name"] ?? "";
    if (x < box.left + box.width / 2) return name;
    return all[all.findIndex((column) => column.name === name) + 1]?.name ?? null;
  }
  return undefined;
}

function LeafHead(props: Props & { column: Column; index: number; gap: number; drag: Drag }) {
  const { column, index, gap, drag, sort, active, onSort, onMenu, isNumber } = props;
  const { name, leaf, width } = column;
  const isTarget = drag.name !== "" && drag.before === name;
  return (
    <div
      role="columnheader"
      aria-colindex={index + 2}
      aria-sort={ariaSort(sort, name)}
      data-col={index + 1}
      data-name={name}
      tabIndex={active === index + 1 ? 0 : -1}
      class={`rt-leaf${isNumber(name) ? " is-number" : ""}${column.isPinned ? " is-pinned" : ""}${drag.name === name ? " is-dragged" : ""}${isTarget ? " is-target" : ""}`}
      title={name}
      style={{
        width: `${width}px`,
        ...(column.isPinned ? { left: `${column.left}px` } : {}),
        ...(gap > 0 ? { marginLeft: `${gap}px` } : {}),
      }}
      onPointerDown={(event) => drag.press(event, name)}
      onClick={(event) => {
        if (!drag.wasDragged()) onSort(name, event.shiftKey);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(name, event.currentTarget);
      }}
    >
      <span class="rt-leaf-name">{leaf}</span>
      <SortSign sort={sort} name={name} />
      <button
        type="button"
        class="rt-more"
        tabIndex={-1}
        aria-label={`More for ${name}`}
        title="Pin, hide, group … (Alt ↓)"
        onPointerDown={(event) => event.stopPropagation()}
        onClick={(event) => {
          event.stopPropagation();
          onMenu(name, event.currentTarget);
        }}
      >
        ⋮
      </button>
      <Handle {...props} name={name} width={width} />
    </div>
  );
}

/** The edge by which a column is widened; a double press fits it to what it holds. */
function Handle({ name, width, onResize, onFit }: HeadActions & { name: string; width: number }) {
  const press = (event: PointerEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    const startX = event.clientX;
    const move = (moved: PointerEvent): void => onResize(name, width + moved.clientX - startX, false);
    const up = (moved: PointerEvent): void => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      if (moved.clientX !== startX) onResize(name, width + moved.clientX - startX, true);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
  };
  return (
    <span
      class="rt-handle"
      aria-hidden="true"
      onPointerDown={press}
      onClick={(event) => event.stopPropagation()}
      onDblClick={(event) => {
        event.stopPropagation();
        onFit(name);
      }}
    />
  );
}
