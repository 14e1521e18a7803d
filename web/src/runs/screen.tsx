// Runs: all that were recorded, in a table that is filtered, sorted, grouped and arranged as one likes.
import "../run/bits.css";
import "./runs.css";
import { useEffect, useState } from "preact/hooks";
import { param, splitList } from "../address";
import { newRuns, refresh } from "../live";
import { Failed, Waiting } from "../states";
import { isViewsKnown } from "../views";
import { joinWhere } from "../where";
import { useColouring } from "./colouring";
import { isLocal } from "./columns";
import { useDiffering } from "./differing";
import { Facets } from "./facets";
import { Groups } from "./groups";
import { groupingOf } from "./layout";
import { runLink } from "./links";
import { NoMatch, NoRuns, Unreadable } from "./nothing";
import { selected } from "./selection";
import { SelectionBar } from "./selection-bar";
import { TableView, useScreenKeys } from "./table-view";
import { Toolbar } from "./toolbar";
import { News } from "../frame/news";
import { useColumns } from "./use-columns";
import { useExport } from "./use-export";
import { useGroups } from "./use-groups";
import { useRows } from "./use-rows";

/** What the table asks for; nothing before it is known which columns the user keeps. */
function useTable() {
  const where = joinWhere(param("f"), param("p"));
  const sort = splitList(param("s"));
  const [asked, setAsked] = useState<readonly string[] | null>(null);
  const shown = useRows(isViewsKnown.value ? { where, sort } : null, asked);
  const before = useColumns(shown.rows, null);
  const differing = useDiffering(param("d") === "1", where, before.chosen);
  const table = useColumns(shown.rows, differing.names);
  const wanted = table.asked?.filter((name) => !isLocal(name)) ?? null;
  if (JSON.stringify(wanted) !== JSON.stringify(asked)) setAsked(wanted);
  return { where, sort, shown, table, differing };
}

export default function Screen() {
  const { where, sort, shown, table, differing } = useTable();
  const { rows, error } = shown;
  useScreenKeys();
  const grouping = groupingOf(param("g"));
  const colouring = useColouring(rows, param("h"), where);
  const groups = useGroups(where, grouping);
  const names = table.columns.map(({ name }) => name);
  const saving = useExport({ where, sort }, names);
  const ids = [...selected.value.keys()];
  const isEmpty = rows?.total === 0 && !shown.isOld;
  const news = isEmpty ? newRuns.value : 0;
  useEffect(() => {
    if (news > 0) refresh(); // nothing is there that could move
  }, [news]);
  return (
    <div class="rt">
      <h1 class="visually-hidden">Runs</h1>
      <div class={`rt-bars${ids.length > 0 ? " has-selection" : ""}`}>
        <Toolbar
          where={where}
          total={rows?.total}
          columns={table.chosen}
          shown={names}
          onChoose={table.choose}
          metrics={groups.metrics}
          differing={differing}
          colouring={colouring}
          hasFacets={table.hasFacets}
          onFacets={() => table.setFacets(!table.hasFacets)}
          onExport={(format) =>
            grouping === null ? void saving.save(where, format) : saving.saveGroups(groups, grouping, format)
          }
        >
          <News />
          {saving.told !== "" && (
            <span class="quiet" role="status">
              {saving.told}
            </span>
          )}
        </Toolbar>
        {ids.length > 0 && (
          <SelectionBar ids={ids} onExport={(among) => void saving.save(among, "csv")} onTagged={shown.renew} />
        )}
      </div>
      {error !== undefined && error.column === undefined && (
        <Failed error={error} retry={shown.retry}>
          {rows !== undefined && shown.isOld && <span>What is shown are the rows from before, in their order.</span>}
        </Failed>
      )}
      {saving.error !== undefined && <Failed error={saving.error} />}
      <div class="rt-main">
        {table.hasFacets && rows !== undefined && !isEmpty && <Facets where={where} />}
        <div class="rt-content">
          {rows === undefined ? (
            error?.column !== undefined ? (
              <Unreadable />
            ) : (
              error === undefined && <Waiting lines={14} />
            )
          ) : isEmpty ? (
            where === "" ? (
              <NoRuns />
            ) : (
              <NoMatch />
            )
          ) : grouping !== null ? (
            <Groups shown={groups} grouping={grouping} linkTo={runLink} />
          ) : (
            <TableView rows={rows} shown={shown} table={table} sort={sort} colouring={colouring} />
          )}
        </div>
      </div>
    </div>
  );
}
