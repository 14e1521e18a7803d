// One run of the table.
import { useMemo } from "preact/hooks";
import type { Row } from "../api";
import { nameOf } from "../run/bits";
import { Link } from "../shell";
import { Content, Damage, Swatch, titleOf } from "./cells";
import { type Column, NOTES, TAGS } from "./columns";
import type { Rows } from "./rows";

/** What the rows share; a new one makes all rows anew, so it changes only when they look different. */
export interface RowContext {
  readonly rows: Rows;
  readonly version: number;
  /** The columns in the page, the pinned ones first, with how far the first of the others stands from them. */
  readonly columns: readonly { readonly column: Column; readonly index: number; readonly gap: number }[];
  readonly nameWidth: number;
  readonly colour: (row: Row, at: number) => string;
  readonly linkTo: (row: Row) => string;
  readonly onCheck: (at: number, isRange: boolean) => void;
  readonly onEdit: (row: Row, name: string, at: HTMLElement) => void;
}

interface Props {
  readonly context: RowContext;
  readonly at: number;
  readonly y: number;
  readonly isSelected: boolean;
  /** The column of the cell that has the grid's focus, -1 where it is in another row. */
  readonly active: number;
  readonly isCurrent: boolean;
}

export function RunRow({ context, at, y, isSelected, active, isCurrent }: Props) {
  const row = context.rows.row(at);
  const cells = useMemo(
    () =>
      row === undefined ? null : <Cells context={context} row={row} at={at} isSelected={isSelected} active={active} />,
    [context, row, at, isSelected, active],
  );
  return (
    <div
      role="row"
      aria-rowindex={at + 3}
      aria-selected={isSelected}
      data-row={at}
      style={{ transform: `translateY(${y}px)` }}
      class={`rt-row${isSelected ? " is-selected" : ""}${isCurrent ? " is-current" : ""}`}
    >
      {cells ?? (
        <div role="gridcell" class="rt-cell rt-name" style={{ width: `${context.nameWidth}px` }}>
          <span class="rt-coming wide" />
        </div>
      )}
    </div>
  );
}

function Cells({
  context,
  row,
  at,
  isSelected,
  active,
}: {
  context: RowContext;
  row: Row;
  at: number;
  isSelected: boolean;
  active: number;
}) {
  const { rows, columns } = context;
  return (
    <>
      <div
        role="gridcell"
        aria-colindex={1}
        data-col={0}
        tabIndex={active === 0 ? 0 : -1}
        class="rt-cell rt-name"
        style={{ width: `${context.nameWidth}px` }}
      >
        <NameCell context={context} row={row} at={at} isSelected={isSelected} />
      </div>
      {columns.map(({ column, index, gap }) => {
        const cell = rows.cell(at, column.name);
        const look = rows.look(column.name);
        const isEdited = column.name === TAGS || column.name === NOTES;
        return (
          <div
            key={column.name}
            role="gridcell"
            aria-colindex={index + 2}
            data-col={index + 1}
            tabIndex={active === index + 1 ? 0 : -1}
            title={titleOf(cell)}
            class={`rt-cell${look.isNumber ? " is-number" : ""}${column.isPinned ? " is-pinned" : ""}${isEdited ? " is-edited" : ""}`}
            style={{
              width: `${column.width}px`,
              ...(column.isPinned ? { left: `${column.left}px` } : {}),
              ...(gap > 0 ? { marginLeft: `${gap}px` } : {}),
            }}
            onDblClick={isEdited ? (event) => context.onEdit(row, column.name, event.currentTarget) : undefined}
          >
            <Content row={row} name={column.name} cell={cell} look={look} />
            {isEdited && (
              <button
                type="button"
                class="rt-pencil"
                tabIndex={-1}
                aria-label={`Edit ${column.leaf} of ${nameOf(row)}`}
                title={`Edit ${column.leaf} (Enter)`}
                onClick={(event) =>
                  context.onEdit(row, column.name, event.currentTarget.parentElement ?? event.currentTarget)
                }
              >
                ✎
              </button>
            )}
          </div>
        );
      })}
    </>
  );
}

/** A press on the box takes the range from the last one when Shift is held. */
function NameCell({
  context,
  row,
  at,
  isSelected,
}: {
  context: RowContext;
  row: Row;
  at: number;
  isSelected: boolean;
}) {
  const press = (event: MouseEvent): void => {
    event.stopPropagation();
    context.onCheck(at, event.shiftKey);
  };
  return (
    <>
      <input type="checkbox" tabIndex={-1} checked={isSelected} aria-label={`Select ${nameOf(row)}`} onClick={press} />
      <Swatch colour={context.colour(row, at)} />
      <span class="rt-link" title={row.id} ref={(span) => span?.querySelector("a")?.setAttribute("tabindex", "-1")}>
        <Link to={context.linkTo(row)} label={nameOf(row)} />
      </span>
      <Damage row={row} />
    </>
  );
}
