import type { Value } from '../../src/directory/entry.ts';

/** An object as a new directory has it, before the DC fills in what it keeps by itself. */
export interface SeedEntry {
  dn: string;
  attributes: Record<string, Value[]>;
}

export function seedEntry(
  dn: string,
  objectClass: string,
  attributes: Record<string, Value[]> = {},
): SeedEntry {
  return { dn, attributes: { objectClass: [objectClass], ...attributes } };
}
