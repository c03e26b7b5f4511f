import type { Value } from '../../src/directory/entry.ts';

/** Values by lower-case attribute name. */
export type Attributes = Map<string, Value[]>;

export interface StoredEntry {
  /** The DN in the form by which DNs are told apart. */
  key: string;
  /** Key of the parent; null for the head of the domain. */
  parent: string | null;
  dn: string;
  /** Its place among the entries by the order in which they came to be, which a rename does not change. */
  order: number;
  attributes: Attributes;
  /** How each attribute is spelled, by its lower-case name. */
  spelling: Map<string, string>;
}
