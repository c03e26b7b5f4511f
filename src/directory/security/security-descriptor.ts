import { readSid } from '../sid.ts';
import { type Acl, decodeAcl } from './acl.ts';

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
  order?: DescriptorPart[];
  /** The octet Sbz1, in which a resource manager may keep bits of its own; absent where it is 0. */
  resourceManager?: number;
}

export type DescriptorPart = 'owner' | 'group' | 'sacl' | 'dacl';

/** In the order in which they are laid out unless a descriptor says otherwise. */
export const descriptorParts: DescriptorPart[] = ['owner', 'group', 'sacl', 'dacl'];
/** Where the header says the offset of each part. */
export const offsetFields: Record<DescriptorPart, number> = { owner: 4, group: 8, sacl: 12, dacl: 16 };
/** Bits of the control field (MS-DTYP 2.4.6). */
export const control = { daclPresent: 0x0004, saclPresent: 0x0010, selfRelative: 0x8000 } as const;
export const headerLength = 20;

/** Throws a RangeError that names the offset of what is malformed. */
export function decodeSecurityDescriptor(octets: Buffer): SecurityDescriptor {
  if (octets.length < headerLength)
    throw new RangeError(`a security descriptor ends at offset ${octets.length}`);
  if (octets[0] !== 1) throw new RangeError('no security descriptor of revision 1 at offset 0');
  const bits = octets.readUInt16LE(2);
  if (!(bits & control.selfRelative))
    throw new RangeError('the security descriptor at offset 0 is not self-relative');
  const spans: Span[] = [];
  const at = <T>(
    part: DescriptorPart,
    decode: (offset: number) => { value: T; length: number },
  ): T | null => {
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
  const sid = (part: DescriptorPart) =>
    at(part, (offset) => {
      const { sid: value, length } = readSid(octets, offset);
      return { value, length };
    });
  const acl = (part: DescriptorPart, bit: number) =>
    bits & bit ? at(part, (offset) => decodeAcl(octets, offset)) : null;
  const decoded = {
    control: bits,
    owner: sid('owner'),
    group: sid('group'),
    dacl: acl('dacl', control.daclPresent),
    sacl: acl('sacl', control.saclPresent),
  };
  const resourceManager = octets[1]!;
  return { ...decoded, ...orderOf(spans), ...(resourceManager !== 0 && { resourceManager }) };
}

interface Span {
  part: DescriptorPart;
  offset: number;
  length: number;
}

/** The order of the parts where it is not the usual one; a layout with gaps or overlaps has none that could be kept. */
function orderOf(spans: Span[]): { order?: DescriptorPart[] } {
  const sorted = [...spans].sort((a, b) => a.offset - b.offset);
  let end = headerLength;
  for (const { offset, length } of sorted) {
    if (offset !== end) return {};
    end += length;
  }
  const order = sorted.map(({ part }) => part);
  const usual = descriptorParts.filter((part) => order.includes(part));
  return order.join() === usual.join() ? {} : { order };
}
