import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { descriptorForPrincipals } from '../../lab/formats/security-descriptor.ts';

import { descriptorOf, type Entry, guidOf, integer, sidOf, type Value } from '../../src/directory/entry.ts';
import { guidOctets } from '../../src/directory/guid.ts';
import type { SecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';

const dn = 'CN=svc,DC=lab,DC=example';
const sid = 'S-1-5-21-1-2-3-1104';
const guid = '0feb936f-47b3-49f2-9386-1dedc2c23765';
const having = (name: string, ...values: Value[]): Entry => ({ dn, attributes: { [name]: values } });

describe('a value that is not what its attribute holds', () => {
  test.each<[string, () => unknown, string, string]>([
    [
      'a SID cut short',
      () => sidOf(having('objectSid', sidOctets(sid).subarray(0, 20)), 'objectSid'),
      'ATTRIBUTE_INVALID',
      'objectSid: the SID at offset 0 is cut short',
    ],
    [
      'a SID of another revision',
      () => sidOf(having('objectSid', Buffer.alloc(12)), 'objectSid'),
      'ATTRIBUTE_INVALID',
      'objectSid: no SID of revision 1 at offset 0',
    ],
    [
      'no SID',
      () => sidOf(having('cn', 'svc'), 'objectSid'),
      'ATTRIBUTE_INVALID',
      'objectSid: absent, or not readable',
    ],
    [
      'a GUID cut short',
      () => guidOf(having('objectGUID', guidOctets(guid).subarray(1)), 'objectGUID'),
      'ATTRIBUTE_INVALID',
      'objectGUID: a GUID has 16 octets, not 15',
    ],
    [
      'a text in the place of a number',
      () => integer(having('adminCount', '1a'), 'adminCount'),
      'ATTRIBUTE_INVALID',
      'adminCount: "1a" is no number',
    ],
    [
      'an empty number',
      () => integer(having('adminCount', ''), 'adminCount'),
      'ATTRIBUTE_INVALID',
      'adminCount: "" is no number',
    ],
    [
      'a long text',
      () => integer(having('adminCount', '9'.repeat(50)), 'adminCount'),
      'ATTRIBUTE_INVALID',
      `adminCount: "${'9'.repeat(40)}…" is no number`,
    ],
    [
      'a descriptor cut short',
      () => descriptorOf(having('nTSecurityDescriptor', Buffer.alloc(5)), 'nTSecurityDescriptor'),
      'DESCRIPTOR_INVALID',
      'nTSecurityDescriptor: a security descriptor ends at offset 5',
    ],
  ])('%s is told with object, attribute and place', (_, read, code, message) => {
    expect(read).toThrow(expect.objectContaining({ code, subject: dn, message: `${dn}: ${message}` }));
  });

  test('a descriptor that was changed in any way decodes, or names an offset within it', () => {
    const whole = descriptorForPrincipals([sid, 'S-1-5-32-544', 'S-1-5-21-1-2-3-1105']);
    const place = fc.nat(whole.length - 1);
    const changed = fc.oneof(
      fc.tuple(place, fc.nat(255)).map(([at, octet]) => spliced(whole, at, 1, octet)),
      fc.tuple(place, fc.nat(7)).map(([at, bit]) => spliced(whole, at, 1, whole[at]! ^ (1 << bit))),
      fc.tuple(place, fc.nat(255)).map(([at, octet]) => spliced(whole, at, 0, octet)),
      fc.tuple(place, fc.integer({ min: 1, max: 30 })).map(([at, count]) => spliced(whole, at, count)),
      place.map((length) => whole.subarray(0, length)),
      fc.uint8Array({ maxLength: 200 }).map((noise) => Buffer.from(noise)),
    );
    const seen = { decoded: 0, refused: 0 };
    fc.assert(
      fc.property(changed, (octets) => {
        const read = reading(having('msDS-GroupMSAMembership', octets));
        if (!(read instanceof DmsaError)) {
          seen.decoded++;
          // No more than the octets can hold: an ACE has four at the least.
          expect(read?.dacl?.aces.length ?? 0).toBeLessThanOrEqual(octets.length / 4);
          return;
        }
        seen.refused++;
        expect(read).toMatchObject({ code: 'DESCRIPTOR_INVALID', subject: dn });
        const offsets = [...read.message.matchAll(/ at offset (\d+)/g)].map(([, offset]) => Number(offset));
        expect(offsets.length).toBeGreaterThan(0);
        expect(Math.max(...offsets)).toBeLessThanOrEqual(octets.length);
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.decoded, seen.refused)).toBeGreaterThan(100);
  });
});

describe('a value that is', () => {
  test('is read whatever the case of its attribute', () => {
    expect(sidOf(having('OBJECTSID', sidOctets(sid)), 'objectSid')).toBe(sid);
    expect(guidOf(having('objectguid', guidOctets(guid)), 'objectGUID')).toBe(guid);
    expect(integer(having('groupType', '-2147483646'), 'grouptype')).toBe(-2_147_483_646);
  });

  test('is null where a number or a descriptor is absent', () => {
    expect(integer(having('cn', 'x'), 'adminCount')).toBeNull();
    expect(descriptorOf(having('cn', 'x'), 'nTSecurityDescriptor')).toBeNull();
  });
});

function spliced(octets: Buffer, at: number, count: number, ...put: number[]): Buffer {
  return Buffer.concat([octets.subarray(0, at), Buffer.from(put), octets.subarray(at + count)]);
}

function reading(entry: Entry): SecurityDescriptor | null | DmsaError {
  try {
    return descriptorOf(entry, 'msDS-GroupMSAMembership');
  } catch (error) {
    if (error instanceof DmsaError) return error;
    throw error;
  }
}
