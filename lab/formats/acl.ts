import { guidOctets } from '../../src/directory/guid.ts';
import {
  type AccessAce,
  type Ace,
  aceTypes,
  inheritedObjectTypePresent,
  objectTypePresent,
} from '../../src/directory/security/ace.ts';
import type { Acl } from '../../src/directory/security/acl.ts';
import { sidOctets } from '../../src/directory/sid.ts';

const headerLength = { ace: 4, acl: 8 };

/** Throws a RangeError where it would be longer than the 65,535 octets that its header can say. */
export function encodeAcl({ revision, aces, slack, reserved }: Acl): Buffer {
  const header = Buffer.alloc(headerLength.acl);
  const octets = Buffer.concat([header, ...aces.map(encodeAce), ...(slack ? [slack] : [])]);
  if (octets.length > 0xffff) throw new RangeError(`an ACL of ${octets.length} octets is too long`);
  octets.writeUInt8(revision, 0);
  octets.writeUInt8(reserved?.first ?? 0, 1);
  octets.writeUInt16LE(octets.length, 2);
  octets.writeUInt16LE(aces.length, 4);
  octets.writeUInt16LE(reserved?.second ?? 0, 6);
  return octets;
}

/** Throws a RangeError where it would be longer than the 65,535 octets that its header can say. */
export function encodeAce(ace: Ace): Buffer {
  const body = ace.kind === 'raw' ? ace.body : encodeBody(ace);
  const size = headerLength.ace + body.length;
  if (size > 0xffff) throw new RangeError(`an ACE of ${size} octets is too long`);
  const header = Buffer.from([aceType(ace), ace.flags, 0, 0]);
  header.writeUInt16LE(size, 2);
  return Buffer.concat([header, body]);
}

function encodeBody(ace: AccessAce): Buffer {
  const parts = [uint32(ace.mask)];
  if ('objectType' in ace) {
    const { objectType, inheritedObjectType, otherBits = 0 } = ace;
    const present =
      (objectType === null ? 0 : objectTypePresent) |
      (inheritedObjectType === null ? 0 : inheritedObjectTypePresent);
    parts.push(uint32((otherBits | present) >>> 0));
    for (const guid of [objectType, inheritedObjectType]) if (guid !== null) parts.push(guidOctets(guid));
  }
  const rest = 'applicationData' in ace ? ace.applicationData : ace.extra;
  return Buffer.concat([...parts, sidOctets(ace.sid), ...(rest ? [rest] : [])]);
}

function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
}

/** The number of the ACE's type (MS-DTYP 2.4.4.1). */
export function aceType(ace: Ace): number {
  return ace.kind === 'raw' ? ace.type : aceTypes[ace.kind];
}
