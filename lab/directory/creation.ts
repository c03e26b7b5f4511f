import { randomBytes } from 'node:crypto';
import { childDn, parentDn, parseDn, type Rdn } from '../../src/directory/dn.ts';
import type { Value } from '../../src/directory/entry.ts';
import { attribute, dmsaClass, uac } from '../../src/directory/schema.ts';
import { right } from '../../src/directory/security/ace.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { encodeSecurityDescriptor } from '../formats/security-descriptor.ts';
import { definitionOf } from './attributes.ts';
import { categoryDn } from './categories.ts';
import { changed, type EntryChange } from './changes.ts';
import { classChain, isPrincipalClass } from './classes.ts';
import { refusal } from './diagnostics.ts';
import { generalizedTime } from './generalized-time.ts';
import type { StoredEntry } from './stored-entry.ts';
import { rdnTypeOf, requireSuperior } from './superiors.ts';
import { dnKey, valueKey } from './values.ts';

/** What is added without a password: disabled, and needs none (0x20, MS-ADTS 2.2.16) until it is set. */
const withoutPassword = uac.accountDisabled | 0x20;

export interface NewEntry {
  dn: string;
  /** Null for the head of the domain. */
  parent: StoredEntry | null;
  attributes: Record<string, Value[]>;
  domainSid: string;
  now: Date;
  updateNumber: number;
  /** Takes the next RID; called for security principals only. */
  nextRid: () => number;
  hasDmsaClass: boolean;
  schemaDn: string;
}

/** A new object with what the DC fills in where the request does not (MS-ADTS 3.1.1.5.2.4). Throws LdapFailure. */
export function createEntry(request: NewEntry): StoredEntry {
  const [rdn] = parseDn(request.dn);
  if (!rdn) throw refusal.badName(request.dn);
  const dn = request.parent ? childDn(rdn.type.toUpperCase(), rdn.value, request.parent.dn) : request.dn;
  const given = Object.entries(request.attributes).map(
    ([name, values]) => [definitionOf(name).name, values] as const,
  );
  const classes = given.find(([name]) => name === 'objectClass')?.[1] ?? [];
  const chain = classChain(classes.map(String));
  if (chain.includes(dmsaClass) && !request.hasDmsaClass) throw refusal.unknownType();
  checkPlace(rdn, chain, request, Object.fromEntries(given));
  const isPrincipal = isPrincipalClass(chain);
  const kind = chain.includes('computer') ? uac.workstationTrustAccount : uac.normalAccount;
  const category = categoryDn(chain.at(-1)!, request.schemaDn);
  const filled = {
    instanceType: [request.parent ? '4' : '5'],
    objectGUID: [randomBytes(16)],
    nTSecurityDescriptor: [defaultDescriptor(request.domainSid)],
    whenCreated: [generalizedTime(request.now)],
    uSNCreated: [String(request.updateNumber)],
    ...(category && { objectCategory: [category] }),
    ...(isPrincipal && { sAMAccountName: [madeUpName(chain)] }),
    ...(chain.includes('user') && { userAccountControl: [String(kind | withoutPassword)] }),
    ...(chain.includes(dmsaClass) && { [attribute.dmsaState]: ['0'], [attribute.passwordInterval]: ['30'] }),
    ...Object.fromEntries(given),
    objectClass: chain,
    [rdn.type.toLowerCase()]: [rdn.value],
    name: [rdn.value],
  };
  const needsSid = isPrincipal && !('objectSid' in filled);
  const sid = needsSid && { objectSid: [sidOctets(`${request.domainSid}-${request.nextRid()}`)] };
  const changes = Object.entries({ ...filled, ...sid }).map(([name, values]): EntryChange => {
    return { operation: 'replace', attribute: name, values };
  });
  const place = { key: dnKey(dn), parent: request.parent?.key ?? null, dn, order: request.updateNumber };
  return changed({ ...place, attributes: new Map(), spelling: new Map() }, changes);
}

/** Throws LdapFailure 64 where such an object may not be or not be named so, 34 where it is named twice. */
function checkPlace(
  rdn: Rdn,
  chain: string[],
  { dn, parent }: NewEntry,
  given: Record<string, Value[]>,
): void {
  if (rdn.value === '') throw refusal.badName(dn);
  if (rdn.type.toLowerCase() !== rdnTypeOf(chain)) throw refusal.badRdn(dn);
  const other = given[rdn.type.toLowerCase()]?.some(
    (name) => valueKey('cn', name) !== valueKey('cn', rdn.value),
  );
  if (other) throw refusal.otherName(dn);
  if (parent) requireSuperior(chain, parent);
}

/** What the SAM calls an account that was given no name of its own (MS-SAMR 3.1.1.8.4; the form is Samba's). */
function madeUpName(chain: string[]): string {
  const hex = randomBytes(12).toString('hex').toUpperCase();
  return `$${hex.slice(0, 8)}-${hex.slice(8)}${chain.includes('computer') ? '$' : ''}`;
}

/** The lab's default: Domain Admins own the object and may do everything, authenticated users may read. */
function defaultDescriptor(domainSid: string): Buffer {
  const admins = `${domainSid}-512`;
  const authenticatedUsers = 'S-1-5-11';
  return encodeSecurityDescriptor({
    control: 0,
    owner: admins,
    group: admins,
    dacl: {
      revision: 4,
      aces: [
        { kind: 'allow', flags: 0, mask: right.fullControl, sid: admins },
        { kind: 'allow', flags: 0, mask: right.genericRead, sid: authenticatedUsers },
      ],
    },
    sacl: null,
  });
}

/** Key of the parent of a DN, as text that was checked to be one. */
export function parentKey(dn: string): string {
  return dnKey(parentDn(dn));
}
