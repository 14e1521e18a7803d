// Explore: which settings matter, seen in the lines of many runs at once.
import "./explore.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Importance, KeyInfo, Keys } from "../api";
import { type Answer, useAnswer } from "../load";
import { NoMatch, NoRuns } from "../runs/nothing";
import "../runs/runs.css";
import { Empty, Failed, Waiting } from "../states";
import { whereOf } from "../where";
import { brushesFrom } from "./brush";
import { firstKeys, likelyMetric, useFrame } from "./data";
import { Explorer } from "./explorer";
import { type Metric, naturalMetric, readSettings, type Settings, type Wanted } from "./settings";
import { useRound } from "./round";

const PATIENCE_MS = 1200; // how long the first axes wait for importance, rather than change under the pointer

/** The axes to begin with: keys by their importance, then others that vary; the metric last. Chosen once a metric. */
function useFirstAxes(
  keys: Keys | undefined,
  importance: Answer<Importance>,
  metric: Metric | null,
  most: number,
): readonly Wanted[] | null {
  const [held, setHeld] = useState<{ metric: string; names: readonly string[] } | null>(null);
  const [isLate, setLate] = useState(false);
  const name = metric?.name ?? "";
  useEffect(() => {
    setLate(false);
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [name, keys === undefined]);
  const ranked = importance.data?.metric === name ? importance.data.params : [];
  const isReady =
    keys !== undefined && (name === "" || importance.error !== undefined || importance.data?.metric === name || isLate);
  useEffect(() => {
    if (keys === undefined || !isReady || held?.metric === name) return;
    setHeld({ metric: name, names: firstKeys(keys, ranked) });
  }, [keys, isReady, name]);
  return useMemo(() => {
    if (held?.metric !== name) return null;
    return [...held.names.slice(0, most), ...(name === "" ? [] : [name])].map((one) => ({ name: one }));
  }, [held, name, most]);
}

const roomForAxes = (): number => Math.max(3, Math.min(8, Math.floor((innerWidth - 92) / 110)));

/** How many axes fit beside the metric's, again whenever the window gets another size. */
function useRoomForAxes(): number {
  const [most, setMost] = useState(roomForAxes);
  useEffect(() => {
    const look = (): void => setMost(roomForAxes());
    addEventListener("resize", look);
    return () => removeEventListener("resize", look);
  }, []);
  return most;
}

/** All keys whose values any part of the screen shows. */
function neededKeys(
  settings: Settings,
  axes: readonly Wanted[],
  metric: Metric | null,
  x: Wanted,
  y: Wanted,
  spread: string,
): string[] {
  const brushed = [...brushesFrom(settings.brushes).keys()];
  const names = [
    ...axes.map(({ name }) => name),
    metric?.name ?? "",
    settings.colour,
    settings.size,
    x.name,
    y.name,
    spread,
    ...brushed,
  ];
  return [...new Set(names.filter((name) => name !== ""))];
}

export default function Screen() {
  const settings = readSettings();
  const where = whereOf();
  const { round, news, refresh } = useRound();
  const keys = useAnswer<Keys>(`/api/keys?where=${encodeURIComponent(where)}`, undefined, round);
  const likely = keys.data === undefined ? null : likelyMetric(keys.data.keys);
  const metric = settings.metric ?? (likely === null ? null : naturalMetric(likely));
  const importance = useAnswer<Importance>(
    metric === null ? null : "/api/importance",
    { where, metric: metric?.name ?? "" },
    round,
  );
  const most = useRoomForAxes();
  const first = useFirstAxes(keys.data, importance, metric, most);
  const axes = settings.axes.length > 0 ? settings.axes : first;
  const known = new Set(keys.data?.keys.map(({ name }) => name));
  const x = settings.x ?? axes?.find(({ name }) => name !== metric?.name) ?? { name: metric?.name ?? "" };
  const y = settings.y ?? { name: metric?.name ?? axes?.at(-1)?.name ?? "" };
  const spread = settings.spread === "" ? x.name : settings.spread;
  const names =
    axes === null || keys.data === undefined
      ? []
      : neededKeys(settings, axes, metric, x, y, spread).filter((name) => known.has(name) || isRunFact(name));
  const asked = useFrame(names.length === 0 ? null : where, names, round);
  if (keys.error !== undefined && keys.data === undefined) return <Failed error={keys.error} retry={keys.retry} />;
  if (keys.data?.total === 0) return where === "" ? <NoRuns /> : <NoMatch />;
  if (keys.data !== undefined && axes?.length === 0) return <NothingVaries keys={keys.data.keys} />;
  return (
    <div class="explore">
      <h1 class="visually-hidden">Explore</h1>
      {[asked, keys].map(
        ({ error, retry }, at) => error !== undefined && <Failed key={at} error={error} retry={retry} />,
      )}
      {asked.frame === undefined || axes === null || keys.data === undefined ? (
        asked.error === undefined && <Waiting lines={12} />
      ) : (
        <Explorer
          settings={settings}
          keys={keys.data.keys}
          metric={metric}
          axes={axes}
          importance={importance}
          frame={asked.frame}
          x={x}
          y={y}
          spread={spread}
          isLoading={asked.isLoading}
          news={news}
          onRefresh={refresh}
        />
      )}
    </div>
  );
}

const isRunFact = (name: string): boolean => name.startsWith("run.");

function NothingVaries({ keys }: { keys: readonly KeyInfo[] }) {
  return (
    <Empty title="Nothing varies">
      <p>
        All runs here have the same {keys.filter(({ scope }) => scope === "config").length.toLocaleString("en")} params,
        so there is nothing to explore. Widen the filter, or try other values.
      </p>
    </Empty>
  );
}
