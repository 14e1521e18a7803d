// One value in the comparison: how it looks, what it is against the baseline, and who set it.
import type { Line } from "../api";
import { ALL_DIGITS, Value, isUnset, textOf } from "../value";
import { delta } from "./difference";

interface ShownProps {
  readonly cell: Line["cells"][number] | undefined;
  readonly base: Line["cells"][number] | undefined;
  readonly digits: number;
  readonly isWide: boolean;
  readonly hasOrigin: boolean;
}

/** The file without its folders: a cell has no room for both, and the chain of a param tells all. */
const shortOrigin = (origin: string): string => origin.replace(/^.*\/(?=[^/]+:\d+$)/, "");

export function Shown({ cell, base, digits, isWide, hasOrigin }: ShownProps) {
  if (cell === undefined) return null;
  const change = base === undefined || base === cell ? undefined : delta(cell.value, base.value);
  return (
    <div class={isWide || !hasOrigin ? "compare-value is-line" : "compare-value"}>
      <span class="compare-what">
        <span class="compare-text mono" title={hasOrigin ? undefined : textOf(cell.value, ALL_DIGITS)}>
          <Value cell={cell.value} digits={digits} />
        </span>
        {change !== undefined && (
          <span class="compare-delta">
            {change.sum}
            {change.ratio !== "" && ` ${change.ratio}`}
          </span>
        )}
      </span>
      {hasOrigin && !isUnset(cell.value) && cell.origin !== undefined && (
        <span class={cell.level === undefined ? "badge" : `badge is-${cell.level}`}>{shortOrigin(cell.origin)}</span>
      )}
    </div>
  );
}
