// Selecting many runs at once, those among them too that were not loaded yet.
import { post, type Row, type Table } from "../api";
import type { Rows } from "./rows";
import { select } from "./selection";

const PAGE = 500;
/** As many runs can be selected at once; more are better named by a filter. */
export const MOST_SELECTED = 5000;

/** Select or take out the rows from `first` to before `last`. Throws ApiError. */
export async function selectRange(rows: Rows, first: number, last: number, is: boolean): Promise<void> {
  const end = Math.min(last, first + MOST_SELECTED, rows.total);
  const held = Array.from({ length: Math.max(0, end - first) }, (_, step) => rows.row(first + step));
  if (held.every((row): row is Row => row !== undefined)) {
    select(held, is);
    return;
  }
  const told: Row[] = [];
  for (let offset = first; offset < end; offset += PAGE) {
    const body = { ...rows.question, columns: [], offset, limit: Math.min(PAGE, end - offset) };
    told.push(...(await post<Table>("/api/table", body)).rows);
  }
  select(told, is);
}
