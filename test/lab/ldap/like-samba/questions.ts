import {
  AddRequest,
  Attribute,
  Change,
  CompareRequest,
  type Control,
  DeleteRequest,
  EqualityFilter,
  ModifyDNRequest,
  ModifyRequest,
  SearchRequest,
} from 'ldapts';
import { expect, test } from 'vitest';
import { parseFilter } from '../../../support/parse-filter.ts';
import type { RawAnswer } from '../../../support/raw-ldap.ts';
import type { Side, Sides } from './sides.ts';

/** What both directories are asked, and where they are to answer differently, why: a source, and both answers. */
export interface Question {
  what: string;
  ask: (side: Side) => Promise<unknown>;
  differs?: { because: string; lab: unknown; samba: unknown };
}

export const like = (what: string, ask: Question['ask']): Question => ({ what, ask });

/** The lab follows `because`, and Samba does not. */
export const unlike = (
  what: string,
  ask: Question['ask'],
  because: string,
  lab: unknown,
  samba: unknown,
): Question => ({ what: `${what} (${because})`, ask, differs: { because, lab, samba } });

/** Asks them one after the other, of both; each finds what those before it have left. */
export function testAlike(sides: () => Sides, questions: Question[]): void {
  test.each(questions.map((question): [string, Question] => [question.what, question]))(
    '%s',
    async (_, { ask, differs }) => {
      const lab = await ask(sides().lab);
      const samba = await ask(sides().samba);
      if (differs) expect({ lab, samba }).toEqual({ lab: differs.lab, samba: differs.samba });
      else expect(lab).toEqual(samba);
    },
  );
}

type Values = Record<string, string | Buffer | (string | Buffer)[]>;

export const add =
  (dn: string, attributes: Values) =>
  async ({ client }: Side) => {
    const list = Object.entries(attributes).map(([type, values]) => {
      return new Attribute({ type, values: [values].flat() as string[] });
    });
    return brief(await client.send((messageId) => new AddRequest({ messageId, dn, attributes: list })));
  };

type ChangeRow = [operation: 'add' | 'delete' | 'replace', type: string, ...values: (string | Buffer)[]];

export const modify =
  (dn: string, ...rows: ChangeRow[]) =>
  async ({ client }: Side) => {
    const changes = rows.map(([operation, type, ...values]) => {
      return new Change({ operation, modification: new Attribute({ type, values: values as string[] }) });
    });
    return brief(await client.send((messageId) => new ModifyRequest({ messageId, dn, changes })));
  };

export const remove =
  (dn: string) =>
  async ({ client }: Side) =>
    brief(await client.send((messageId) => new DeleteRequest({ messageId, dn })));

export const rename =
  (dn: string, newRdn: string, newSuperior?: string, deleteOldRdn = true) =>
  async ({ client }: Side) => {
    const parts = { dn, newRdn, newSuperior, deleteOldRdn };
    return brief(await client.send((messageId) => new ModifyDNRequest({ messageId, ...parts })));
  };

export const compare =
  (dn: string, attribute: string, value: string) =>
  async ({ client }: Side) =>
    brief(await client.send((messageId) => new CompareRequest({ messageId, dn, attribute, value })));

export interface SearchParts {
  filter?: string;
  scope?: 'base' | 'one' | 'sub';
  attributes?: string[];
  controls?: Control[];
  sizeLimit?: number;
  typesOnly?: boolean;
}

/** The whole answer to a search; base, `(objectClass=*)` and no attributes unless told otherwise. */
export async function searched(
  client: Side['client'],
  base: string,
  parts: SearchParts = {},
): Promise<RawAnswer> {
  const { filter = '(objectClass=*)', scope = 'base', attributes = ['1.1'], typesOnly, ...rest } = parts;
  return await client.send((messageId) => {
    const options = { scope, attributes, returnAttributeValues: !typesOnly, ...rest };
    return new SearchRequest({ messageId, baseDN: base, filter: filterOf(filter), ...options });
  });
}

/** ldapts's parser has no OIDs for attributes. */
function filterOf(text: string) {
  const [, attribute, value] = /^\((\d[\d.]+)=(.*)\)$/.exec(text) ?? [];
  return attribute ? new EqualityFilter({ attribute, value: value! }) : parseFilter(text);
}

export const search =
  (base: string, parts: SearchParts = {}) =>
  async ({ client }: Side) =>
    brief(await searched(client, base, parts));

/** Values of some attributes of one object. */
export const read = (dn: string, ...attributes: string[]) => search(dn, { attributes });

/**
 * An answer in which both can be the same: the result code alone where nothing was found, else the entries by DN, each
 * with its values by attribute. No directory orders either of them (MS-ADTS 3.1.1.3.1.3.4).
 */
export function brief({ code, entries, references }: RawAnswer): unknown {
  if (entries.length + references.length === 0) return code;
  const found = entries.map(({ dn, attributes }) => [plain(dn), briefAttributes(attributes)]);
  const isBare = entries.every(({ attributes }) => Object.keys(attributes).length === 0);
  return {
    ...(code !== 0 && { code }),
    entries: isBare ? found.map(([dn]) => dn).sort() : Object.fromEntries(found),
    ...(references.length > 0 && { references: references.filter(isKnown).map(plain).sort() }),
  };
}

function briefAttributes(attributes: Record<string, Buffer[]>): Record<string, string[]> {
  const rows = Object.entries(attributes).map(([name, values]) => [name, values.map(shown).sort()]);
  return Object.fromEntries(rows);
}

/** Octets that are no text are shown as such. */
function shown(value: Buffer): string {
  const text = value.toString();
  return Buffer.from(text).equals(value) ? plain(text) : value.toString('hex');
}

/**
 * GUIDs are each directory's own. RFC 4516 knows the scheme ldap alone, which Samba gives up for ldaps; and of the two
 * ways to escape a character (RFC 4514 2.4) each directory has its own.
 */
function plain(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'GUID')
    .replace(/^ldaps:/, 'ldap:')
    .replaceAll('\\3B', '\\;')
    .replaceAll('\\#', '#')
    .replaceAll('\\=', '=');
}

/** The lab has no partitions of DNS (MS-ADTS 6.1.1.1.4). */
function isKnown(reference: string): boolean {
  return !reference.includes('DnsZones');
}
