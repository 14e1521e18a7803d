// A scale maps numbers to a share from 0 to 1 and back, and says where its ticks stand.
import { floatText } from "../value";

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

export const shareOf = (scale: Scale, value: number): number => {
  if (scale.high === scale.low) return 0.5;
  if (!scale.isLog) return (value - scale.low) / (scale.high - scale.low);
  return Math.log(value / scale.low) / Math.log(scale.high / scale.low);
};

export const valueAt = (scale: Scale, share: number): number => {
  if (!scale.isLog) return scale.low + share * (scale.high - scale.low);
  return scale.low * (scale.high / scale.low) ** share;
};

/** Whether numbers spread over magnitudes, so that a linear scale would press most of them together. */
export function looksLog(values: Float64Array): boolean {
  if (values.length < 3) return false;
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low > 0) || high / low < 20) return false;
  const sample =
    values.length > 2000 ? values.filter((_, at) => at % Math.ceil(values.length / 2000) === 0) : values.slice();
  sample.sort();
  const middle = sample[sample.length >> 1] ?? low;
  // In the middle of a linear scale half the numbers lie below 0.5; 0.25 leaves room for what is only skewed.
  return (middle - low) / (high - low) < 0.25;
}

function linearTicks({ low, high }: Scale, count: number): number[] {
  const rough = (high - low) / Math.max(count, 1);
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 5, 10].find((times) => times * size >= rough) ?? 10);
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++)
    ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

function logTicks(scale: Scale, count: number): number[] {
  const first = Math.ceil(Math.log10(scale.low) - 1e-9);
  const last = Math.floor(Math.log10(scale.high) + 1e-9);
  const decades = Math.log10(scale.high / scale.low);
  if (decades < 1) return linearTicks(scale, count).filter((tick) => tick > 0);
  const every = Math.ceil((last - first + 1) / Math.max(count, 1));
  const within = decades <= 2 && count >= 5 ? [1, 2, 5] : decades <= 3 && count >= 5 ? [1, 3] : [1];
  const ticks: number[] = [];
  for (let power = first - 1; power <= last; power++) {
    if ((power - first) % every !== 0) continue;
    for (const times of within) {
      const tick = Number((times * 10 ** power).toPrecision(12));
      if (tick >= scale.low * (1 - 1e-9) && tick <= scale.high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks;
}

/** About `count` round numbers on the scale. */
export function ticksOf(scale: Scale, count: number): number[] {
  if (scale.high === scale.low) return [scale.low];
  return scale.isLog ? logTicks(scale, count) : linearTicks(scale, count);
}

/** A tick's text: short, and without an exponent for powers of ten that read well. */
export function tickText(value: number, digits = 6): string {
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e6 && value % 1000 === 0) return `${value / 1000}k`;
  if (size >= 1e6 && size < 1e9 && value % 1e5 === 0) return `${value / 1e6}M`;
  return floatText(value, digits);
}

/** The number with the fewest digits that lies within `tolerance` of `value`, so that a dragged end reads well. */
export function rounded(value: number, tolerance: number): number {
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= tolerance) return short;
  }
  return value;
}
