// An axis' name: drag it to another place, or open it for everything that can be done with the axis, by keyboard too.
import { useRef } from "preact/hooks";
import type { Axis } from "./axis";
import { type Brush, type Range } from "./brush";
import { leafOf } from "../key";
import { Popup, usePopup } from "./popup";
import { tickText } from "./scale";

export interface AxisActions {
  readonly flip: () => void;
  readonly log: (isLog: boolean) => void;
  readonly move: (by: number) => void;
  readonly remove: () => void;
  readonly colour: () => void;
  readonly brush: (brush: Brush) => void;
  /** Dragging: how far the pointer is from where it was pressed, and when it is let go. */
  readonly drag: (by: number) => void;
  readonly drop: () => void;
}

const SLACK = 4;

export function AxisHead({
  axis,
  brush,
  x,
  width,
  actions,
}: {
  axis: Axis;
  brush: Brush;
  x: number;
  width: number;
  actions: AxisActions;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const { isOpen, close, toggle } = usePopup();
  const pressed = useRef<{ at: number; hasMoved: boolean } | null>(null);
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    pressed.current = { at: event.clientX, hasMoved: false };
    button.current?.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (pressed.current === null) return;
    const by = event.clientX - pressed.current.at;
    if (Math.abs(by) > SLACK) pressed.current.hasMoved = true;
    if (pressed.current.hasMoved) actions.drag(by);
  };
  const up = (): void => {
    const hasMoved = pressed.current?.hasMoved === true;
    pressed.current = null;
    if (hasMoved) actions.drop();
  };
  const key = (event: KeyboardEvent): void => {
    if (!event.shiftKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    actions.move(event.key === "ArrowLeft" ? -1 : 1);
  };
  const { leaf, parent } = leafOf(axis.name);
  const clicked = useRef(false);
  const click = (): void => {
    if (!clicked.current) toggle();
    clicked.current = false;
  };
  return (
    <div class="axis-head" style={{ left: `${x - width / 2}px`, width: `${width}px` }}>
      <button
        type="button"
        ref={button}
        title={`${axis.name}\nDrag to move (or Shift and arrow keys)`}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={() => {
          clicked.current = pressed.current?.hasMoved === true;
          up();
        }}
        onPointerCancel={up}
        onClick={click}
        onKeyDown={key}
      >
        <span class="visually-hidden">Axis </span>
        <span class="axis-parent">{parent === "" ? "\u00a0" : parent}</span>
        <span class="axis-leaf">
          <span class="axis-name">{leaf}</span>
          {axis.scale.isLog && <span class="axis-flag">log</span>}
          {axis.isFlipped && (
            <span class="axis-flag">
              <span aria-hidden="true">↓</span>
              <span class="visually-hidden">flipped</span>
            </span>
          )}
        </span>
      </button>
      {isOpen && (
        <Popup anchor={button} label={`Axis ${axis.name}`} onClose={close}>
          <AxisMenu axis={axis} brush={brush} actions={actions} close={close} />
        </Popup>
      )}
    </div>
  );
}

function AxisMenu({
  axis,
  brush,
  actions,
  close,
}: {
  axis: Axis;
  brush: Brush;
  actions: AxisActions;
  close: () => void;
}) {
  const ending = (act: () => void) => () => {
    close();
    act();
  };
  return (
    <div class="axis-menu">
      <p class="axis-menu-name mono">{axis.name}</p>
      {axis.kind === "number" && <RangeInputs axis={axis} brush={brush} onChange={actions.brush} />}
      <PickBoxes axis={axis} brush={brush} onChange={actions.brush} />
      <div class="axis-menu-row">
        {axis.canLog && (
          <button type="button" aria-pressed={axis.scale.isLog} onClick={() => actions.log(!axis.scale.isLog)}>
            Log scale
          </button>
        )}
        <button type="button" aria-pressed={axis.isFlipped} onClick={actions.flip}>
          Flip
        </button>
        <button type="button" onClick={ending(actions.colour)}>
          Colour by this
        </button>
      </div>
      <div class="axis-menu-row">
        <button type="button" onClick={() => actions.move(-1)}>
          ← Move left
        </button>
        <button type="button" onClick={() => actions.move(1)}>
          Move right →
        </button>
        <button type="button" onClick={ending(actions.remove)}>
          Remove axis
        </button>
      </div>
    </div>
  );
}

/** The brush in numbers: each stretch has two ends, and there is one more to begin a new one. */
function RangeInputs({ axis, brush, onChange }: { axis: Axis; brush: Brush; onChange: (brush: Brush) => void }) {
  const { low, high } = axis.scale;
  const rows: readonly (Range | null)[] = brush.ranges.length === 0 ? [null] : brush.ranges;
  const set = (at: number, end: 0 | 1, text: string): void => {
    const old = rows[at] ?? [-Infinity, Infinity];
    const value = text.trim() === "" ? (end === 0 ? -Infinity : Infinity) : Number(text);
    if (Number.isNaN(value)) return;
    const next: Range = end === 0 ? [value, Math.max(value, old[1])] : [Math.min(value, old[0]), value];
    const isAll = next[0] === -Infinity && next[1] === Infinity;
    const kept = brush.ranges.filter((_, place) => place !== at);
    onChange({ ...brush, ranges: isAll ? kept : [...kept, next] });
  };
  return (
    <div class="axis-menu-ranges">
      {rows.map((range, at) => (
        <div class="axis-menu-row" key={`${range?.join()}`}>
          {([0, 1] as const).map((end) => (
            <label key={end}>
              {end === 0 ? "From" : "To"}
              <input
                type="text"
                inputmode="decimal"
                placeholder={tickText(end === 0 ? low : high)}
                value={range === null || !Number.isFinite(range[end]) ? "" : String(range[end])}
                onChange={(event) => set(at, end, event.currentTarget.value)}
              />
            </label>
          ))}
          {range !== null && (
            <button
              type="button"
              class="plain"
              aria-label="Clear this range"
              onClick={() => onChange({ ...brush, ranges: brush.ranges.filter((one) => one !== range) })}
            >
              ×
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

const MOST_BOXES = 60;

function PickBoxes({ axis, brush, onChange }: { axis: Axis; brush: Brush; onChange: (brush: Brush) => void }) {
  const slots = [...axis.categories, ...axis.rails].slice(0, MOST_BOXES);
  if (slots.length === 0) return null;
  const toggle = (token: string, is: boolean): void =>
    onChange({ ...brush, picks: is ? [...brush.picks, token] : brush.picks.filter((pick) => pick !== token) });
  return (
    <div class="axis-menu-picks" role="group" aria-label="Values">
      {slots.map(({ token, label, count }) => (
        <label key={token}>
          <input
            type="checkbox"
            checked={brush.picks.includes(token)}
            onChange={(event) => toggle(token, event.currentTarget.checked)}
          />
          <span class="axis-menu-label">{label}</span>
          <span class="quiet">{count.toLocaleString("en")}</span>
        </label>
      ))}
    </div>
  );
}
