/** Every text and every octet string in a message, with where it stands: `events.input.payloads.data`, indices left out. */
export function textsOf(value: unknown, path: string[] = []): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path: path.join('.'), text: value }];
  if (value instanceof Uint8Array) return [{ path: path.join('.'), text: Buffer.from(value).toString() }];
  if (Array.isArray(value)) return value.flatMap((each) => textsOf(each, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => textsOf(each, [...path, name]));
}

/** Where any of the words stands, without regard to case. */
export function placesOf(words: string[], value: unknown): string[] {
  const lower = words.map((word) => word.toLowerCase());
  const found = textsOf(value).filter(({ text }) => lower.some((word) => text.toLowerCase().includes(word)));
  return [...new Set(found.map(({ path }) => path))].sort();
}
