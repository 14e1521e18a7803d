// Brushes in words, for people who read or hear them.
import { labelOf } from "./axis";
import type { Brush, Range } from "./brush";
import { tickText } from "./scale";

function rangeText([low, high]: Range): string {
  if (low === high) return tickText(low);
  if (high === Infinity) return low === -Infinity ? "any number" : `≥ ${tickText(low)}`;
  return low === -Infinity ? `≤ ${tickText(high)}` : `${tickText(low)} – ${tickText(high)}`;
}

export function brushText(brush: Brush): string {
  const ranges = brush.ranges.map(rangeText);
  const picks = brush.picks.map(labelOf);
  const shown = [...ranges, ...picks];
  return shown.length > 4 ? `${shown.slice(0, 3).join(", ")} and ${shown.length - 3} more` : shown.join(", ");
}
