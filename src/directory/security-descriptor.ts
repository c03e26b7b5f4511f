import { type Ace, aceFlag, decodeAce, encodeAce, right } from './ace.ts';
import { readSid, sidOctets } from './sid.ts';

export { type Ace, aceFlag, type BasicAce, type ObjectAce, type RawAce, right } from './ace.ts';

/** A security descriptor: who owns an object and who may do what to it (MS-DTYP 2.4.6). */
export interface SecurityDescriptor {
  /** Bits of the control field; those that say what is present follow from the fields below when it is encoded. */
  control: number;
  owner: string | null;
  group: string | null;
  /** Null without a DACL: everyone may do everything (MS-DTYP 2.5.3.2). An empty list lets nobody in. */
  dacl: Acl | null;
  sacl: Acl | null;
}

export interface Acl {
  /** 2, or 4 where object ACEs are in it (MS-DTYP 2.4.5). */
  revision: number;
  aces: Ace[];
}

const daclPresent = 0x0004;
const saclPresent = 0x0010;
const selfRelative = 0x8000;
const headerLength = 20;
const everyone = 'S-1-1-0';
const administrators = 'S-1-5-32-544';

/**
 * SIDs, sorted, that the descriptor lets retrieve the managed password: the ACE that comes first decides, so a SID
 * that is refused before it is allowed is none. Object ACEs and ACEs meant for children only do not count.
 */
export function principalsOf({ dacl }: SecurityDescriptor): string[] {
  if (!dacl) return [everyone];
  const decided = new Map<string, boolean>();
  for (const ace of dacl.aces) {
    const applies = (ace.kind === 'allow' || ace.kind === 'deny') && !(ace.flags & aceFlag.inheritOnly);
    if (applies && ace.mask !== 0 && !decided.has(ace.sid)) decided.set(ace.sid, ace.kind === 'allow');
  }
  return [...decided].flatMap(([sid, allowed]) => (allowed ? [sid] : [])).sort();
}

/** `msDS-GroupMSAMembership` as Set-ADServiceAccount writes it: owned by Administrators, full control for each. */
export function descriptorForPrincipals(sids: string[]): Buffer {
  const aces = [...new Set(sids)].map(
    (sid): Ace => ({ kind: 'allow', flags: 0, mask: right.fullControl, sid }),
  );
  return encodeSecurityDescriptor({
    control: daclPresent | selfRelative,
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

/** The self-relative form: header, owner, group, SACL, DACL. */
export function encodeSecurityDescriptor(descriptor: SecurityDescriptor): Buffer {
  const header = Buffer.alloc(headerLength);
  const parts: Buffer[] = [header];
  let end = headerLength;
  const place = (offsetField: number, part: Buffer | null) => {
    if (!part) return;
    header.writeUInt32LE(end, offsetField);
    parts.push(part);
    end += part.length;
  };
  place(4, descriptor.owner === null ? null : sidOctets(descriptor.owner));
  place(8, descriptor.group === null ? null : sidOctets(descriptor.group));
  place(12, descriptor.sacl && encodeAcl(descriptor.sacl));
  place(16, descriptor.dacl && encodeAcl(descriptor.dacl));
  const present = (descriptor.dacl ? daclPresent : 0) | (descriptor.sacl ? saclPresent : 0);
  header.writeUInt8(1, 0);
  header.writeUInt16LE(descriptor.control | present | selfRelative, 2);
  return Buffer.concat(parts);
}

/** Throws a RangeError that names the offset of what is malformed. */
export function decodeSecurityDescriptor(octets: Buffer): SecurityDescriptor {
  if (octets.length < headerLength)
    throw new RangeError(`a security descriptor ends at offset ${octets.length}`);
  if (octets[0] !== 1) throw new RangeError('no security descriptor of revision 1 at offset 0');
  const control = octets.readUInt16LE(2);
  if (!(control & selfRelative))
    throw new RangeError('the security descriptor at offset 0 is not self-relative');
  const at = <T>(field: number, decode: (offset: number) => T): T | null => {
    const offset = octets.readUInt32LE(field);
    if (offset === 0) return null;
    if (offset < headerLength)
      throw new RangeError(`offset ${offset} at offset ${field} points into the header`);
    return decode(offset);
  };
  const acl = (bit: number, field: number) =>
    control & bit ? at(field, (offset) => decodeAcl(octets, offset)) : null;
  return {
    control,
    owner: at(4, (offset) => readSid(octets, offset).sid),
    group: at(8, (offset) => readSid(octets, offset).sid),
    dacl: acl(daclPresent, 16),
    sacl: acl(saclPresent, 12),
  };
}

function encodeAcl({ revision, aces }: Acl): Buffer {
  const header = Buffer.alloc(8);
  const body = Buffer.concat(aces.map(encodeAce));
  header.writeUInt8(revision, 0);
  header.writeUInt16LE(header.length + body.length, 2);
  header.writeUInt16LE(aces.length, 4);
  return Buffer.concat([header, body]);
}

function decodeAcl(octets: Buffer, start: number): Acl {
  if (start + 8 > octets.length) throw new RangeError(`the ACL at offset ${start} is cut short`);
  const size = octets.readUInt16LE(start + 2);
  if (size < 8 || start + size > octets.length) {
    throw new RangeError(`the ACL at offset ${start} gives its size as ${size}`);
  }
  const whole = octets.subarray(0, start + size);
  const aces: Ace[] = [];
  let offset = start + 8;
  for (let left = octets.readUInt16LE(start + 4); left > 0; left--) {
    const { ace, size: aceSize } = decodeAce(whole, offset);
    aces.push(ace);
    offset += aceSize;
  }
  return { revision: octets[start]!, aces };
}

function rank(ace: Ace): number {
  const inherited = ace.flags & aceFlag.inherited ? 2 : 0;
  return inherited + (ace.kind === 'deny' || ace.kind === 'deny-object' ? 0 : 1);
}
