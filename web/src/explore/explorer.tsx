// The screen once its runs are there: drawings, table and what links them.
import { effect } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { change, go, param } from "../address";
import type { Importance, KeyInfo } from "../api";
import { useKeys } from "../keys";
import type { Answer } from "../load";
import { compareLink } from "../runs/selection-bar";
import type { Axis } from "./axis";
import { type Bits, noBits } from "./bits";
import { brushesFrom, brushesText } from "./brush";
import type { IsBoolean } from "./clause";
import { Controls } from "./controls";
import type { Frame } from "./frame";
import { ImportancePanel } from "./importance-panel";
import { lassoBits } from "./lasso";
import { type Corner, cornersFrom, cornersText, polygonOn } from "./lasso-corners";
import { Marking } from "./marking";
import { MarksBar } from "./marks-bar";
import { Painter } from "./painter";
import { Parallel } from "./parallel";
import { type Option, optionOf } from "./picker";
import { topBits } from "./ranking";
import { RunsTable } from "./runs-table";
import { ScatterPanel } from "./scatter-panel";
import { placesAlong, X_SALT, Y_SALT } from "./scatter-place";
import { axesText, type Metric, setAxes, setChosen, type Settings, type Wanted } from "./settings";
import { Side } from "./side";
import { SpreadPanel } from "./spread-panel";
import { currentLook, themeChanges } from "./theme";
import { useView, type View } from "./view";

export interface ExplorerProps {
  readonly settings: Settings;
  readonly keys: readonly KeyInfo[];
  readonly metric: Metric | null;
  readonly axes: readonly Wanted[];
  readonly importance: Answer<Importance>;
  readonly frame: Frame;
  readonly x: Wanted;
  readonly y: Wanted;
  readonly spread: string;
  readonly isLoading: boolean;
  readonly news: string;
  readonly onRefresh: () => void;
}

function usePainter(): Painter {
  const [painter] = useState(() => new Painter());
  useEffect(() => () => painter.end(), [painter]);
  return painter;
}

/** Tell the worker of colours, in the theme that is on. */
function useColours(painter: Painter, { colouring }: View): void {
  const theme = themeChanges.value;
  useEffect(() => painter.tell({ kind: "classes", classes: colouring.classes }), [painter, colouring.classes]);
  useEffect(() => painter.tell({ kind: "look", look: currentLook(colouring.kind) }), [painter, colouring.kind, theme]);
}

function useLasso(view: View, settings: Settings, x: Wanted, y: Wanted): Bits | null {
  const [xAxis, yAxis] = [view.axisFor(x), view.axisFor(y)];
  return useMemo(() => {
    const corners = cornersFrom(settings.lasso);
    if (corners.length === 0 || xAxis === null || yAxis === null) return null;
    const polygon = polygonOn(corners, xAxis, yAxis);
    if (polygon.length === 0) return noBits(view.size); // no run here has the values that it lies around
    return lassoBits(polygon, placesAlong(xAxis, view.grains, X_SALT), placesAlong(yAxis, view.grains, Y_SALT));
  }, [settings.lasso, xAxis, yAxis, view.grains]);
}

/** The marked runs, kept in step with the address and told to the worker. */
function useMarking(
  painter: Painter,
  view: View,
  settings: Settings,
  wanted: readonly Wanted[],
  x: Wanted,
  y: Wanted,
): Marking {
  const [marking] = useState(() => new Marking());
  const lasso = useLasso(view, settings, x, y);
  const { metricColumn, order } = view;
  const top = useMemo(
    () => (settings.top < 100 && metricColumn !== undefined ? topBits(metricColumn, order, settings.top) : null),
    [settings.top, metricColumn, order],
  );
  const named = new Map(wanted.map((one) => [one.name, one]));
  const brushed = [...brushesFrom(settings.brushes).keys(), ...wanted.map(({ name }) => name), x.name, y.name];
  const axes = new Map<string, Axis>();
  for (const name of brushed) {
    const axis = view.axisFor(named.get(name) ?? { name });
    if (axis !== null) axes.set(name, axis);
  }
  useMemo(() => {
    if (brushesText(marking.brushes.value) !== settings.brushes) marking.set(brushesFrom(settings.brushes), false);
    marking.rest(
      view.size,
      axes,
      [lasso, top].filter((set) => set !== null),
    );
  }, [settings.brushes, view.size, lasso, top, ...axes.values(), axes.size]);
  useEffect(
    () =>
      effect(() => {
        const { bits, count, size, request } = marking.marked.value;
        painter.tell({ kind: "marked", bits: count === size ? null : bits, count, request });
      }),
    [painter, marking],
  );
  return marking;
}

/** Single keys; those of the table are its own. */
function useScreenKeys(chosen: readonly string[]): void {
  useKeys({
    Escape: { label: "Clear the brushes", act: () => change({ b: "", l: "" }) },
    c: {
      label: "Compare what is selected",
      act: () => {
        if (chosen.length > 1) go(compareLink(chosen));
      },
    },
  });
}

