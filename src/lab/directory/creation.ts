import { randomBytes } from 'node:crypto';

import { childDn, parentDn, parseDn } from '../../directory/dn.ts';
import type { Value } from '../../directory/entry.ts';
import { attribute, dmsaClass, uac } from '../../directory/schema.ts';
import { encodeSecurityDescriptor, right } from '../../directory/security-descriptor.ts';
import { sidOctets } from '../../directory/sid.ts';
import { definitionOf } from './attributes.ts';
import { type Change, changed } from './changes.ts';
import { classChain, isPrincipalClass } from './classes.ts';
import { refusal } from './diagnostics.ts';
import type { StoredEntry } from './entry-table.ts';
import { generalizedTime } from './generalized-time.ts';
import { dnKey } from './values.ts';

/** A user that is added without a password: disabled, and needs none (0x20, MS-ADTS 2.2.16) until it is set. */
const newUser = uac.normalAccount | uac.accountDisabled | 0x20;

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
  const filled = {
    objectGUID: [randomBytes(16)],
    nTSecurityDescriptor: [defaultDescriptor(request.domainSid)],
    whenCreated: [generalizedTime(request.now)],
    uSNCreated: [String(request.updateNumber)],
    ...(chain.at(-1) === 'user' && { userAccountControl: [String(newUser)] }),
    ...(chain.includes(dmsaClass) && { [attribute.dmsaState]: ['0'], [attribute.passwordInterval]: ['30'] }),
    ...Object.fromEntries(given),
    objectClass: chain,
    [rdn.type.toLowerCase()]: [rdn.value],
    name: [rdn.value],
  };
  const needsSid = isPrincipalClass(chain) && !('objectSid' in filled);
  const sid = needsSid && { objectSid: [sidOctets(`${request.domainSid}-${request.nextRid()}`)] };
  const changes = Object.entries({ ...filled, ...sid }).map(([name, values]): Change => {
    return { operation: 'replace', attribute: name, values };
  });
  const place = { key: dnKey(dn), parent: request.parent?.key ?? null, dn, order: request.updateNumber };
  return changed({ ...place, attributes: new Map(), spelling: new Map() }, changes);
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
