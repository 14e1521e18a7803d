// What stands in a row: its name with the run's colour, facts about the run, and values.
import type { Cell, Row } from "../api";
import { ago, clock, reasonOf, Status } from "../run/bits";
import { textOf, Value } from "../value";
import { CREATED, NOTES, STATUS, TAGS } from "./columns";
import type { Look } from "./rows";

const MOST_CHIPS = 3;

export const Swatch = ({ colour }: { colour: string }) => (
  <span
    class="rt-swatch"
    aria-hidden="true"
    ref={(own) => {
      if (own !== null) own.style.background = colour;
    }}
  />
);

/** Tells that records of a run can't be read or were lost. */
export function Damage({ row }: { row: Row }) {
  if (row.damage === 0 && row.lost === 0) return null;
  const said = [
    row.damage > 0 ? `${row.damage.toLocaleString("en")} ${row.damage === 1 ? "place" : "places"} can't be read` : "",
    row.lost > 0 ? `${row.lost.toLocaleString("en")} ${row.lost === 1 ? "record was" : "records were"} lost` : "",
  ]
    .filter((text) => text !== "")
    .join("; ");
  return (
    <span class="rt-damage" role="img" title={said} aria-label={said}>
      ⚠ {row.damage + row.lost}
    </span>
  );
}

const MONTH_MS = 30 * 86_400_000;

/** How long ago; of what is older than a month the day, which says more than "1073 d ago". */
export const since = (ms: number, now = Date.now()): string =>
  now - ms > MONTH_MS ? clock(ms).slice(0, "2026-11-24".length) : ago(ms, now);

function Tags({ row }: { row: Row }) {
  const more = row.tags.length - MOST_CHIPS;
  return (
    <span class="rt-tags" title={row.tags.join(", ")}>
      {row.tags.slice(0, MOST_CHIPS).map((tag) => (
        <span key={tag} class="rt-tag">
          {tag}
        </span>
      ))}
      {more > 0 && <span class="quiet">+{more}</span>}
    </span>
  );
}

/** The content of one cell; `cell` undefined where the value is still on its way. */
export function Content({ row, name, cell, look }: { row: Row; name: string; cell: Cell | undefined; look: Look }) {
  switch (name) {
    case STATUS:
      return (
        <span title={reasonOf(row)}>
          <Status status={row.status} />
        </span>
      );
    case CREATED:
      return (
        <time dateTime={new Date(row.created).toISOString()} title={clock(row.created)}>
          {since(row.created)}
        </time>
      );
    case TAGS:
      return <Tags row={row} />;
    case NOTES:
      return <span title={row.notes ?? undefined}>{row.notes?.split("\n")[0]}</span>;
    default:
      return cell === undefined ? <span class="rt-coming" /> : <Value cell={cell} digits={look.digits} />;
  }
}

/** A text that is too long for its cell is told whole when pointed at. */
export const titleOf = (cell: Cell | undefined): string | undefined =>
  typeof cell === "string" || (typeof cell === "object" && cell !== null && cell.$ !== "unset")
    ? textOf(cell)
    : undefined;
