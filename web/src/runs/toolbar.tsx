// Above the table: how many runs, and what of them is shown.
import type { ComponentChildren } from "preact";
import { change, joinList, param, splitList } from "../address";
import { Menu } from "../run/bits";
import { ColumnPicker } from "./column-picker";
import type { Colouring } from "./colouring";
import type { Differing } from "./differing";
import type { Format } from "./export";
import { groupingOf } from "./layout";
import { GroupChoice, KeyChoice } from "./menus";
import { MetricPicker } from "./metric-picker";
import { headOf, NAME, sortKey } from "./columns";
import { Swatch } from "./cells";

interface Props {
  readonly where: string;
  readonly total: number | undefined;
  /** The columns that were chosen, and those that are shown. */
  readonly columns: readonly string[];
  readonly shown: readonly string[];
  readonly onChoose: (names: readonly string[] | null) => void;
  /** The metrics that groups tell of. */
  readonly metrics: readonly string[];
  readonly differing: Differing;
  readonly colouring: Colouring;
  readonly hasFacets: boolean;
  readonly onFacets: () => void;
  readonly onExport: (format: Format) => void;
  readonly children?: ComponentChildren;
}

/** Leaf names, or whole ones where two leaves are the same. */
function shortNames(names: readonly string[]): string {
  const leaves = names.map((name) => headOf(name).leaf);
  return (new Set(leaves).size < names.length ? names : leaves).join(", ");
}

/** Sort terms whose columns are not there to show them. */
function HiddenSort({ columns }: { columns: readonly string[] }) {
  const sort = splitList(param("s"));
  const hidden = sort.filter((term) => sortKey(term) !== NAME && !columns.includes(sortKey(term)));
  if (hidden.length === 0) return null;
  return (
    <button
      type="button"
      class="rt-sorted"
      title="Sort as usual, the newest first"
      onClick={() => change({ s: joinList(sort.filter((term) => !hidden.includes(term))) })}
    >
      {hidden.map((term) => `${sortKey(term)} ${term.startsWith("-") ? "↓" : "↑"}`).join(", ")}{" "}
      <span aria-hidden="true">×</span>
    </button>
  );
}

export function Toolbar(props: Props) {
  const { where, total, columns, differing, colouring, hasFacets } = props;
  const grouping = groupingOf(param("g"));
  const isOnly = param("d") === "1";
  const colour = param("h");
  const grouped = grouping === null ? "Group" : `${grouping.isBut ? "All except" : "By"} ${shortNames(grouping.keys)}`;
  return (
    <div class="rt-toolbar">
      <div class="rt-toolbar-start">
        <button type="button" aria-pressed={hasFacets} title="Values beside the table" onClick={props.onFacets}>
          Values
        </button>
        <span class="rt-count" role="status" aria-live="polite">
          {total === undefined ? "" : `${total.toLocaleString("en")} ${total === 1 ? "run" : "runs"}`}
        </span>
        {grouping === null && <HiddenSort columns={props.shown} />}
        {props.children}
      </div>
      <span class="rt-space" />
      {colouring.legend.length > 0 && (
        <span class="rt-legend" aria-label={`Colours of ${colour}`} role="group">
          {colouring.legend.map(({ label, colour: of }) => (
            <span key={of}>
              <Swatch colour={of} />
              {label}
            </span>
          ))}
        </span>
      )}
      {grouping === null && (
        <button
          type="button"
          aria-pressed={isOnly}
          onClick={() => change({ d: isOnly ? "" : "1" })}
          title={`Show the columns that differ among the ${differing.isOfSelection ? "selected" : "listed"} runs (d)${differing.count > 200 ? `: the first 200 of ${differing.count}` : ""}`}
        >
          Only differing
        </button>
      )}
      <Menu label="Columns" title={grouping === null ? "Choose columns" : "Choose results"}>
        {grouping === null ? (
          <ColumnPicker where={where} chosen={columns} onChoose={props.onChoose} />
        ) : (
          <MetricPicker where={where} chosen={props.metrics} />
        )}
      </Menu>
      <Menu label={grouped} title="Group runs (g)" isActive={grouping !== null}>
        <GroupChoice where={where} grouping={grouping} onChange={(g) => change({ g })} />
      </Menu>
      {grouping === null && (
        <Menu
          label={colour === "" ? "Colour" : `Colour: ${headOf(colour).leaf}`}
          title="Colour runs by a key"
          isActive={colour !== ""}
        >
          <KeyChoice
            where={where}
            label="Colour by"
            value={colour}
            none="Each run its own"
            onPick={(h) => change({ h })}
          />
        </Menu>
      )}
      <Menu label="Export" title={`Save ${grouping === null ? "what is shown" : "the groups"} as a file`}>
        <button type="button" class="plain" onClick={() => props.onExport("csv")}>
          CSV
        </button>
        <button type="button" class="plain" onClick={() => props.onExport("jsonl")}>
          JSON lines
        </button>
      </Menu>
    </div>
  );
}