export function Explorer(props: ExplorerProps) {
  const { settings, keys, metric, axes, frame, x, y } = props;
  const painter = usePainter();
  const view = useView(frame, metric, settings.colour);
  useColours(painter, view);
  const marking = useMarking(painter, view, settings, axes, x, y);
  useScreenKeys(settings.chosen);
  const commit = (): void => change({ b: brushesText(marking.brushes.value) });
  const options = useMemo(() => keyOptions(keys), [keys]);
  const booleans = useMemo(
    () => new Set(keys.filter(({ kinds }) => kinds.includes("bool")).map(({ name }) => name)),
    [keys],
  );
  const isBoolean: IsBoolean = (key, label) => booleans.has(key) && (label === "True" || label === "False");
  const toggle = (name: string): void => {
    const has = axes.some((one) => one.name === name);
    // A new axis goes before the metric, which stays last.
    const end = axes.at(-1)?.name === metric?.name ? -1 : axes.length;
    setAxes(has ? axes.filter((one) => one.name !== name) : [...axes.slice(0, end), { name }, ...axes.slice(end)]);
  };
  const chosenSet = new Set(settings.chosen);
  const chosen = settings.chosen.length === 0 ? [] : frame.ids.flatMap((id, run) => (chosenSet.has(id) ? [run] : []));
  return (
    <>
      <Controls view={view} keys={keys} settings={settings} metric={metric} options={options} onAdd={toggle} />
      <Parallel
        view={view}
        wanted={axes}
        painter={painter}
        marking={marking}
        chosen={chosen}
        onAxes={setAxes}
        onColour={(name) => change({ h: name === metric?.name ? "" : name })}
        onCommit={commit}
      />
      <MarksBar
        marking={marking}
        frame={frame}
        settings={settings}
        isBoolean={isBoolean}
        news={props.news}
        onRefresh={props.onRefresh}
        onCommit={commit}
      />
      <Below
        {...props}
        view={view}
        painter={painter}
        marking={marking}
        options={options}
        chosen={chosen}
        chosenSet={chosenSet}
        onCommit={commit}
        onToggle={toggle}
      />
    </>
  );
}

const keyOptions = (keys: readonly KeyInfo[]): Option[] => {
  const rank = { config: 0, summary: 1, run: 2 };
  return [...keys].sort((one, other) => rank[one.scope] - rank[other.scope]).map(optionOf);
};

interface BelowProps extends ExplorerProps {
  readonly view: View;
  readonly painter: Painter;
  readonly marking: Marking;
  readonly options: readonly Option[];
  readonly chosen: readonly number[];
  readonly chosenSet: ReadonlySet<string>;
  readonly onCommit: () => void;
  readonly onToggle: (key: string) => void;
}

const wantedText = (wanted: Wanted): string => axesText([wanted]);

/** An axis with the scale that it has now, which a filter could change else. */
function fixedText(view: View, wanted: Wanted): string {
  const axis = view.axisFor(wanted);
  return wantedText(axis?.canLog === true ? { ...wanted, log: axis.scale.isLog } : wanted);
}

function Below(props: BelowProps) {
  const { settings, metric, axes, view, painter, marking, options, chosen, chosenSet, x, y } = props;
  const names = [...new Set([metric?.name ?? "", ...axes.map(({ name }) => name)])].filter((name) =>
    view.frame.columns.has(name),
  );
  const latest = useRef(settings.chosen);
  latest.current = settings.chosen;
  const choose = (id: string, is: boolean): void =>
    setChosen(is ? [...latest.current, id] : latest.current.filter((one) => one !== id));
  // Its axes go into the address too: corners mean nothing without their keys and scales.
  const lassoed = (corners: readonly Corner[]): void =>
    change(corners.length > 2 ? { l: cornersText(corners), x: fixedText(view, x), y: fixedText(view, y) } : { l: "" });
  return (
    <div class={`below panel-${settings.panel}${settings.isWide ? " wide" : ""}`}>
      <RunsTable
        view={view}
        marking={marking}
        names={names}
        sort={param("o")}
        chosen={chosenSet}
        onSort={(sort) => change({ o: sort })}
        onChoose={choose}
      />
      <Side panel={settings.panel} isWide={settings.isWide}>
        {settings.panel === "importance" && (
          <ImportancePanel
            answer={props.importance}
            metric={metric?.name ?? ""}
            shown={new Set(axes.map(({ name }) => name))}
            onToggle={props.onToggle}
          />
        )}
        {settings.panel === "scatter" && (
          <ScatterPanel
            view={view}
            painter={painter}
            marking={marking}
            x={x}
            y={y}
            sizeKey={settings.size}
            options={options}
            chosen={chosen}
            corners={cornersFrom(settings.lasso)}
            onX={(wanted) => change({ x: wantedText(wanted), l: "" })}
            onY={(wanted) => change({ y: wantedText(wanted), l: "" })}
            onSize={(name) => change({ z: name })}
            onLasso={lassoed}
            onCommit={props.onCommit}
          />
        )}
        {settings.panel === "spread" && (
          <SpreadPanel
            view={view}
            marking={marking}
            name={props.spread}
            options={options}
            onPick={(name) => change({ q: name })}
          />
        )}
      </Side>
    </div>
  );
}
