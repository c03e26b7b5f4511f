/** Axis of time. */
export interface Scale {
  /** In units of the drawing, from 0 to the width. */
  at(time: number): number;
  /** True if twice as long is twice as wide. */
  isLinear: boolean;
}

/** Part of the whole below which a stage cannot be seen. */
const leastPart = 1 / 90;

/**
 * An axis from the first to the last of `times` (milliseconds), `width` wide. Stages of seconds in a migration of weeks
 * would vanish: then what lies between two times is as wide as the cube root of its length, so that long is still longer.
 */
export function timeScale(times: number[], width: number): Scale {
  const stops = [...new Set(times)].sort((a, b) => a - b);
  const lengths = stops.slice(1).map((stop, at) => stop - stops[at]!);
  const whole = (stops.at(-1) ?? 0) - (stops[0] ?? 0);
  const isLinear = lengths.every((length) => length >= whole * leastPart);
  const weights = lengths.map((length) => (isLinear ? length : Math.cbrt(length)));
  const sum = weights.reduce((all, weight) => all + weight, 0) || 1;
  const starts = [0];
  for (const weight of weights) starts.push(starts.at(-1)! + (weight / sum) * width);
  return {
    isLinear,
    at(time) {
      if (stops.length < 2 || time <= stops[0]!) return 0;
      if (time >= stops.at(-1)!) return width;
      const segment = stops.findLastIndex((stop) => stop <= time);
      const part = (time - stops[segment]!) / lengths[segment]!;
      return starts[segment]! + part * (starts[segment + 1]! - starts[segment]!);
    },
  };
}
