/**
 * The escapes of src/wording: one function for each output, for text that came from a directory, a host, a person or an
 * error. Sentences of src/wording are plain text; who lays them out passes each whole sentence through the escape of its
 * output, once.
 *
 * Shows control characters, line separators, and format characters that turn text around (U+202E) or hide it, as
 * `\u{1b}`, so that no output obeys them.
 */
export function showControls(text: string): string {
  // State may be of a workflow that anybody started with any input: what is no text is shown as what it is.
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

/** Copies plain data with every text and every key changed. */
export function changeTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((member) => changeTexts(member, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [change(key), changeTexts(member, change)]);
  return Object.fromEntries(members) as T;
}
