/**
 * Canonical JSON: keys sorted by UTF-16 code units, no white space, as RFC 8785 for the values used here
 * (strings, safe integers, booleans, null, arrays, objects). Plans and evidence are hashed in this form.
 * Throws a TypeError for what JSON cannot say exactly: undefined in a list, NaN, dates, maps, octets.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  // `Array.from` sees the holes of a list, which `map` skips.
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`${Object.prototype.toString.call(value)} has no JSON form`);
}
