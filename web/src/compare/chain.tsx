// How a param of a run came to its value: each change with who made it, beside the cell that it is about.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { History } from "../api";
import { useAnswer } from "../load";
import { clock } from "../run/bits";
import { ALL_DIGITS, Value } from "../value";

export interface ChainAt {
  readonly run: string;
  readonly name: string;
  readonly key: string;
  readonly box: { readonly left: number; readonly top: number; readonly bottom: number };
}

export function Chain({ at, close }: { at: ChainAt; close: () => void }) {
  const home = useRef<HTMLDivElement>(null);
  const { data, error } = useAnswer<History>(
    `/api/run/${encodeURIComponent(at.run)}/history?key=${encodeURIComponent(at.key)}`,
  );
  const changes = data?.key === at.key ? data.changes : undefined;
  useLayoutEffect(() => {
    const box = home.current;
    if (box === null) return;
    const { width, height } = box.getBoundingClientRect();
    const isBelow = at.box.bottom + 4 + height < innerHeight;
    box.style.left = `${Math.max(8, Math.min(at.box.left, innerWidth - width - 8))}px`;
    box.style.top = `${isBelow ? at.box.bottom + 4 : Math.max(8, at.box.top - height - 4)}px`;
  }, [at, changes, error]);
  return (
    <div class="chain" ref={home} role="tooltip" id="chain" onMouseLeave={close}>
      <div class="chain-head">
        <code>{at.key}</code> <span class="quiet">in {at.name}</span>
      </div>
      {error !== undefined && <p class="quiet">{error.message}</p>}
      {changes?.length === 0 && <p class="quiet">Not set in this run.</p>}
      {changes !== undefined && changes.length > 0 && (
        <ol class="chain-list">
          {changes.map(({ value, origin, level, time, writer, step, deleted }, number) => (
            <li key={number} class={number === changes.length - 1 ? "is-last" : ""}>
              <span class="chain-value mono">
                {deleted ? <i>deleted</i> : <Value cell={value} digits={ALL_DIGITS} />}
              </span>
              <span class="chain-origin">
                <code>{origin}</code> <span class={`level is-${level}`}>{level}</span>
              </span>
              <span class="quiet">
                {[time === null ? "" : clock(time), step === null ? "" : `step ${step}`, number === 0 ? "" : writer]
                  .filter((text) => text !== "")
                  .join(" · ")}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
