import { readSid, sidOctets } from '../sid.ts';
import { type Acl, decodeAcl, encodeAcl } from './acl.ts';

export { principalsOf } from './access.ts';
export { type Ace, aceFlag, type BasicAce, type ObjectAce, type RawAce, right } from './ace.ts';
export type { Acl } from './acl.ts';
export { descriptorForPrincipals, withAce, withoutAce } from './descriptor-changes.ts';

/** A security descriptor: who owns an object and who may do what to it (MS-DTYP 2.4.6). */
export interface SecurityDescriptor {
  /** Bits of the control field; those that say what is present follow from the fields below when it is encoded. */
  control: number;
  owner: string | null;
  group: string | null;
  /** Null without a DACL: everyone may do everything (MS-DTYP 2.5.3.2). An empty list lets nobody in. */
  dacl: Acl | null;
  sacl: Acl | null;
  /** In which order the parts follow the header; absent where it is the one below. Windows writes several. */
  order?: Part[];
  /** The octet Sbz1, in which a resource manager may keep bits of its own; absent where it is 0. */
  resourceManager?: number;
}

export type Part = 'owner' | 'group' | 'sacl' | 'dacl';

const parts: Part[] = ['owner', 'group', 'sacl', 'dacl'];
/** Where the header says the offset of each part. */
const offsetFields: Record<Part, number> = { owner: 4, group: 8, sacl: 12, dacl: 16 };
const daclPresent = 0x0004;
const saclPresent = 0x0010;
const selfRelative = 0x8000;
const headerLength = 20;

/**
 * The self-relative form. What was decoded gives the same octets again where its parts follow the header without
 * gap and without overlap, in whatever order. Otherwise (two parts that share octets, unused octets between or after
 * them, an ACL that the control field says is not there) the parts are laid out one after the other.
 */
export function encodeSecurityDescriptor(descriptor: SecurityDescriptor): Buffer {
  const { owner, group, sacl, dacl, resourceManager = 0 } = descriptor;
  const octets: Record<Part, Buffer | null> = {
    owner: owner === null ? null : sidOctets(owner),
    group: group === null ? null : sidOctets(group),
    sacl: sacl && encodeAcl(sacl),
    dacl: dacl && encodeAcl(dacl),
  };
  const header = Buffer.alloc(headerLength);
  const placed: Buffer[] = [header];
  let end = headerLength;
  for (const part of [...new Set([...(descriptor.order ?? []), ...parts])]) {
    const each = octets[part];
    if (!each) continue;
    header.writeUInt32LE(end, offsetFields[part]);
    placed.push(each);
    end += each.length;
  }
  const present = (dacl ? daclPresent : 0) | (sacl ? saclPresent : 0);
  header.writeUInt8(1, 0);
  header.writeUInt8(resourceManager, 1);
  header.writeUInt16LE(descriptor.control | present | selfRelative, 2);
  return Buffer.concat(placed);
}

/** Throws a RangeError that names the offset of what is malformed. */
export function decodeSecurityDescriptor(octets: Buffer): SecurityDescriptor {
  if (octets.length < headerLength)
    throw new RangeError(`a security descriptor ends at offset ${octets.length}`);
  if (octets[0] !== 1) throw new RangeError('no security descriptor of revision 1 at offset 0');
  const control = octets.readUInt16LE(2);
  if (!(control & selfRelative))
    throw new RangeError('the security descriptor at offset 0 is not self-relative');
  const spans: Span[] = [];
  const at = <T>(part: Part, decode: (offset: number) => { value: T; length: number }): T | null => {
    const field = offsetFields[part];
    const offset = octets.readUInt32LE(field);
    if (offset === 0) return null;
    if (offset < headerLength)
      throw new RangeError(`offset ${offset} at offset ${field} points into the header`);
    if (offset >= octets.length)
      throw new RangeError(`offset ${offset} at offset ${field} points behind the end`);
    const { value, length } = decode(offset);
    spans.push({ part, offset, length });
    return value;
  };
  const sid = (part: Part) =>
    at(part, (offset) => {
      const { sid: value, length } = readSid(octets, offset);
      return { value, length };
    });
  const acl = (part: Part, bit: number) =>
    control & bit ? at(part, (offset) => decodeAcl(octets, offset)) : null;
  const decoded = {
    control,
    owner: sid('owner'),
    group: sid('group'),
    dacl: acl('dacl', daclPresent),
    sacl: acl('sacl', saclPresent),
  };
  const resourceManager = octets[1]!;
  return { ...decoded, ...orderOf(spans), ...(resourceManager !== 0 && { resourceManager }) };
}

interface Span {
  part: Part;
  offset: number;
  length: number;
}

/** The order of the parts where it is not the usual one; a layout with gaps or overlaps has none that could be kept. */
function orderOf(spans: Span[]): { order?: Part[] } {
  const sorted = [...spans].sort((a, b) => a.offset - b.offset);
  let end = headerLength;
  for (const { offset, length } of sorted) {
    if (offset !== end) return {};
    end += length;
  }
  const order = sorted.map(({ part }) => part);
  const usual = parts.filter((part) => order.includes(part));
  return order.join() === usual.join() ? {} : { order };
}
