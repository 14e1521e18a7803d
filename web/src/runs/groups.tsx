// Runs in groups of equal values, each with the spread of its results; a group opens on its runs.
import { useState } from "preact/hooks";
import { change, param } from "../address";
import type { Cell, Group, Groups as GroupsAnswer, Row, Stats, Table } from "../api";
import { addClause } from "../filter/clause";
import { refreshes } from "../live";
import { useAnswer } from "../load";
import { clock, nameOf, Status } from "../run/bits";
import { Link } from "../shell";
import { Empty, Failed, Waiting } from "../states";
import { digitsFor, floatText, Value } from "../value";
import { joinWhere } from "../where";
import { since, Swatch, titleOf } from "./cells";
import { leafOf } from "../key";
import type { Grouping } from "./layout";
import { colourOf } from "../colour";
import { COUNT, keysOf, type ShownGroups } from "./use-groups";

const RUNS = 20;
/** Of so many keys, as when grouping by all but one, the results stand first. */
const areMany = (names: readonly string[]): boolean => names.length > 6;

/** `digits` with which no two means look alike. */
function Spread({ stats, digits }: { stats: Stats | null | undefined; digits: number }) {
  if (stats == null)
    return (
      <span class="value-unset" aria-label="not set">
        —
      </span>
    );
  return (
    <span title={`${stats.count.toLocaleString("en")} runs, from ${stats.min} to ${stats.max}`}>
      <span class="rt-mean">
        {floatText(stats.mean, digits)}
        {stats.spread !== null && <span class="quiet"> ± {floatText(stats.spread, 2)}</span>}
      </span>
      {stats.count > 1 && (
        <span class="rt-range">
          {floatText(stats.min, 3)} … {floatText(stats.max, 3)}
        </span>
      )}
    </span>
  );
}

export function Groups({
  shown,
  grouping,
  linkTo,
}: {
  shown: ShownGroups;
  grouping: Grouping;
  linkTo: (id: string) => string;
}) {
  const { data, error, retry, isLoading } = shown.answer;
  if (data === undefined) return error === undefined ? <Waiting lines={12} /> : <Failed error={error} retry={retry} />;
  return (
    <div class={`rt-groups${isLoading ? " is-old" : ""}`} tabIndex={0} role="region" aria-label="Groups of runs">
      {error !== undefined && <Failed error={error} retry={retry} />}
      {data.groups.length === 0 ? (
        <Empty title="No groups">
          <p>No run passes the filter.</p>
        </Empty>
      ) : (
        <GroupTable data={data} shown={shown} grouping={grouping} linkTo={linkTo} />
      )}
      {data.total > data.groups.length && (
        <p class="quiet rt-groups-more">
          The first {data.groups.length.toLocaleString("en")} of {data.total.toLocaleString("en")} groups. Narrow the
          filter, or group by fewer keys.
        </p>
      )}
    </div>
  );
}

function GroupTable({
  data: { groups },
  shown: { metrics, sort, bestBy },
  grouping,
  linkTo,
}: {
  data: GroupsAnswer;
  shown: ShownGroups;
  grouping: Grouping;
  linkTo: (id: string) => string;
}) {
  const names = keysOf(groups, grouping);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const digits = metrics.map((name) => digitsFor(groups.flatMap(({ stats }) => stats[name]?.mean ?? [])));
  const toggle = (clause: string): void => {
    const next = new Set(open);
    if (!next.delete(clause)) next.add(clause);
    setOpen(next);
  };
  const width = names.length + metrics.length + 3;
  const keyHeads = names.map((name) =>
    grouping.isBut ? (
      <th key={name} scope="col" title={name}>
        <HeadText name={name} />
      </th>
    ) : (
      <SortHead key={name} name={name} sort={sort} what={name} />
    ),
  );
  const best = useAnswer<{ rows: readonly Row[] }>("/api/rows", {
    ids: groups.flatMap((group) => group.best ?? []),
    columns: [],
  });
  const nameOfBest = new Map(best.data?.rows.map((row) => [row.id, nameOf(row)]));
  return (
    <table class="rt-group-table">
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">Open</span>
          </th>
          {!areMany(names) && keyHeads}
          <SortHead name={COUNT} label="runs" sort={sort} what="the number of runs" isNumber />
          {metrics.map((name) => (
            <SortHead key={name} name={name} sort={sort} what={`the mean of ${name}`} isNumber />
          ))}
          <th scope="col" title={bestBy === undefined ? undefined : `Sort by another result to have the best by that`}>
            {bestBy !== undefined && <span class="rt-th-parent">by {leafOf(bestBy).leaf}</span>}
            best run
          </th>
          {areMany(names) && keyHeads}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <GroupRows
            key={group.clause}
            group={group}
            names={names}
            metrics={metrics}
            digits={digits}
            width={width}
            isOpen={open.has(group.clause)}
            best={nameOfBest.get(group.best ?? "") ?? group.best}
            toggle={() => toggle(group.clause)}
            linkTo={linkTo}
          />
        ))}
      </tbody>
    </table>
  );
}

