import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type Ace,
  type Acl,
  decodeSecurityDescriptor,
  descriptorForPrincipals,
  encodeSecurityDescriptor,
  principalsOf,
  right,
  type SecurityDescriptor,
  withAce,
  withoutAce,
} from '../../src/directory/security-descriptor.ts';

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
    ['an owner beyond the end', patched(4, 0xff, 0xff), 'the SID at offset 65535 is cut short'],
    ['an owner that is no SID', patched(20, 9), 'no SID of revision 1 at offset 20'],
    ['a DACL beyond the end', patched(16, 0xff, 0xff), 'the ACL at offset 65535 is cut short'],
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
  const sid = fc
    .tuple(fc.nat(0xffffffff), fc.array(fc.nat(0xffffffff), { maxLength: 15 }))
    .map(([authority, parts]) => ['S-1', authority, ...parts].join('-'));
  const octet = fc.nat(255);
  const mask = fc.nat(0xffffffff);
  const guid = fc.option(fc.uuid());
  const ace: fc.Arbitrary<Ace> = fc.oneof(
    fc.record({ kind: fc.constantFrom('allow' as const, 'deny' as const), flags: octet, mask, sid }),
    fc.record({
      kind: fc.constantFrom('allow-object' as const, 'deny-object' as const),
      flags: octet,
      mask,
      sid,
      objectType: guid,
      inheritedObjectType: guid,
    }),
    fc.record({
      kind: fc.constant('raw' as const),
      type: fc.integer({ min: 9, max: 255 }),
      flags: octet,
      body: fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets)),
    }),
  );
  const acl: fc.Arbitrary<Acl> = fc.record({
    revision: fc.constantFrom(2, 4),
    aces: fc.array(ace, { maxLength: 8 }),
  });

  test('are inverses', () => {
    const descriptor = fc.record({
      owner: fc.option(sid),
      group: fc.option(sid),
      dacl: fc.option(acl),
      sacl: fc.option(acl),
    });
    fc.assert(
      fc.property(descriptor, (parts) => {
        const control = 0x8000 | (parts.dacl ? 0x4 : 0) | (parts.sacl ? 0x10 : 0);
        const octets = encodeSecurityDescriptor({ control, ...parts });
        expect(decodeSecurityDescriptor(octets)).toEqual({ control, ...parts });
        expect(encodeSecurityDescriptor(decodeSecurityDescriptor(octets))).toEqual(octets);
      }),
    );
  });

  test('an ACE with octets after its SID is kept as it was, and counts', () => {
    const octets = encodeSecurityDescriptor(withDacl({ ...allow(web01), extra: Buffer.from('abcd') } as Ace));
    const decoded = decodeSecurityDescriptor(octets);
    expect(decoded.dacl?.aces).toEqual([{ ...allow(web01), extra: Buffer.from('abcd') }]);
    expect(principalsOf(decoded)).toEqual([web01]);
    expect(encodeSecurityDescriptor(decoded)).toEqual(octets);
  });

  test('an object ACE with octets after its SID is kept raw', () => {
    const object = { kind: 'allow-object', objectType: null, inheritedObjectType: null } as const;
    const octets = encodeSecurityDescriptor(withDacl({ ...object, flags: 0, mask: 0x20, sid: 'S-1-1-0' }));
    const longer = Buffer.concat([octets, Buffer.from('abcd')]);
    longer.writeUInt16LE(octets.readUInt16LE(38) + 4, 38);
    longer.writeUInt16LE(octets.readUInt16LE(46) + 4, 46);
    const decoded = decodeSecurityDescriptor(longer);
    expect(decoded.dacl?.aces).toEqual([{ kind: 'raw', type: 5, flags: 0, body: longer.subarray(48) }]);
    expect(encodeSecurityDescriptor(decoded)).toEqual(longer);
  });
});

describe('principals', () => {
  const principals = (...aces: Ace[]) => principalsOf(withDacl(...aces));

  test('a descriptor without a DACL lets everyone in', () => {
    expect(principalsOf({ ...withDacl(), dacl: null })).toEqual(['S-1-1-0']);
  });

  test('an empty DACL lets nobody in', () => {
    expect(principals()).toEqual([]);
  });

  test('a SID that is refused first is none, one that is refused afterwards is', () => {
    expect(principals(deny(web01), allow(web01), allow(web02), deny(web02))).toEqual([web02]);
  });

  test('object ACEs, ACEs for children and ACEs that grant nothing do not count', () => {
    const object = { kind: 'allow-object' as const, objectType: membershipGuid, inheritedObjectType: null };
    expect(
      principals(
        { ...object, flags: 0, mask: right.writeProperty, sid: web01 },
        allow(web01, 0x08),
        allow(web02, 0, 0),
      ),
    ).toEqual([]);
  });

  test('are sorted, and each is named once', () => {
    expect(principals(allow(web02), allow(web01), allow(web02))).toEqual([web01, web02]);
  });

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
