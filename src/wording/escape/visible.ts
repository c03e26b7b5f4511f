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