const HeadText = ({ name }: { name: string }) => (
  <>
    <span class="rt-th-parent">{leafOf(name).parent}</span>
    {leafOf(name).leaf}
  </>
);

function SortHead({
  name,
  label,
  sort,
  what,
  isNumber = false,
}: {
  name: string;
  label?: string;
  sort: string;
  what: string;
  isNumber?: boolean;
}) {
  const next = sort === `-${name}` ? name : sort === name ? "" : `-${name}`;
  return (
    <th
      scope="col"
      class={isNumber ? "is-number" : undefined}
      aria-sort={sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none"}
    >
      <button type="button" class="plain" title={`Sort by ${what}`} onClick={() => change({ gs: next }, true)}>
        {label ?? <HeadText name={name} />}
        <span aria-hidden="true">{sort === name ? " ↑" : sort === `-${name}` ? " ↓" : ""}</span>
      </button>
    </th>
  );
}

interface GroupProps {
  readonly group: Group;
  readonly names: readonly string[];
  readonly metrics: readonly string[];
  readonly digits: readonly number[];
  readonly width: number;
  readonly isOpen: boolean;
  /** The best run's name. */
  readonly best: string | null;
  readonly toggle: () => void;
  readonly linkTo: (id: string) => string;
}

const UNSET: Cell = { $: "unset", text: "" };

function GroupRows({ group, names, metrics, digits, width, isOpen, best, toggle, linkTo }: GroupProps) {
  const values = names.map((name) => (
    <td key={name} class="rt-group-text" title={titleOf(group.values[name])}>
      <Value cell={group.values[name] ?? (name in group.values ? null : UNSET)} />
    </td>
  ));
  return (
    <>
      <tr class="rt-group">
        <td>
          <button
            type="button"
            class="plain rt-open"
            aria-expanded={isOpen}
            aria-label={isOpen ? "Hide the runs" : "Show the runs"}
            onClick={toggle}
          >
            {isOpen ? "▾" : "▸"}
          </button>
        </td>
        {!areMany(names) && values}
        <td class="is-number">{group.count.toLocaleString("en")}</td>
        {metrics.map((name, at) => (
          <td key={name} class="is-number">
            <Spread stats={group.stats[name]} digits={Math.min(digits[at] ?? 4, 6)} />
          </td>
        ))}
        <td class="rt-group-text" title={best ?? undefined}>
          {group.best !== null && (
            <>
              <Swatch colour={colourOf(group.best)} /> <Link to={linkTo(group.best)} label={best ?? group.best} />
            </>
          )}
        </td>
        {areMany(names) && values}
      </tr>
      {isOpen && (
        <tr class="rt-members">
          <td />
          <td colSpan={width - 1}>
            <Members group={group} metrics={metrics} linkTo={linkTo} />
          </td>
        </tr>
      )}
    </>
  );
}

function Members({
  group,
  metrics,
  linkTo,
}: {
  group: Group;
  metrics: readonly string[];
  linkTo: (id: string) => string;
}) {
  const where = joinWhere(addClause(param("f"), group.clause), param("p"));
  const { data, error, retry } = useAnswer<Table>(
    "/api/table",
    { where, sort: [], columns: metrics, offset: 0, limit: RUNS },
    refreshes.value,
  );
  if (data === undefined) return error === undefined ? <Waiting lines={3} /> : <Failed error={error} retry={retry} />;
  const digits = metrics.map((_, column) => digitsFor(data.rows.map(({ cells }) => cells[column] ?? null)));
  return (
    <>
      <table class="rt-members-table">
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col">status</th>
            <th scope="col">started</th>
            {metrics.map((name) => (
              <th key={name} scope="col" class="is-number">
                {leafOf(name).leaf}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row) => (
            <tr key={row.id}>
              <td>
                <Swatch colour={colourOf(row.id)} /> <Link to={linkTo(row.id)} label={nameOf(row)} />
                {row.id === group.best && <span class="rt-best">best</span>}
              </td>
              <td>
                <Status status={row.status} />
              </td>
              <td title={clock(row.created)}>{since(row.created)}</td>
              {metrics.map((name, column) => (
                <td key={name} class="is-number">
                  <Value cell={row.cells[column] ?? null} digits={digits[column] ?? 4} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <button
        type="button"
        class="plain quiet"
        onClick={() => change({ f: addClause(param("f"), group.clause), g: "" })}
      >
        {data.total > data.rows.length
          ? `Show all ${data.total.toLocaleString("en")} runs in the table`
          : "Show in the table"}
      </button>
    </>
  );
}
