/** Words a length of time, in milliseconds: `0.4s`, `12s`, `2m 05s`, `3h 12m`, `6d 23h`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
}

/** Words an ISO 8601 time: `2025-06-01 08:00:45 UTC`. */
export function moment(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Words a moment, and how far it is from now: `… (in 6d 23h)`, `… (2m 05s ago)`. */
export function momentFrom(iso: string, now: Date): string {
  const distance = Date.parse(iso) - now.getTime();
  return `${moment(iso)} (${distance >= 0 ? `in ${elapsed(distance)}` : `${elapsed(-distance)} ago`})`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
