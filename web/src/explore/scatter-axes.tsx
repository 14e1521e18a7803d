// A scatter's ticks and faint lines across it.
import { type Axis, axisTicks } from "./axis";
import { CHARACTER, fitted } from "./axis-marks";
import { along, railAt, type Side } from "./scatter-place";

export function ScatterAxes({
  xAxis,
  yAxis,
  xSide,
  ySide,
  left,
  width,
  height,
}: {
  xAxis: Axis;
  yAxis: Axis;
  xSide: Side;
  ySide: Side;
  left: number;
  width: number;
  height: number;
}) {
  const perLabel = xAxis.kind === "category" ? 80 : 56;
  const xTicks = axisTicks(xAxis, Math.max(2, Math.floor((width - 40) / perLabel)));
  const yTicks = axisTicks(yAxis, Math.max(2, Math.floor(height / 32)));
  const room = xAxis.kind === "category" ? Math.max(44, width / Math.max(1, xTicks.length) - 8) : 60;
  return (
    <g class="scatter-axes">
      {xTicks.map(({ share, label }) => {
        const x = Math.round(left + along(xSide, share)) + 0.5;
        const text = fitted(label, room);
        const over = Math.max(0, x + (text.length * CHARACTER) / 2 - left - width); // the last one stays whole
        return (
          <g key={`x${share}`} transform={`translate(${x} 0)`}>
            <line y1={0} y2={height} />
            <text x={-over} y={height + 14} text-anchor="middle">
              {text}
              <title>{label}</title>
            </text>
          </g>
        );
      })}
      {xAxis.rails.map(({ label }, rail) => (
        <text key={label} class="rail" x={left + railAt(xSide, rail)} y={height + 14} text-anchor="middle">
          {label === "not set" ? "—" : fitted(label, 34)}
          <title>{label}</title>
        </text>
      ))}
      {yTicks.map(({ share, label }) => {
        const y = Math.round(along(ySide, share)) + 0.5;
        return (
          <g key={`y${share}`} transform={`translate(0 ${y})`}>
            <line x1={left} x2={left + width} />
            <text x={left - 6} dy="0.35em" text-anchor="end">
              {fitted(label, left - 8)}
              <title>{label}</title>
            </text>
          </g>
        );
      })}
      {yAxis.rails.map(({ label }, rail) => (
        <text key={label} class="rail" x={left - 6} y={railAt(ySide, rail)} dy="0.35em" text-anchor="end">
          {fitted(label, left - 8)}
          <title>{label}</title>
        </text>
      ))}
      <path d={`M${left + 0.5} 0V${height + 0.5}H${left + width}`} class="scatter-frame" />
    </g>
  );
}
