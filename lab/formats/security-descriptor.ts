import { accessRules, grantees } from '../../src/directory/security/access.ts';
import { type Ace, aceFlag, right } from '../../src/directory/security/ace.ts';
import {
  control,
  type DescriptorPart,
  descriptorParts,
  headerLength,
  offsetFields,
  type SecurityDescriptor,
} from '../../src/directory/security/security-descriptor.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { encodeAce, encodeAcl } from './acl.ts';

/**
 * The self-relative form. What was decoded gives the same octets again where its parts follow the header without
 * gap and without overlap, in whatever order. Otherwise (two parts that share octets, unused octets between or after
 * them, an ACL that the control field says is not there) the parts are laid out one after the other.
 */
export function encodeSecurityDescriptor(descriptor: SecurityDescriptor): Buffer {
  const { owner, group, sacl, dacl, resourceManager = 0 } = descriptor;
  const octets: Record<DescriptorPart, Buffer | null> = {
    owner: owner === null ? null : sidOctets(owner),
    group: group === null ? null : sidOctets(group),
    sacl: sacl && encodeAcl(sacl),
    dacl: dacl && encodeAcl(dacl),
  };
  const header = Buffer.alloc(headerLength);
  const placed: Buffer[] = [header];
  let end = headerLength;
  for (const part of [...new Set([...(descriptor.order ?? []), ...descriptorParts])]) {
    const each = octets[part];
    if (!each) continue;
    header.writeUInt32LE(end, offsetFields[part]);
    placed.push(each);
    end += each.length;
  }
  const present = (dacl ? control.daclPresent : 0) | (sacl ? control.saclPresent : 0);
  header.writeUInt8(1, 0);
  header.writeUInt8(resourceManager, 1);
  header.writeUInt16LE(descriptor.control | present | control.selfRelative, 2);
  return Buffer.concat(placed);
}

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

/** SIDs, sorted, that the descriptor lets retrieve the managed password: those with an ACE of their own that allows it. */
export function principalsOf(descriptor: SecurityDescriptor): string[] {
  return grantees(accessRules(descriptor))
    .filter(({ conditional }) => !conditional)
    .map(({ sid }) => sid);
}
