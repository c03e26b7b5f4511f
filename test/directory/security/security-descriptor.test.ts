import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  descriptorForPrincipals,
  encodeSecurityDescriptor,
  principalsOf,
  withAce,
  withoutAce,
} from '../../../lab/formats/security-descriptor.ts';
import { type Ace, right } from '../../../src/directory/security/ace.ts';
import {
  type DescriptorPart,
  decodeSecurityDescriptor,
  type SecurityDescriptor,
} from '../../../src/directory/security/security-descriptor.ts';

import { anyDescriptor, isLaidOutWithoutGaps, orRangeError } from './any-descriptor.ts';

const web01 = 'S-1-5-21-1-2-3-1104';
const web02 = 'S-1-5-21-1-2-3-1105';
const membershipGuid = '888eedd6-ce04-df40-b462-b8a50e41ba38';
const allow = (sid: string, flags = 0, mask: number = right.fullControl): Ace => ({
  kind: 'allow',
  flags,
  mask,
  sid,
});
const deny = (sid: string, flags = 0): Ace => ({ kind: 'deny', flags, mask: right.fullControl, sid });
const withDacl = (...aces: Ace[]): SecurityDescriptor => ({
  control: 0x8004,
  owner: 'S-1-5-32-544',
  group: null,
  dacl: { revision: 4, aces },
  sacl: null,
});

const objectAce = {
  kind: 'allow-object',
  flags: 0,
  mask: right.fullControl,
  sid: web01,
  objectType: null,
  inheritedObjectType: null,
};

