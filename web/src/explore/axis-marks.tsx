// An axis' line, ticks and rails, in SVG above the lines.
import { type Axis, axisTicks } from "./axis";
import { type Height, yOfRail, yOfShare } from "./place";

export const CHARACTER = 6.1; // about a character's width in pixels at the ticks' size

/** A label that fits: its middle left out, so that labels which differ at their ends still do. */
export function fitted(label: string, room: number): string {
  const most = Math.max(6, Math.floor(room / CHARACTER));
  if (label.length <= most) return label;
  const tail = Math.floor((most - 1) * 0.45);
  return `${label.slice(0, most - 1 - tail)}…${label.slice(label.length - tail)}`;
}

export function AxisMarks({
  axis,
  x,
  height,
  room,
  isLast,
}: {
  axis: Axis;
  x: number;
  height: Height;
  room: number;
  isLast: boolean;
}) {
  const side = isLast ? "end" : "start";
  const shift = isLast ? -7 : 7;
  const ticks = axisTicks(axis, Math.floor((height.bottom - height.top) / 18));
  return (
    <g transform={`translate(${Math.round(x) + 0.5} 0)`} class="axis">
      <line y1={height.top} y2={height.bottom} />
      {ticks.map(({ share, label }) => {
        const y = Math.round(yOfShare(axis, height, share)) + 0.5;
        return (
          <g key={`${share}`} transform={`translate(0 ${y})`}>
            <line x1={-3} x2={3} />
            <text x={shift} dy="0.35em" text-anchor={side}>
              {fitted(label, room)}
              <title>{label}</title>
            </text>
          </g>
        );
      })}
      {axis.rails.map(({ label }, rail) => (
        <g key={label} transform={`translate(0 ${yOfRail(height, rail)})`} class="rail">
          <circle r={3} />
          <text x={shift} dy="0.35em" text-anchor={side}>
            {fitted(label, room)}
            <title>{label}</title>
          </text>
        </g>
      ))}
    </g>
  );
}
