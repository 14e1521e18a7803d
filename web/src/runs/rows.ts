// The rows of one question, held in blocks as they are looked at; each block holds the columns that were asked for.
import { ApiError, type Cell, type Row, type Table } from "../api";
import { NAME } from "./columns";
import { digitsFor, numberOf, textOf } from "../value";

export const BLOCK = 200;
const MOST_BLOCKS = 60; // as many rows as are held at a time, 12,000; those looked at longest ago go first
const ROOM_FOR_BADGE = "       ";
const EAGER = 40; // as many columns are asked for at once; of more only those in sight

export interface Question {
  readonly where: string;
  readonly sort: readonly string[];
}
export type Ask = (path: string, body: unknown, signal: AbortSignal) => Promise<unknown>;

interface Block {
  readonly rows: readonly Row[];
  readonly cells: Map<string, readonly Cell[]>;
}
interface Shape {
  digits: number;
  hasText: boolean;
  hasNumber: boolean;
  signs: number;
}

/** How a column looks, by all that was seen of it: it never changes back while the table is scrolled. */
export interface Look {
  readonly digits: number;
  readonly isNumber: boolean;
  readonly signs: number;
}

export class Rows {
  total = 0;
  /** The columns that vary, once the server told. */
  varying: readonly string[] | null = null;
  error: ApiError | undefined;
  hasAnswer = false;
  /** The state of the store that the first answer showed. */
  seq = 0;
  private blocks = new Map<number, Block>();
  private readonly asked = new Map<string, AbortController>();
  private readonly shapes = new Map<string, Shape>();
  private isEnded = false;

  constructor(
    readonly question: Question,
    private readonly ask: Ask,
    private readonly onChange: () => void,
  ) {}

  get isLoading(): boolean {
    return this.asked.size > 0;
  }

  row(at: number): Row | undefined {
    return this.blocks.get(Math.floor(at / BLOCK))?.rows[at % BLOCK];
  }

  /** A value, undefined where it was not told yet. */
  cell(at: number, name: string): Cell | undefined {
    return this.blocks.get(Math.floor(at / BLOCK))?.cells.get(name)?.[at % BLOCK];
  }

