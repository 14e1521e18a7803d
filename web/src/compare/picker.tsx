// Choosing further runs by name.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Table } from "../api";
import { useAnswer } from "../load";
import { Status, clock, nameOf } from "../run/bits";
import { Failed } from "../states";

const LIMIT = 50;

/** The filter that finds runs by a part of their name or id, or by a tag. */
export const finding = (typed: string): string => {
  const text = JSON.stringify(typed.trim());
  return typed.trim() === "" ? "" : `contains(run.name, ${text}) or contains(run.id, ${text}) or ${text} in tags`;
};

/** A value that follows another after a moment of rest. */
function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), 150);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

export function Picker({
  ids,
  add,
  close,
}: {
  ids: readonly string[];
  add: (ids: readonly string[]) => void;
  close: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const where = finding(useRested(typed));
  const { data, error, retry } = useAnswer<Table>("/api/table", {
    where,
    sort: ["-run.created"],
    columns: [],
    offset: 0,
    limit: LIMIT,
  });
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const toggle = (id: string): void => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    setPicked(next);
  };
  const done = (): void => {
    if (picked.size > 0) add([...picked]);
    close();
  };
  return (
    <dialog class="picker" ref={dialog} onClose={close} aria-label="Add runs to the comparison">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <input
          type="search"
          autofocus
          placeholder="Name, id or tag"
          aria-label="Search runs"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {error !== undefined && <Failed error={error} retry={retry} />}
        <ul class="picker-list" aria-label="Runs found">
          {(data?.rows ?? []).map((row) => {
            const isThere = ids.includes(row.id);
            return (
              <li key={row.id}>
                <label class={isThere ? "picker-run is-there" : "picker-run"}>
                  <input
                    type="checkbox"
                    checked={isThere || picked.has(row.id)}
                    disabled={isThere}
                    onChange={() => toggle(row.id)}
                  />
                  <span class="picker-name" title={row.id}>
                    {nameOf(row)}
                  </span>
                  <span class="quiet picker-project">
                    {[row.project ?? "", ...row.tags].filter((text) => text !== "").join(" · ")}
                  </span>
                  <Status status={row.status} />
                  <span class="quiet number">{clock(row.created).slice(0, 16)}</span>
                </label>
              </li>
            );
          })}
        </ul>
        {data?.rows.length === 0 && <p class="quiet">No run has “{typed}” in its name or id, or as a tag.</p>}
        <div class="picker-foot">
          <span class="quiet" role="status">
            {data !== undefined && data.total > LIMIT
              ? `The newest ${LIMIT} of ${data.total.toLocaleString("en-US")}; search to find others.`
              : ""}
          </span>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={picked.size === 0}>
            Add {picked.size === 0 ? "" : picked.size}
          </button>
        </div>
      </form>
    </dialog>
  );
}
