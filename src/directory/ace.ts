import { guidOctets, guidText } from './guid.ts';
import { readSid, sidOctets } from './sid.ts';

/** Access to a trustee, given or refused, on the whole object (MS-DTYP 2.4.4.2 and 2.4.4.4). */
export interface BasicAce {
  kind: 'allow' | 'deny';
  flags: number;
  mask: number;
  sid: string;
  /** What follows the SID: nothing, as the specification has it, yet a larger ACE still counts. */
  extra?: Buffer;
}

/** The same for one attribute, right or class, by its GUID (MS-DTYP 2.4.4.3 and 2.4.4.5). */
export interface ObjectAce {
  kind: 'allow-object' | 'deny-object';
  flags: number;
  mask: number;
  sid: string;
  /** schemaIDGUID or rights GUID; null where the ACE is for all of them. */
  objectType: string | null;
  inheritedObjectType: string | null;
}

/** Any other type (audit, callback, …), kept as the octets after its header. */
export interface RawAce {
  kind: 'raw';
  type: number;
  flags: number;
  body: Buffer;
}

export type Ace = BasicAce | ObjectAce | RawAce;

/** Rights of directory objects (MS-ADTS 5.1.3.2). */
export const right = {
  readProperty: 0x10,
  writeProperty: 0x20,
  /** What RIGHT_GENERIC_READ becomes on a directory object: read control, list, read property, list object. */
  genericRead: 0x20094,
  /** What RIGHT_GENERIC_ALL becomes on a directory object. */
  fullControl: 0xf01ff,
} as const;

/** Bits of the ACE's flags (MS-DTYP 2.4.4.1). */
export const aceFlag = { inheritOnly: 0x08, inherited: 0x10 } as const;

const types = { allow: 0, deny: 1, 'allow-object': 5, 'deny-object': 6 } as const;
const objectTypePresent = 1;
const inheritedObjectTypePresent = 2;

export function encodeAce(ace: Ace): Buffer {
  const body = ace.kind === 'raw' ? ace.body : encodeBody(ace);
  const header = Buffer.from([ace.kind === 'raw' ? ace.type : types[ace.kind], ace.flags, 0, 0]);
  header.writeUInt16LE(4 + body.length, 2);
  return Buffer.concat([header, body]);
}

/**
 * The ACE at `offset` of `octets`, which end where the ACL ends, and the size its header gives. Throws a RangeError
 * that names the offset. An object ACE with more in it than the specification has is kept raw.
 */
export function decodeAce(octets: Buffer, offset: number): { ace: Ace; size: number } {
  if (offset + 4 > octets.length) throw new RangeError(`the ACE at offset ${offset} is cut short`);
  const [type, flags] = [octets[offset]!, octets[offset + 1]!];
  const size = octets.readUInt16LE(offset + 2);
  if (size < 4 || offset + size > octets.length) {
    throw new RangeError(`the ACE at offset ${offset} gives its size as ${size}`);
  }
  const whole = octets.subarray(0, offset + size);
  const raw: RawAce = { kind: 'raw', type, flags, body: Buffer.from(whole.subarray(offset + 4)) };
  const ace = decodeKnown(type, flags, whole, offset + 4) ?? raw;
  return { ace: encodeAce(ace).equals(whole.subarray(offset)) ? ace : raw, size };
}

function encodeBody(ace: BasicAce | ObjectAce): Buffer {
  const mask = uint32(ace.mask);
  if (!('objectType' in ace)) return Buffer.concat([mask, sidOctets(ace.sid), ace.extra ?? Buffer.alloc(0)]);
  const present =
    (ace.objectType ? objectTypePresent : 0) | (ace.inheritedObjectType ? inheritedObjectTypePresent : 0);
  const guids = [ace.objectType, ace.inheritedObjectType].flatMap((guid) => (guid ? [guidOctets(guid)] : []));
  return Buffer.concat([mask, uint32(present), ...guids, sidOctets(ace.sid)]);
}

function decodeKnown(type: number, flags: number, octets: Buffer, start: number): Ace | null {
  const kind = (Object.keys(types) as (keyof typeof types)[]).find((name) => types[name] === type);
  if (!kind) return null;
  const mask = readUint32(octets, start);
  if (kind === 'allow' || kind === 'deny') {
    const { sid, length } = readSid(octets, start + 4);
    const extra = Buffer.from(octets.subarray(start + 4 + length));
    return extra.length > 0 ? { kind, flags, mask, sid, extra } : { kind, flags, mask, sid };
  }
  const present = readUint32(octets, start + 4);
  let next = start + 8;
  const guid = (bit: number) => {
    if (!(present & bit)) return null;
    next += 16;
    if (next > octets.length) throw new RangeError(`the GUID at offset ${next - 16} is cut short`);
    return guidText(octets.subarray(next - 16, next));
  };
  const objectType = guid(objectTypePresent);
  const inheritedObjectType = guid(inheritedObjectTypePresent);
  return { kind, flags, mask, sid: readSid(octets, next).sid, objectType, inheritedObjectType };
}

function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
}

function readUint32(octets: Buffer, offset: number): number {
  if (offset + 4 > octets.length) throw new RangeError(`the number at offset ${offset} is cut short`);
  return octets.readUInt32LE(offset);
}
