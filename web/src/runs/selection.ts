// The runs that are selected, by id; it outlives the screen, so that one can come back from Compare.
import { signal } from "@preact/signals";
import type { Row } from "../api";

/** Selected runs with their rows as they were when they were selected. */
export const selected = signal<ReadonlyMap<string, Row>>(new Map());

export function select(rows: readonly Row[], is: boolean): void {
  const next = new Map(selected.peek());
  for (const row of rows) {
    if (is) next.set(row.id, row);
    else next.delete(row.id);
  }
  selected.value = next;
}

export const toggle = (row: Row): void => select([row], !selected.peek().has(row.id));
export const clearSelection = (): void => {
  selected.value = new Map();
};

/** The filter that chooses runs by their ids. */
export function whereIds(ids: readonly string[]): string {
  const texts = ids.map((id) => JSON.stringify(id));
  return texts.length === 1 ? `run.id == ${texts[0] ?? ""}` : `run.id in (${texts.join(", ")})`;
}
