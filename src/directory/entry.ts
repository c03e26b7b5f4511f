/** Text, or octets where the attribute's syntax is binary (objectSid, objectGUID, security descriptors). */
export type Value = string | Buffer;

/** A directory entry, as read by the worker and as the lab keeps it. */
export interface Entry {
  dn: string;
  /** By the attribute's own spelling; read them with the functions below, which ignore case. */
  attributes: Record<string, Value[]>;
}

export function values(entry: Entry, attribute: string): Value[] {
  const wanted = attribute.toLowerCase();
  const name = Object.keys(entry.attributes).find((each) => each.toLowerCase() === wanted);
  return name ? entry.attributes[name]! : [];
}

export function texts(entry: Entry, attribute: string): string[] {
  return values(entry, attribute).map((value) => value.toString());
}

/** The first value, or null where the attribute is absent. */
export function text(entry: Entry, attribute: string): string | null {
  return texts(entry, attribute)[0] ?? null;
}

/** The first value as a number (syntaxes 2.5.5.9 and 2.5.5.16), or null where the attribute is absent. */
export function integer(entry: Entry, attribute: string): number | null {
  const value = text(entry, attribute);
  return value === null ? null : Number(value);
}

export function octets(entry: Entry, attribute: string): Buffer | null {
  const value = values(entry, attribute)[0];
  return value === undefined ? null : Buffer.from(value);
}
