/** Parses JSON, also after a byte order mark; undefined for text that is none. No error quotes the text: it may be secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
