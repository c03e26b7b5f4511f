import { ProtocolOperation } from 'ldapts';

import type { Value } from '../../src/directory/entry.ts';
import type { EntryChange } from '../directory/changes.ts';
import type { LdapFilter } from '../directory/filter.ts';
import type { Rename } from '../directory/renaming.ts';
import type { Scope } from '../directory/searching.ts';
import { Elements, MalformedMessage } from './ber.ts';
import { decodeFilter } from './filter-codec.ts';

export interface RequestControl {
  type: string;
  critical: boolean;
  value: Buffer;
}

export interface SearchRequest {
  kind: 'search';
  base: string;
  scope: Scope;
  sizeLimit: number;
  typesOnly: boolean;
  filter: LdapFilter;
  attributes: string[];
}

/** What a client asks for, by operation (RFC 4511 4). */
export type Operation =
  | { kind: 'bind'; version: number; user: string; password: string | null; mechanism: string | null }
  | { kind: 'unbind' }
  | { kind: 'abandon' }
  | SearchRequest
  | { kind: 'compare'; dn: string; attribute: string; value: Buffer }
  | { kind: 'add'; dn: string; attributes: [string, Value[]][] }
  | { kind: 'modify'; dn: string; changes: EntryChange[] }
  | { kind: 'delete'; dn: string }
  | ({ kind: 'rename'; dn: string } & Rename)
  | { kind: 'extended'; oid: string };

export interface Request {
  id: number;
  operation: Operation;
  controls: RequestControl[];
}

const integer = 0x02;
const enumerated = 0x0a;
const sequence = 0x30;
const set = 0x31;
const simplePassword = 0x80;
const sasl = 0xa3;
const requestName = 0x80;
const newSuperiorTag = 0x80;
const scopes: Scope[] = ['base', 'one', 'sub'];
const changeKinds: EntryChange['operation'][] = ['add', 'delete', 'replace'];

/** Decodes the inside of an LDAPMessage. Throws MalformedMessage. */
export function decodeRequest(message: Buffer): Request {
  const elements = new Elements(message);
  const id = elements.integer(integer);
  const { tag, content } = elements.next();
  const operation = decodeOperation(tag, content);
  const controls = elements.more ? elements.inside(ProtocolOperation.LDAP_CONTROLS).all(decodeControl) : [];
  return { id, operation, controls };
}

function decodeOperation(tag: number, content: Buffer): Operation {
  const inner = new Elements(content);
  switch (tag) {
    case ProtocolOperation.LDAP_REQ_BIND:
      return decodeBind(inner);
    case ProtocolOperation.LDAP_REQ_UNBIND:
      return { kind: 'unbind' };
    case ProtocolOperation.LDAP_REQ_ABANDON:
      return { kind: 'abandon' };
    case ProtocolOperation.LDAP_REQ_SEARCH:
      return decodeSearch(inner);
    case ProtocolOperation.LDAP_REQ_COMPARE: {
      const dn = inner.text();
      const assertion = inner.inside(sequence);
      return { kind: 'compare', dn, attribute: assertion.text(), value: assertion.octets() };
    }
    case ProtocolOperation.LDAP_REQ_ADD:
      return { kind: 'add', dn: inner.text(), attributes: inner.inside(sequence).all(decodeAttribute) };
    case ProtocolOperation.LDAP_REQ_MODIFY:
      return { kind: 'modify', dn: inner.text(), changes: inner.inside(sequence).all(decodeChange) };
    case ProtocolOperation.LDAP_REQ_DELETE:
      return { kind: 'delete', dn: content.toString() };
    case ProtocolOperation.LDAP_REQ_MODRDN:
      return decodeRename(inner);
    case ProtocolOperation.LDAP_REQ_EXTENSION:
      return { kind: 'extended', oid: inner.take(requestName).toString() };
    default:
      throw new MalformedMessage(`no request has the tag ${tag}`);
  }
}

function decodeBind(inner: Elements): Operation {
  const version = inner.integer(integer);
  const user = inner.text();
  const { tag, content } = inner.next();
  const password = tag === simplePassword ? content.toString() : null;
  const mechanism = tag === sasl ? new Elements(content).text() : null;
  return { kind: 'bind', version, user, password, mechanism };
}

function decodeRename(inner: Elements): Operation {
  const [dn, newRdn, deleteOldRdn] = [inner.text(), inner.text(), inner.boolean()];
  const newSuperior = inner.peek() === newSuperiorTag ? inner.take(newSuperiorTag).toString() : null;
  return { kind: 'rename', dn, newRdn, deleteOldRdn, newSuperior };
}

function decodeSearch(inner: Elements): SearchRequest {
  const base = inner.text();
  const scope = scopes[inner.integer(enumerated)];
  if (!scope) throw new MalformedMessage('no such scope');
  inner.integer(enumerated); // Aliases do not exist in AD.
  const sizeLimit = inner.integer(integer);
  inner.integer(integer); // The lab answers at once, so no time limit is reached.
  const typesOnly = inner.boolean();
  const filter = decodeFilter(inner.next());
  const attributes = inner.inside(sequence).all((elements) => elements.text());
  return { kind: 'search', base, scope, sizeLimit, typesOnly, filter, attributes };
}

function decodeAttribute(elements: Elements): [string, Value[]] {
  const inner = elements.inside(sequence);
  return [inner.text(), inner.inside(set).all((values) => values.octets())];
}

function decodeChange(elements: Elements): EntryChange {
  const inner = elements.inside(sequence);
  const operation = changeKinds[inner.integer(enumerated)];
  if (!operation) throw new MalformedMessage('no such change');
  const [attribute, values] = decodeAttribute(inner);
  return { operation, attribute, values };
}

function decodeControl(elements: Elements): RequestControl {
  const inner = elements.inside(sequence);
  const type = inner.text();
  const critical = inner.peek() === 0x01 && inner.boolean();
  return { type, critical, value: inner.more ? inner.octets() : Buffer.alloc(0) };
}
