import { type Ace, aceFlag, encodeAce, right } from './ace.ts';
import { encodeSecurityDescriptor, type SecurityDescriptor } from './security-descriptor.ts';

const administrators = 'S-1-5-32-544';

/** `msDS-GroupMSAMembership` as Set-ADServiceAccount writes it: owned by Administrators, full control for each. */
export function descriptorForPrincipals(sids: string[]): Buffer {
  const aces = [...new Set(sids)].map(
    (sid): Ace => ({ kind: 'allow', flags: 0, mask: right.fullControl, sid }),
  );
  return encodeSecurityDescriptor({
    control: 0,
    owner: administrators,
    group: null,
    dacl: { revision: 2, aces },
    sacl: null,
  });
}

/** The descriptor with the ACE in it once, in canonical order: refusals first, inherited ones last (MS-DTYP 2.4.5). */
export function withAce(descriptor: SecurityDescriptor, ace: Ace): SecurityDescriptor {
  const others = withoutAce(descriptor, ace).dacl?.aces ?? [];
  const aces = [...others, ace].map((each, index) => ({ each, index, rank: rank(each) }));
  aces.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const revision = 'objectType' in ace ? 4 : (descriptor.dacl?.revision ?? 2);
  return { ...descriptor, dacl: { revision, aces: aces.map(({ each }) => each) } };
}

/** The descriptor without the ACE, wherever it is and however often. */
export function withoutAce(descriptor: SecurityDescriptor, ace: Ace): SecurityDescriptor {
  if (!descriptor.dacl) return descriptor;
  const unwanted = encodeAce(ace);
  const aces = descriptor.dacl.aces.filter((each) => !encodeAce(each).equals(unwanted));
  return { ...descriptor, dacl: { ...descriptor.dacl, aces } };
}

function rank(ace: Ace): number {
  const inherited = ace.flags & aceFlag.inherited ? 2 : 0;
  return inherited + (ace.kind.startsWith('deny') ? 0 : 1);
}
