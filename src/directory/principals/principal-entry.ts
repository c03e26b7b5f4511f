import type { Principal, PrincipalKind } from '../../domain/facts/facts.ts';
import { type Entry, integer, octets, sidOf, text, texts } from '../entry.ts';
import { kindOf } from '../read/read-account.ts';
import { wellKnown } from '../security/well-known-sids.ts';

/** Attributes by which an object is known as a principal. */
export const principalAttributes = ['objectSid', 'sAMAccountName', 'objectClass', 'groupType'];

export interface KnownPrincipal {
  principal: Principal;
  /** Null for what is no group. */
  group: PrincipalGroup | null;
}

export interface PrincipalGroup {
  sid: string;
  dn: string;
  /** Only these are in anybody's token; a distribution group grants nothing (MS-ADTS 2.2.12). */
  security: boolean;
  /** Its members are of its own domain alone (MS-ADTS 2.2.12); the others may have members of other domains. */
  global: boolean;
}

/** Bits of groupType (MS-ADTS 2.2.12): GROUP_TYPE_ACCOUNT_GROUP and GROUP_TYPE_SECURITY_ENABLED. */
const accountGroup = 0x2;
const securityEnabled = 0x80000000;

/** Null for an object without a SID: a contact, which no ACE can name. */
export function resolvedPrincipal(entry: Entry): KnownPrincipal | null {
  if (!octets(entry, 'objectSid')) return null;
  const sid = sidOf(entry, 'objectSid');
  const kind = principalKind(entry);
  const name = text(entry, 'sAMAccountName') ?? wellKnown(sid)?.name ?? null;
  return { principal: { sid, name, kind }, group: kind === 'group' ? groupOf(sid, entry) : null };
}

function groupOf(sid: string, entry: Entry): PrincipalGroup {
  const type = integer(entry, 'groupType') ?? securityEnabled | accountGroup;
  return {
    sid,
    dn: entry.dn,
    security: (type & securityEnabled) !== 0,
    global: (type & accountGroup) !== 0,
  };
}

function principalKind(entry: Entry): PrincipalKind {
  const kind = kindOf(entry);
  if (kind === 'user') return 'user';
  if (kind !== 'other') return 'computer';
  const classes = texts(entry, 'objectClass').map((name) => name.toLowerCase());
  if (classes.includes('group')) return 'group';
  return classes.includes('foreignsecurityprincipal') ? 'foreign' : 'unknown';
}