  byId(id: string): Row | undefined {
    for (const { rows } of this.blocks.values()) {
      const found = rows.find((row) => row.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  look(name: string): Look {
    const shape = this.shapes.get(name);
    return {
      digits: shape?.digits ?? 4,
      isNumber: shape?.hasNumber === true && !shape.hasText,
      signs: shape?.signs ?? 0,
    };
  }

  /** Have rows `first` to `last` with these columns; null: those that vary. What is held is not asked for again. */
  want(first: number, last: number, inSight: readonly string[] | null, all: readonly string[] = inSight ?? []): void {
    if (this.error !== undefined || this.isEnded) return;
    const columns = inSight === null ? null : all.length <= EAGER ? all : inSight;
    const to = Math.floor(Math.max(first, last - 1) / BLOCK);
    for (let at = Math.floor(first / BLOCK); at <= to; at++) this.wantBlock(at, columns);
    for (const [key, stop] of this.asked) {
      const block = Number(key.slice(0, key.indexOf(":")));
      if (block < Math.floor(first / BLOCK) - 1 || block > to + 1) stop.abort(); // scrolled past: nobody waits for it
    }
  }

  private wantBlock(at: number, columns: readonly string[] | null): void {
    const held = this.blocks.get(at);
    if (held !== undefined) {
      this.blocks.delete(at); // looked at last: the last to go
      this.blocks.set(at, held);
    }
    const missing = columns?.filter((name) => held?.cells.has(name) !== true) ?? null;
    if (held !== undefined && missing !== null && missing.length === 0) return;
    if (held !== undefined && missing === null && this.varying !== null) return;
    const key = `${at}:${missing === null ? "*" : missing.join("\n")}`;
    if (!this.asked.has(key)) void this.fetch(key, at, missing);
  }

  private async fetch(key: string, at: number, columns: readonly string[] | null): Promise<void> {
    const stop = new AbortController();
    this.asked.set(key, stop);
    try {
      const body = { ...this.question, columns, offset: at * BLOCK, limit: BLOCK };
      this.take(at, (await this.ask("/api/table", body, stop.signal)) as Table, columns === null);
    } catch (error) {
      if (!stop.signal.aborted)
        this.error = error instanceof ApiError ? error : new ApiError(0, "error", String(error));
    } finally {
      this.asked.delete(key);
      if (!this.isEnded) this.onChange();
    }
  }

  private take(at: number, table: Table, isFirst: boolean): void {
    if (isFirst) this.varying = table.columns;
    // Runs came or went since: what else is held stands at other places now.
    if (this.hasAnswer && table.total !== this.total) this.blocks.clear();
    this.total = table.total;
    if (!this.hasAnswer) this.seq = table.seq;
    this.hasAnswer = true;
    const held = this.blocks.get(at);
    const isSame =
      held !== undefined &&
      held.rows.length === table.rows.length &&
      held.rows.every(({ id }, row) => id === table.rows[row]?.id);
    const cells = isSame ? held.cells : new Map<string, readonly Cell[]>();
    table.columns.forEach((name, column) => {
      const told = table.rows.map((row) => row.cells[column] ?? null);
      cells.set(name, told);
      this.see(name, told);
    });
    this.see(
      NAME,
      table.rows.map((row) => `${row.name ?? row.id}${row.damage + row.lost > 0 ? ROOM_FOR_BADGE : ""}`),
    );
    this.blocks.set(at, { rows: table.rows, cells });
    for (const other of this.blocks.keys()) {
      if (this.blocks.size <= MOST_BLOCKS) break;
      this.blocks.delete(other);
    }
  }

  private see(name: string, cells: readonly Cell[]): void {
    const shape = this.shapes.get(name) ?? { digits: 4, hasText: false, hasNumber: false, signs: 0 };
    // What stands side by side must be told apart: so many rows are in sight at most.
    for (let from = 0; from < cells.length; from += 50)
      shape.digits = Math.max(shape.digits, digitsFor(cells.slice(from, from + 50)));
    for (const cell of cells) {
      if (numberOf(cell) !== undefined) shape.hasNumber = true;
      else if (typeof cell === "string" || typeof cell === "boolean") shape.hasText = true;
      shape.signs = Math.max(shape.signs, textOf(cell, shape.digits).length);
    }
    this.shapes.set(name, shape);
  }

  /** Ask again for the rows between two places that changed, by their ids, so that none moves; null: any may have. */
  async renew(first: number, last: number, changed: readonly string[] | null): Promise<void> {
    const isChanged = changed === null ? () => true : (id: string): boolean => changed.includes(id);
    const ids: string[] = [];
    const names = new Set<string>();
    for (let at = first; at < Math.min(last, first + 400); at++) {
      const row = this.row(at);
      if (row === undefined || !isChanged(row.id)) continue;
      ids.push(row.id);
      for (const name of this.blocks.get(Math.floor(at / BLOCK))?.cells.keys() ?? []) names.add(name);
    }
    this.forget(first, last, isChanged);
    if (ids.length === 0) return;
    const columns = [...names];
    try {
      const told = (await this.ask("/api/rows", { ids, columns }, new AbortController().signal)) as {
        rows: readonly Row[];
      };
      this.put(told.rows, columns);
      if (!this.isEnded) this.onChange();
    } catch {
      // The frame says that the server is gone; what is on screen stays, and the next change asks again.
    }
  }

  /** Blocks out of sight with rows that changed are asked for again when they come into sight. */
  private forget(first: number, last: number, isChanged: (id: string) => boolean): void {
    for (const [at, block] of this.blocks) {
      const isInSight = at * BLOCK < last && (at + 1) * BLOCK > first;
      if (!isInSight && block.rows.some(({ id }) => isChanged(id))) this.blocks.delete(at);
    }
  }

  private put(rows: readonly Row[], columns: readonly string[]): void {
    const told = new Map(rows.map((row) => [row.id, row]));
    for (const [at, block] of this.blocks) {
      if (!block.rows.some(({ id }) => told.has(id))) continue;
      const cells = new Map(block.cells);
      columns.forEach((name, column) => {
        const old = cells.get(name);
        if (old === undefined) return;
        cells.set(
          name,
          old.map((cell, row) => told.get(block.rows[row]?.id ?? "")?.cells[column] ?? cell),
        );
        this.see(
          name,
          rows.map((row) => row.cells[column] ?? null),
        );
      });
      this.blocks.set(at, { rows: block.rows.map((row) => told.get(row.id) ?? row), cells });
    }
  }

  /** After an error: ask again for what is wanted. */
  retry(): void {
    this.error = undefined;
    this.onChange();
  }

  /** Nobody looks at this any more. */
  end(): void {
    this.isEnded = true;
    for (const stop of this.asked.values()) stop.abort();
  }
}
