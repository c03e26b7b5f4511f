/** What is kept of something long: how it begins, how long it is, and by which digest the whole is known. */
export interface Excerpt<T = unknown> {
  beginning: T;
  /** Characters of a text, members of a list. */
  length: number;
  /** SHA-256 of the text, or of the JSON of the list; hex. */
  sha256: string;
}
