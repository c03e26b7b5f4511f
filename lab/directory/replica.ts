import { childDn, parentDn, parseDn } from '../../src/directory/dn.ts';
import type { Value } from '../../src/directory/entry.ts';
import { guidText } from '../../src/directory/guid.ts';
import { definitionOf } from './attributes.ts';
import { isDeleted } from './deletion.ts';
import type { EntryTable } from './entry-table.ts';
import type { Attributes, StoredEntry } from './stored-entry.ts';
import { dnKey } from './values.ts';

/**
 * What domain controllers tell each other. Objects travel whole, by their GUIDs, and of two writes the later one wins:
 * AD decides that for each attribute (MS-DRSR 4.1.10.6.9), which makes no difference to who reads one DC only.
 */
export interface ReplicatedObject {
  guid: string;
  dn: string;
  /** Head of its naming context, as a key. */
  context: string;
  /** Its place among all writes in the forest. */
  write: number;
  attributes: Attributes;
  spelling: Map<string, string>;
  /** GUIDs of what its DN values name, by their keys: each DC knows those objects by the DNs that it has for them. */
  targets: Map<string, string>;
}

/** All DCs of a forest count their writes together, so that there is a last one. */
export interface ForestWrites {
  last: number;
}

/** Attributes that each DC has its own values of (FLAG_ATTR_NOT_REPLICATED, MS-ADA1 and MS-ADA3). */
const ownValues = ['whenchanged', 'usnchanged', 'usncreated'];

/** What one DC has written or taken over, in that order: what its partners ask for. */
export class ReplicaLog {
  readonly #guids: string[] = [];
  readonly #writes = new Map<string, number>();

  get length(): number {
    return this.#guids.length;
  }

  note(guid: string, write: number): void {
    this.#guids.push(guid);
    this.#writes.set(guid, write);
  }

  /** Whether the write is later than the one that this DC has of the object. */
  isNews(guid: string, write: number): boolean {
    return write > (this.#writes.get(guid) ?? 0);
  }

  writeOf(guid: string): number {
    return this.#writes.get(guid) ?? 0;
  }

  /** Objects that changed since the log was so long. */
  since(position: number): string[] {
    return [...new Set(this.#guids.slice(position))];
  }
}

export function guidOf(entry: StoredEntry): string {
  return Buffer.from(entry.attributes.get('objectguid')![0]!).toString('hex');
}

export function byGuid(table: EntryTable, guid: string): StoredEntry | undefined {
  return table.withValue('objectGUID', guid)[0];
}

export function outgoing(
  table: EntryTable,
  entry: StoredEntry,
  { context, write }: { context: string; write: number },
): ReplicatedObject {
  const targets = new Map<string, string>();
  for (const value of dnValues(entry.attributes)) {
    const target = table.get(dnKey(value));
    if (target) targets.set(target.key, guidOf(target));
  }
  const { dn, attributes, spelling } = entry;
  return { guid: guidOf(entry), dn, context, write, attributes, spelling, targets };
}

/**
 * Puts an object of a partner in its place: where it was, or where it has gone to. Gives back what is to be kept of
 * it, which is not in the table yet. Something else of that name has to be out of the way.
 */
export function incoming(table: EntryTable, object: ReplicatedObject, update: number): StoredEntry {
  const present = byGuid(table, object.guid);
  const place = { key: dnKey(object.dn), dn: object.dn, parent: parentOf(object) };
  if (present && object.attributes.has('isdeleted')) table.unlink(present.key);
  if (present && present.key !== place.key) table.relocate(present.key, place.dn, place.parent ?? '');
  const attributes = new Map(object.attributes);
  for (const [name, values] of object.attributes) {
    if (definitionOf(name).syntax === 'dn') attributes.set(name, targetsOf(table, values, object));
  }
  for (const name of ownValues) {
    const own = present?.attributes.get(name);
    if (own) attributes.set(name, own);
  }
  if (!present) attributes.set('usncreated', [String(update)]);
  return { ...place, order: present?.order ?? update, attributes, spelling: new Map(object.spelling) };
}

/** The name of what lost its own to another object: a line feed, `CNF:` and the GUID (MS-ADTS 3.1.1.1.4). */
export function conflictDn(dn: string, guid: string): string {
  const [rdn] = parseDn(dn);
  return childDn(rdn!.type, `${rdn!.value}\nCNF:${guidText(Buffer.from(guid, 'hex'))}`, parentDn(dn));
}

/** The head of a domain has no parent here; heads of other contexts have, where the DC holds what is above them. */
function parentOf({ dn, context }: ReplicatedObject): string | null {
  const isDomainHead = dnKey(dn) === context && parseDn(dn)[0]!.type.toLowerCase() === 'dc';
  return isDomainHead ? null : dnKey(parentDn(dn));
}

/** What was deleted here in the meantime is not linked to again. */
function targetsOf(table: EntryTable, values: Value[], { targets, guid }: ReplicatedObject): Value[] {
  return values.flatMap((value) => {
    const targetGuid = targets.get(dnKey(value.toString()));
    if (targetGuid === undefined || targetGuid === guid) return [value];
    const target = byGuid(table, targetGuid);
    if (!target) return [value];
    return isDeleted(target) ? [] : [target.dn];
  });
}

function dnValues(attributes: Attributes): string[] {
  return [...attributes].flatMap(([name, values]) =>
    definitionOf(name).syntax === 'dn' ? values.map(String) : [],
  );
}
