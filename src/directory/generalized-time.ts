/**
 * Milliseconds since 1970 of a GeneralizedTime as AD writes it, `20250131235959.0Z` (MS-ADTS 3.1.1.2.2.2.10); null for
 * what is none.
 */
export function parseGeneralizedTime(text: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text);
  if (!parts) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? null : time;
}
