// Runs side by side: what differs in config, results, code and machine, and their curves.
import { useMemo, useState } from "preact/hooks";
import { address, change, joinList, param } from "../address";
import type { Comparison, Table } from "../api";
import { Panel } from "../chart/panel";
import { marksOf } from "../chart/marks";
import { useSlowRevision } from "../chart/slow";
import { useAnswer } from "../load";
import { nameOf, useKeys } from "../run/bits";
import { Empty, Failed, Waiting } from "../states";
import { BELOW, Grid } from "./grid";
import { useMetrics } from "./metrics";
import { Picker } from "./picker";
import { comparing, setRuns } from "./state";
import { Tools } from "./tools";
import "../run/bits.css";
import "./compare.css";

const CURVES = 200; // of the runs; the server draws no more at once

export default function Screen() {
  const at = address.value;
  const state = useMemo(comparing, [at]);
  const [isPicking, setPicking] = useState(false);
  const hasEqual = state.isAll || state.hasOrigins;
  const slow = useSlowRevision();
  const asked = state.ids.length === 0 ? null : "/api/compare";
  const { data, error, retry, isLoading } = useAnswer<Comparison>(
    asked,
    { runs: state.ids, ignore: state.ignored, equal: hasEqual },
    slow,
  );
  const metrics = useMetrics(data);
  const marks = useMemo(() => marksOf((data?.runs ?? []).map(({ id }) => id)), [data]);
  useKeys({
    d: () => change({ d: state.isAll ? "" : "0" }),
    "/": (event) => {
      event.preventDefault();
      document.getElementById("compare-filter")?.focus();
    },
  });
  const picker = isPicking && (
    <Picker ids={state.ids} add={(ids) => setRuns([...state.ids, ...ids])} close={() => setPicking(false)} />
  );
  if (state.ids.length === 0)
    return (
      <>
        <h1 class="visually-hidden">Compare runs</h1>
        <Start pick={() => setPicking(true)} />
        {picker}
      </>
    );
  if (data === undefined)
    return error === undefined ? (
      <>
        <h1 class="visually-hidden">Compare runs</h1>
        <Waiting />
      </>
    ) : (
      <Failed error={error} retry={retry}>
        <button type="button" onClick={() => setRuns([])}>
          Choose other runs
        </button>
      </Failed>
    );
  const gone = isLoading ? [] : state.ids.filter((id) => data.runs.every((run) => run.id !== id));
  const drawn = data.runs
    .slice(0, CURVES)
    .map((run) => ({ id: run.id, label: nameOf(run), isLive: run.status === "running" }));
  return (
    <div class="compare">
      <h1 class="visually-hidden">Compare runs</h1>
      {error !== undefined && <Failed error={error} retry={retry} />}
      {gone.length > 0 && (
        <p class="compare-gone" role="alert">
          {gone.join(", ")} {gone.length === 1 ? "was" : "were"} not found.{" "}
          <button type="button" onClick={() => setRuns(state.ids.filter((id) => !gone.includes(id)))}>
            Take {gone.length === 1 ? "it" : "them"} out of the address
          </button>
        </p>
      )}
      <Tools
        data={data}
        state={state}
        pick={() => setPicking(true)}
        toMetrics={metrics === undefined || metrics.length === 0 ? undefined : toMetrics}
      />
      <div class="compare-said">
        <p class="compare-verdict" role="status">
          {data.runs.length === 1 ? "One run alone has nothing to differ from: add another." : data.verdict}
        </p>
        <OddLegend runs={data.runs.length} hasBaseline={state.baseline !== ""} />
      </div>
      <Grid data={data} state={state} marks={marks}>
        {data.runs.length > CURVES && (
          <p class="quiet panel-none">
            Curves of the first {CURVES} of {data.runs.length} runs; move a run to the left to see its curves.
          </p>
        )}
        {metrics !== undefined && <Panel runs={drawn} metrics={metrics} none="These runs have logged no metrics." />}
      </Grid>
      {picker}
    </div>
  );
}

function toMetrics(): void {
  const below = document.getElementById(BELOW);
  below?.scrollIntoView();
  below?.focus({ preventScroll: true });
}

/** What the colour of a cell says; two runs without a baseline have no odd one out. */
function OddLegend({ runs, hasBaseline }: { runs: number; hasBaseline: boolean }) {
  if (runs < (hasBaseline ? 2 : 3)) return null;
  return (
    <span class="compare-legend">
      <span class="compare-odd" aria-hidden="true" />
      {hasBaseline ? "differs from the baseline" : "the odd one out: unlike more than half of the runs"}
    </span>
  );
}

/** Without runs in the address: how to choose some. */
function Start({ pick }: { pick: () => void }) {
  const { data, error, retry } = useAnswer<Table>(
    "/api/table",
    { where: param("f"), sort: ["-run.created"], columns: [], offset: 0, limit: 2 },
    useSlowRevision(),
  );
  const newest = data?.rows ?? [];
  return (
    <Empty title="Which runs?">
      <p>
        On the Runs screen, press <kbd>x</kbd> on each run and then <kbd>c</kbd>. Or choose here; any number of runs can
        stand side by side.
      </p>
      {error !== undefined && <Failed error={error} retry={retry} />}
      <p class="compare-start">
        <button type="button" class={newest.length < 2 ? "primary" : ""} onClick={pick}>
          Choose runs…
        </button>
        {newest.length === 2 && (
          <button type="button" class="primary" onClick={() => change({ r: joinList(newest.map(({ id }) => id)) })}>
            Compare the newest two: {newest.map(nameOf).join(" and ")}
          </button>
        )}
      </p>
    </Empty>
  );
}
