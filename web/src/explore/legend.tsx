// What the colours stand for.
import { floatText } from "../value";
import { leafOf } from "../key";
import { STEPS } from "./classes";
import type { Colouring } from "./ranking";
import { classColour } from "./theme";

const text = (mark: number | string): string =>
  typeof mark === "string" ? mark : Number.isInteger(mark) ? String(mark) : floatText(mark, 3);

export function Legend({ colouring, name }: { colouring: Colouring; name: string }) {
  const { kind, marks, none } = colouring;
  const grey = none > 0 && (
    <span class="legend-item">
      <span class="swatch" style={{ background: classColour(kind, STEPS) }} />
      {kind === "ramp" ? "no number" : "others"} ({none.toLocaleString("en")})
    </span>
  );
  if (kind === "categories") {
    return (
      <div class="legend" role="img" aria-label={`Colours of ${name}: ${marks.join(", ")}`}>
        {marks.map((mark, group) => (
          <span key={group} class="legend-item">
            <span class="swatch" style={{ background: classColour(kind, group) }} />
            {text(mark)}
          </span>
        ))}
        {grey}
      </div>
    );
  }
  if (marks.length === 0 || Number.isNaN(marks[0])) return null;
  const [low, middle, high] = [marks[0] ?? 0, marks[STEPS / 2] ?? 0, marks[STEPS] ?? 0].map(text);
  return (
    <div
      class="legend"
      role="img"
      aria-label={`Colours by rank of ${name}: from ${low ?? ""} over the median ${middle ?? ""} to ${high ?? ""}`}
      title={`${name}: each colour has as many runs`}
    >
      <span class="legend-end" title={name}>
        {leafOf(name).leaf}
      </span>
      <span class="legend-end">{low}</span>
      <span class="legend-ramp">
        {Array.from({ length: STEPS }, (_, step) => (
          <span key={step} style={{ background: classColour(kind, step) }} />
        ))}
        <span class="legend-middle">{middle}</span>
      </span>
      <span class="legend-end">{high}</span>
      {grey}
    </div>
  );
}