describe('malformed security descriptors', () => {
  const whole = descriptorForPrincipals([web01]);
  const patched = (offset: number, ...octets: number[]) => {
    const copy = Buffer.from(whole);
    copy.set(octets, offset);
    return copy;
  };

  test.each([
    ['nothing', Buffer.alloc(0), 'a security descriptor ends at offset 0'],
    ['another revision', patched(0, 2), 'no security descriptor of revision 1 at offset 0'],
    ['an absolute one', patched(2, 4, 0), 'the security descriptor at offset 0 is not self-relative'],
    ['an owner in the header', patched(4, 3), 'offset 3 at offset 4 points into the header'],
    ['an owner beyond the end', patched(4, 0xff, 0xff), 'offset 65535 at offset 4 points behind the end'],
    ['an owner that is no SID', patched(20, 9), 'no SID of revision 1 at offset 20'],
    ['a DACL beyond the end', patched(16, 0xff, 0xff), 'offset 65535 at offset 16 points behind the end'],
    ['a DACL longer than the octets', patched(38, 0xff), 'the ACL at offset 36 gives its size as 255'],
    ['more ACEs than there are', patched(40, 2), 'the ACE at offset 80 is cut short'],
    ['an ACE without a size', patched(46, 0), 'the ACE at offset 44 gives its size as 0'],
    ['an ACE longer than its ACL', patched(46, 37), 'the ACE at offset 44 gives its size as 37'],
    ['an ACE whose SID is cut short', patched(53, 6), 'the SID at offset 52 is cut short'],
  ])('%s is refused with the offset', (_, octets, message) => {
    expect(() => decodeSecurityDescriptor(octets)).toThrow(new RangeError(message));
  });

  test('any octets are either decoded or refused with a RangeError', () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    const damaged = fc
      .tuple(fc.nat(whole.length - 1), fc.nat(255))
      .map(([offset, octet]) => new Uint8Array(patched(offset, octet)));
    fc.assert(
      fc.property(fc.oneof(noise, damaged), (octets) => {
        try {
          decodeSecurityDescriptor(Buffer.from(octets));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe('encode and decode', () => {
  test('are inverses', () => {
    fc.assert(
      fc.property(anyDescriptor, (descriptor) => {
        const octets = encodeSecurityDescriptor(descriptor);
        expect(decodeSecurityDescriptor(octets)).toEqual(descriptor);
        expect(encodeSecurityDescriptor(decodeSecurityDescriptor(octets))).toEqual(octets);
      }),
    );
  });

  test('octets that were changed anywhere in the parts give the same octets again, or are refused', () => {
    const damaged = anyDescriptor.chain((descriptor) => {
      const octets = encodeSecurityDescriptor(descriptor);
      // Offsets decide the layout, and the control field which parts there are: those have tests of their own.
      const place = fc.integer({ min: 20, max: Math.max(20, octets.length - 1) });
      return fc.tuple(fc.constant(octets), fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 4 }));
    });
    let same = 0;
    fc.assert(
      fc.property(damaged, ([octets, changes]) => {
        const changed = Buffer.from(octets);
        for (const [offset, octet] of changes) if (offset < changed.length) changed[offset] = octet;
        const decoded = orRangeError(() => decodeSecurityDescriptor(changed));
        if (decoded === null || !isLaidOutWithoutGaps(changed, decoded)) return;
        expect(encodeSecurityDescriptor(decoded)).toEqual(changed);
        same++;
      }),
      { numRuns: 500 },
    );
    expect(same).toBeGreaterThan(100);
  });

  test.each([
    ['an ACE', { ...allow(web01), extra: Buffer.from('abcd') }],
    ['an object ACE', { ...objectAce, extra: Buffer.from('abcd') }],
    ['an object ACE with bits that mean nothing', { ...objectAce, otherBits: 0x80000004 }],
  ])('octets after the SID of %s are kept, and it counts', (_, ace) => {
    const octets = encodeSecurityDescriptor(withDacl(ace as Ace));
    const decoded = decodeSecurityDescriptor(octets);
    expect(decoded.dacl?.aces).toEqual([ace]);
    expect(principalsOf(decoded)).toEqual([web01]);
  });

  test('owner and group first, or the lists first: the order of the parts is kept', () => {
    const usual = { ...withDacl(allow(web01)), group: 'S-1-5-18', sacl: { revision: 2, aces: [] } };
    const control = 0x8014;
    const listsFirst = { ...usual, control, order: ['sacl', 'dacl', 'owner', 'group'] as DescriptorPart[] };
    const octets = encodeSecurityDescriptor(listsFirst);
    expect([4, 8, 12, 16].map((field) => octets.readUInt32LE(field))).toEqual([72, 88, 20, 28]);
    expect(decodeSecurityDescriptor(octets)).toEqual(listsFirst);
    expect(decodeSecurityDescriptor(encodeSecurityDescriptor(usual))).not.toHaveProperty('order');
  });

  test('what an ACL has to spare, and bits of a resource manager, are kept', () => {
    const dacl = { revision: 2, aces: [allow(web01)], slack: Buffer.alloc(8, 7) };
    const descriptor = { ...withDacl(), dacl, resourceManager: 3 };
    const octets = encodeSecurityDescriptor(descriptor);
    expect(decodeSecurityDescriptor(octets)).toEqual(descriptor);
    const reserved = { first: 1, second: 2 };
    const odd = { ...descriptor, dacl: { ...dacl, reserved } };
    expect(decodeSecurityDescriptor(encodeSecurityDescriptor(odd))).toEqual(odd);
  });

  test('parts that share octets, or leave some unused, are laid out anew and mean the same', () => {
    const plain = { ...withDacl(allow(web01)), group: 'S-1-5-32-544' };
    const octets = encodeSecurityDescriptor(plain);
    const shared = Buffer.from(octets);
    shared.writeUInt32LE(octets.readUInt32LE(4), 8);
    const trailing = Buffer.concat([octets, Buffer.alloc(4)]);
    for (const each of [shared, trailing]) {
      const decoded = decodeSecurityDescriptor(each);
      expect(decoded).toEqual(plain);
      expect(encodeSecurityDescriptor(decoded)).toEqual(octets);
    }
  });

  test('what is longer than its header can say is refused', () => {
    const body = Buffer.alloc(65_532);
    const long: Ace = { kind: 'raw', type: 2, flags: 0, body };
    expect(() => encodeSecurityDescriptor(withDacl(long))).toThrow(
      new RangeError('an ACE of 65536 octets is too long'),
    );
    const half: Ace = { ...long, body: body.subarray(0, 40_000) };
    expect(() => encodeSecurityDescriptor(withDacl(half, half))).toThrow(
      new RangeError('an ACL of 80016 octets is too long'),
    );
  });
});

describe('principals', () => {
  test('are written as Set-ADServiceAccount writes them', () => {
    expect(descriptorForPrincipals([web01, web01]).toString('hex')).toBe(
      [
        '0100048014000000000000000000000024000000',
        '01020000000000052000000020020000',
        '02002c0001000000',
        '00002400ff010f00010500000000000515000000010000000200000003000000',
        '50040000',
      ].join(''),
    );
  });
});

describe('adding and removing an ACE', () => {
  const mine: Ace = {
    kind: 'allow-object',
    flags: 0,
    mask: right.writeProperty,
    sid: web01,
    objectType: membershipGuid,
    inheritedObjectType: null,
  };

  test('puts refusals first and inherited ones last', () => {
    const before = withDacl(deny(web02), allow(web02), allow(web02, 0x10));
    expect(withAce(before, mine).dacl?.aces).toEqual([deny(web02), allow(web02), mine, allow(web02, 0x10)]);
    expect(withAce(before, deny(web01)).dacl?.aces.slice(0, 2)).toEqual([deny(web02), deny(web01)]);
  });

  test('adds it once however often it is added, and takes it all away', () => {
    const before = withDacl(allow(web02));
    const twice = withAce(withAce(before, mine), mine);
    expect(twice.dacl?.aces).toEqual([allow(web02), mine]);
    expect(withoutAce(twice, mine)).toEqual(before);
  });

  test('an object ACE needs the revision of directory objects', () => {
    const before = { ...withDacl(), dacl: { revision: 2, aces: [] } };
    expect(withAce(before, mine).dacl?.revision).toBe(4);
    expect(withAce(before, allow(web01)).dacl?.revision).toBe(2);
  });

  test('a descriptor without a DACL has nothing to take away', () => {
    const open = { ...withDacl(), dacl: null };
    expect(withoutAce(open, mine)).toBe(open);
  });
});
