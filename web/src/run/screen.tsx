// All of one run.
import { useEffect, useMemo } from "preact/hooks";
import { address, change, href, param } from "../address";
import type { Run } from "../api";
import { Panel } from "../chart/panel";
import { useSlowRevision } from "../chart/slow";
import { useAnswer } from "../load";
import { Link } from "../shell";
import { Failed, Waiting } from "../states";
import { Again, Damage } from "./again";
import { nameOf, useKeys } from "./bits";
import { Config } from "./config";
import { Drawer } from "./drawer";
import { Environment } from "./environment";
import { Header } from "./header";
import { Processes } from "./processes";
import { Results } from "./results";
import "./bits.css";
import "./run.css";

interface Tab {
  readonly name: string;
  readonly title: string;
  readonly count: (run: Run) => number | undefined;
}
const TABS: readonly Tab[] = [
  { name: "config", title: "Config", count: (run) => run.params.length },
  { name: "results", title: "Results", count: (run) => run.summary.length },
  { name: "metrics", title: "Metrics", count: (run) => run.metrics.length },
  { name: "environment", title: "Environment", count: () => undefined },
  { name: "processes", title: "Processes", count: (run) => run.writers.length },
  { name: "damage", title: "Damage", count: (run) => run.damage + run.lost || undefined },
  { name: "again", title: "Run it again", count: () => undefined },
];

export default function Screen() {
  const id = decodeURIComponent(address.value.path.split("/")[2] ?? "");
  const { data, error, retry } = useAnswer<Run>(
    id === "" ? null : `/api/run/${encodeURIComponent(id)}`,
    undefined,
    useSlowRevision(),
  );
  useKeys({
    d: () => change({ da: param("da") === "1" ? "" : "1" }),
    Escape: () => change({ k: "" }),
    "/": (event) => {
      const search =
        document.getElementById("run-search") ?? document.querySelector<HTMLElement>(".run-body input[type=search]");
      if (search === null) return;
      event.preventDefault();
      search.focus();
    },
  });
  const run = data?.id === id ? data : undefined;
  useEffect(() => {
    if (run !== undefined) document.title = `${nameOf(run)} · setpoint`;
    return () => {
      document.title = "setpoint";
    };
  }, [run]);
  if (id === "")
    return (
      <div class="run-none">
        <p>
          Which run? <Link to="/runs" label="Choose one" />
        </p>
      </div>
    );
  if (run === undefined) {
    if (error === undefined)
      return (
        <>
          <h1 class="visually-hidden">Run</h1>
          <Waiting />
        </>
      );
    return (
      <>
        <h1 class="visually-hidden">Run</h1>
        <Failed error={error} retry={retry}>
          <Link to="/runs" label="All runs" />
        </Failed>
      </>
    );
  }
  const chosen = TABS.find(({ name }) => name === param("t")) ?? TABS[0];
  return (
    <div class="run">
      {error !== undefined && <Failed error={error} retry={retry} />}
      <Header run={run} done={retry} />
      <nav class="tabs" aria-label="Parts of the run">
        {TABS.map(({ name, title, count }) => {
          const number = count(run);
          const to = href(
            address.value.path,
            [...address.value.params]
              .filter(([part]) => part !== "q" && part !== "k" && part !== "t")
              .concat([["t", name === "config" ? "" : name]]),
          );
          return (
            <span key={name} class={name === "damage" && number !== undefined ? "tab is-bad" : "tab"}>
              <Link
                to={to}
                label={number === undefined ? title : `${title} ${number}`}
                current={name === chosen?.name}
              />
            </span>
          );
        })}
      </nav>
      <div class={param("k") !== "" && chosen?.name === "config" ? "run-body has-drawer" : "run-body"}>
        <Part name={chosen?.name ?? "config"} run={run} />
      </div>
    </div>
  );
}

function Part({ name, run }: { name: string; run: Run }) {
  const curves = useMemo(
    () => [{ id: run.id, label: nameOf(run), isLive: run.finished === null }],
    [run.id, run.finished],
  );
  if (name === "results") return <Results run={run} />;
  if (name === "metrics")
    return (
      <div class="run-scroll">
        <Panel
          runs={curves}
          metrics={run.metrics.map((metric) => metric.name)}
          none="No metrics yet. run.log({...}) records them."
        />
      </div>
    );
  if (name === "environment") return <Environment run={run} />;
  if (name === "processes") return <Processes run={run} />;
  if (name === "damage") return <Damage run={run} />;
  if (name === "again") return <Again run={run} />;
  return (
    <>
      <Config run={run} />
      <Drawer run={run} />
    </>
  );
}
