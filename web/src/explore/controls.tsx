// Above the lines: which metric, which colours, which axes.
import type { KeyInfo } from "../api";
import { change } from "../address";
import { metricsOf } from "./data";
import { Legend } from "./legend";
import { optionOf, type Option, Picker } from "./picker";
import { type Metric, metricText, type Settings } from "./settings";
import type { View } from "./view";

const TOPS = [100, 50, 25, 10, 5, 1];

export function Controls({
  view,
  keys,
  settings,
  metric,
  options,
  onAdd,
}: {
  view: View;
  keys: readonly KeyInfo[];
  settings: Settings;
  metric: Metric | null;
  options: readonly Option[];
  onAdd: (name: string) => void;
}) {
  const byMetric: Option = { name: "", label: metric === null ? "nothing" : "the metric", detail: "" };
  const metrics = metricsOf(keys).map(optionOf);
  const isUp = metric?.direction === "max";
  const turn = (): void => {
    if (metric !== null) change({ m: metricText({ ...metric, direction: isUp ? "min" : "max" }) });
  };
  return (
    <div class="explore-bar">
      <span class="labelled">
        <span class="quiet">Metric</span>
        <Picker
          label="Metric"
          value={metric?.name ?? ""}
          shown={metric?.name ?? "none"}
          options={metrics}
          onPick={(name) => change({ m: name })}
        />
        {metric !== null && (
          <button
            type="button"
            class="small"
            onClick={turn}
            title="Which way is better?"
            aria-label={isUp ? "Higher is better" : "Lower is better"}
          >
            {isUp ? "↑ higher is better" : "↓ lower is better"}
          </button>
        )}
      </span>
      {metric !== null && (
        <label class="labelled">
          <span class="quiet">Show</span>
          <select
            value={String(settings.top)}
            onChange={(event) => change({ k: event.currentTarget.value === "100" ? "" : event.currentTarget.value })}
          >
            {[...new Set([...TOPS, settings.top])]
              .sort((one, other) => other - one)
              .map((top) => (
                <option key={top} value={String(top)}>
                  {top === 100 ? "all runs" : `best ${top} %`}
                </option>
              ))}
          </select>
        </label>
      )}
      <span class="labelled">
        <span class="quiet">Colour</span>
        <Picker
          label="Colour by"
          value={settings.colour}
          options={[byMetric, ...options]}
          onPick={(name) => change({ h: name })}
        />
      </span>
      <Legend colouring={view.colouring} name={view.colourName} />
      <span class="fill" />
      <Picker label="Add axis" value="" shown="+ Axis" options={options} onPick={onAdd} class="add" />
    </div>
  );
}
