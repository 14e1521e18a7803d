// What is set for all charts of a screen at once.
import { useEffect, useState } from "preact/hooks";
import { change } from "../address";
import { xText } from "./curve";
import { MOST_SMOOTH, setZoom, type View } from "./view";

const KINDS = [
  ["step", "Step"],
  ["time", "Time passed"],
  ["wall", "Clock"],
] as const;

// The slider goes by how many points are averaged, in magnitudes: weights near 1 differ most.
const END = -Math.log10(1 - MOST_SMOOTH);
const placeOf = (weight: number): number => -Math.log10(1 - weight) / END;
const weightAt = (place: number): number => Number((1 - Number((10 ** (-place * END)).toPrecision(3))).toFixed(6));

export function Tools({ view, total, found }: { view: View; total: number; found: number }) {
  return (
    <div class="tools" role="toolbar" aria-label="Charts">
      <input
        type="search"
        class="tools-search"
        placeholder="Search metrics"
        aria-label="Search metrics"
        value={view.search}
        onInput={(event) => change({ mq: event.currentTarget.value }, true)}
      />
      {view.search !== "" && (
        <span class="quiet" role="status">
          {found} of {total}
        </span>
      )}
      <label
        class="tools-slider"
        title="A moving average: the weight of each recorded point against the next one's, whatever is left out of the drawing"
      >
        Smoothing
        <input
          type="range"
          min="0"
          max="1"
          step="0.01"
          value={placeOf(view.smoothing)}
          aria-valuetext={view.smoothing.toFixed(3)}
          onInput={(event) => {
            const weight = weightAt(Number(event.currentTarget.value));
            change({ sm: weight === 0 ? "" : String(weight) }, true);
          }}
        />
        <output class="number">{view.smoothing.toFixed(view.smoothing > 0.95 ? 3 : 2)}</output>
      </label>
      <div class="segments" role="group" aria-label="Horizontal axis">
        {KINDS.map(([kind, label]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={view.x === kind}
            onClick={() => change({ x: kind === "step" ? "" : kind, z: "", ...(kind === "wall" ? { lx: "" } : {}) })}
          >
            {label}
          </button>
        ))}
      </div>
      <div class="segments" role="group" aria-label="Logarithmic axes">
        <button type="button" aria-pressed={view.isLogY} onClick={() => change({ ly: view.isLogY ? "" : "1" })}>
          Log y
        </button>
        <button
          type="button"
          aria-pressed={view.isLogX}
          disabled={view.x === "wall"}
          onClick={() => change({ lx: view.isLogX ? "" : "1" })}
        >
          Log x
        </button>
      </div>
      <Zoom view={view} />
    </div>
  );
}

/** The zoomed range in numbers, for those who don't drag. */
function Zoom({ view }: { view: View }) {
  const [isOpen, setOpen] = useState(false);
  const [low, setLow] = useState("");
  const [high, setHigh] = useState("");
  const from = view.zoom?.[0];
  const to = view.zoom?.[1];
  useEffect(() => {
    setLow(from === undefined ? "" : String(from));
    setHigh(to === undefined ? "" : String(to));
  }, [from, to]);
  const isRange = low !== "" && high !== "" && Number(low) < Number(high);
  if (view.zoom !== null) {
    return (
      <button type="button" class="tools-zoom" title="Or double-click a chart" onClick={() => setZoom(null, view.x)}>
        {xText(view.zoom[0], view.x)} – {xText(view.zoom[1], view.x).replace("step ", "")} ✕
        <span class="visually-hidden"> show all</span>
      </button>
    );
  }
  if (!isOpen || view.x === "wall") {
    return view.x === "wall" ? null : (
      <button
        type="button"
        class="plain quiet"
        title="Dragging over a chart does the same"
        onClick={() => setOpen(true)}
      >
        Zoom…
      </button>
    );
  }
  return (
    <form
      class="tools-range"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRange) setZoom([Number(low), Number(high)], view.x);
      }}
    >
      <input
        type="number"
        step="any"
        aria-label="From"
        placeholder="from"
        value={low}
        onInput={(event) => setLow(event.currentTarget.value)}
      />
      <input
        type="number"
        step="any"
        aria-label="To"
        placeholder="to"
        value={high}
        onInput={(event) => setHigh(event.currentTarget.value)}
      />
      <button type="submit" disabled={!isRange}>
        Zoom
      </button>
    </form>
  );
}
