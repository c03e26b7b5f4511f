import { guidText } from '../guid.ts';
import { readSid } from '../sid.ts';

/** Access to a trustee, given or refused, on the whole object (MS-DTYP 2.4.4.2 and 2.4.4.4). */
export interface BasicAce {
  kind: 'allow' | 'deny';
  flags: number;
  mask: number;
  sid: string;
  /** Octets after the SID: none, as the specification has it, yet a larger ACE still counts. */
  extra?: Buffer;
}

/** Access to one attribute, right or class, by its GUID (MS-DTYP 2.4.4.3 and 2.4.4.5). */
export interface ObjectAce {
  kind: 'allow-object' | 'deny-object';
  flags: number;
  mask: number;
  sid: string;
  /** schemaIDGUID or rights GUID; null where the ACE is for all of them. */
  objectType: string | null;
  inheritedObjectType: string | null;
  /** Bits of its Flags field that the specification leaves free; absent where there are none. */
  otherBits?: number;
  extra?: Buffer;
}

/** Access on a condition, which the application data holds (MS-DTYP 2.4.4.6 and 2.4.4.7; conditions 2.4.4.17). */
export interface CallbackAce {
  kind: 'allow-callback' | 'deny-callback';
  flags: number;
  mask: number;
  sid: string;
  applicationData: Buffer;
}

/** Both of these (MS-DTYP 2.4.4.8 and 2.4.4.9). */
export interface CallbackObjectAce {
  kind: 'allow-callback-object' | 'deny-callback-object';
  flags: number;
  mask: number;
  sid: string;
  objectType: string | null;
  inheritedObjectType: string | null;
  otherBits?: number;
  applicationData: Buffer;
}

/** Any other type (audit, mandatory label, what is not known yet), kept as the octets after its header. */
export interface RawAce {
  kind: 'raw';
  type: number;
  flags: number;
  body: Buffer;
}

/** An ACE that gives or refuses access. */
export type AccessAce = BasicAce | ObjectAce | CallbackAce | CallbackObjectAce;
export type Ace = AccessAce | RawAce;

/** Rights of directory objects (MS-ADTS 5.1.3.2). */
export const right = {
  readProperty: 0x10,
  writeProperty: 0x20,
  /** RIGHT_GENERIC_READ on a directory object: read control, list, read property, list object. */
  genericRead: 0x20094,
  /** RIGHT_GENERIC_ALL on a directory object. */
  fullControl: 0xf01ff,
} as const;

/** Bits of the ACE's flags (MS-DTYP 2.4.4.1). */
export const aceFlag = { inheritOnly: 0x08, inherited: 0x10 } as const;

/** AceType (MS-DTYP 2.4.4.1). */
export const aceTypes: Record<AccessAce['kind'], number> = {
  allow: 0x00,
  deny: 0x01,
  'allow-object': 0x05,
  'deny-object': 0x06,
  'allow-callback': 0x09,
  'deny-callback': 0x0a,
  'allow-callback-object': 0x0b,
  'deny-callback-object': 0x0c,
};
const kinds = new Map(Object.entries(aceTypes).map(([kind, type]) => [type, kind as AccessAce['kind']]));
export const objectTypePresent = 1;
export const inheritedObjectTypePresent = 2;
const headerLength = 4;

/**
 * The ACE at `offset` of `octets`, which end where the ACL ends, and the size its header gives. Encoding it again
 * gives the same octets. Throws a RangeError that names the offset.
 */
export function decodeAce(octets: Buffer, offset: number): { ace: Ace; size: number } {
  if (offset + headerLength > octets.length) throw new RangeError(`the ACE at offset ${offset} is cut short`);
  const [type, flags] = [octets[offset]!, octets[offset + 1]!];
  const size = octets.readUInt16LE(offset + 2);
  if (size < headerLength || offset + size > octets.length) {
    throw new RangeError(`the ACE at offset ${offset} gives its size as ${size}`);
  }
  const whole = octets.subarray(0, offset + size);
  const kind = kinds.get(type);
  if (kind) return { ace: decodeBody(kind, flags, whole, offset + headerLength), size };
  return {
    ace: { kind: 'raw', type, flags, body: Buffer.from(whole.subarray(offset + headerLength)) },
    size,
  };
}

function decodeBody(kind: AccessAce['kind'], flags: number, octets: Buffer, start: number): AccessAce {
  const mask = readUint32(octets, start);
  if (kind === 'allow' || kind === 'deny') {
    const { sid, rest } = readTrustee(octets, start + 4);
    return { kind, flags, mask, sid, ...(rest.length > 0 && { extra: rest }) };
  }
  if (kind === 'allow-callback' || kind === 'deny-callback') {
    const { sid, rest: applicationData } = readTrustee(octets, start + 4);
    return { kind, flags, mask, sid, applicationData };
  }
  const { sidAt, ...object } = readObject(octets, start + 4);
  const { sid, rest } = readTrustee(octets, sidAt);
  if (kind === 'allow-object' || kind === 'deny-object') {
    return { kind, flags, mask, sid, ...object, ...(rest.length > 0 && { extra: rest }) };
  }
  return { kind, flags, mask, sid, ...object, applicationData: rest };
}

function readTrustee(octets: Buffer, offset: number): { sid: string; rest: Buffer } {
  const { sid, length } = readSid(octets, offset);
  return { sid, rest: Buffer.from(octets.subarray(offset + length)) };
}

function readObject(octets: Buffer, offset: number) {
  const bits = readUint32(octets, offset);
  let sidAt = offset + 4;
  const guid = (bit: number) => {
    if (!(bits & bit)) return null;
    sidAt += 16;
    if (sidAt > octets.length) throw new RangeError(`the GUID at offset ${sidAt - 16} is cut short`);
    return guidText(octets.subarray(sidAt - 16, sidAt));
  };
  const objectType = guid(objectTypePresent);
  const inheritedObjectType = guid(inheritedObjectTypePresent);
  const otherBits = (bits & ~(objectTypePresent | inheritedObjectTypePresent)) >>> 0;
  return { objectType, inheritedObjectType, ...(otherBits !== 0 && { otherBits }), sidAt };
}

function readUint32(octets: Buffer, offset: number): number {
  if (offset + 4 > octets.length) throw new RangeError(`the number at offset ${offset} is cut short`);
  return octets.readUInt32LE(offset);
}
