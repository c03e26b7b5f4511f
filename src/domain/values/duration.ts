/** A duration as people write it: `10s`, `10m`, `10h`, `14d`. */
export type Duration = string;

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const durationPattern = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Milliseconds of a duration such as `14d`. Throws a RangeError that names the text and the accepted form. */
export function durationMs(duration: Duration): number {
  const match = durationPattern.exec(duration);
  if (!match) throw new RangeError(`"${duration}" is not a duration: write 10s, 10m, 10h or 14d`);
  return Number(match[1]) * unitMs[match[2]!]!;
}

/** The shortest exact form of a number of milliseconds: 1209600000 is `14d`, 90000 is `90s`. */
export function formatDuration(ms: number): Duration {
  const whole = Math.max(0, Math.round(ms));
  const unit = ['d', 'h', 'm', 's', 'ms'].find(
    (name) => whole % unitMs[name]! === 0 && whole >= unitMs[name]!,
  );
  return unit ? `${whole / unitMs[unit]!}${unit}` : '0s';
}
