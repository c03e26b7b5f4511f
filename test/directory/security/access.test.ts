import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { principalsOf } from '../../../lab/formats/security-descriptor.ts';
import { accessRules, decide, grantees } from '../../../src/directory/security/access.ts';
import { type Ace, right } from '../../../src/directory/security/ace.ts';
import type { SecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';
import type { AccessRule } from '../../../src/domain/facts/facts.ts';
import { anyDescriptor } from './any-descriptor.ts';

const web01 = 'S-1-5-21-1-2-3-1104';
const web02 = 'S-1-5-21-1-2-3-1105';
const servers = 'S-1-5-21-1-2-3-1200';
const administrators = 'S-1-5-32-544';
const everyone = 'S-1-1-0';
const ownerRights = 'S-1-3-4';
const managedPassword = 'e362ed86-b728-0842-b27d-2dea7a9df218';
const membership = '888eedd6-ce04-df40-b462-b8a50e41ba38';

const ace = (kind: 'allow' | 'deny', sid: string, mask: number = right.fullControl, flags = 0): Ace => {
  return { kind, flags, mask, sid };
};
const allow = (sid: string, mask?: number, flags?: number) => ace('allow', sid, mask, flags);
const deny = (sid: string, mask?: number, flags?: number) => ace('deny', sid, mask, flags);
const typed = (kind: 'allow-object' | 'deny-object', sid: string, objectType: string | null): Ace => {
  return { kind, flags: 0, mask: right.fullControl, sid, objectType, inheritedObjectType: null };
};
const onCondition = (kind: 'allow-callback' | 'deny-callback', sid: string): Ace => {
  return { kind, flags: 0, mask: right.fullControl, sid, applicationData: Buffer.from('artx') };
};
const withDacl = (...aces: Ace[]): SecurityDescriptor => ({
  control: 0x8004,
  owner: administrators,
  group: null,
  dacl: { revision: 4, aces },
  sacl: null,
});
const rules = (...aces: Ace[]) => accessRules(withDacl(...aces));
/** A requester with these SIDs in its token. */
const verdict = (aces: Ace[], ...sids: string[]) =>
  decide(rules(...aces), (sid) => sids.includes(sid)).verdict;

describe('who is kept out', () => {
  test('an empty DACL lets nobody in, not even the owner', () => {
    expect(rules()).toEqual([]);
    expect(verdict([], administrators)).toBe('not-mentioned');
  });

  test.each([
    ['a refusal of the host before it is allowed', [deny(web01), allow(web01)]],
    ['a refusal of a group that it is in, before it is allowed itself', [deny(servers), allow(web01)]],
    ['a refusal of it, before a group that it is in is allowed', [deny(web01), allow(servers)]],
    ['a refusal of everyone first', [deny(everyone), allow(web01)]],
    ['a refusal that hangs on a condition', [onCondition('deny-callback', servers), allow(web01)]],
    [
      'a refusal by type, of which nobody says whether it counts',
      [typed('deny-object', servers, membership), allow(web01)],
    ],
    ['a refusal by an object ACE without a type', [typed('deny-object', servers, null), allow(web01)]],
    ['a refusal of read property alone', [deny(web01, right.readProperty), allow(web01)]],
    ['a refusal by a generic bit', [deny(web01, 0x80000000), allow(web01)]],
    [
      'an inherited refusal that comes first all the same',
      [deny(web01, right.fullControl, 0x10), allow(web01)],
    ],
  ])('%s', (_, aces) => {
    expect(verdict(aces, web01, servers, everyone)).toBe('refused');
    expect(verdict(aces.slice(1), web01, servers, everyone)).toBe('allowed');
  });

  test('the SID that the refusal names is told', () => {
    const found = decide(rules(allow(web02), deny(servers), allow(web01)), (sid) =>
      [web01, servers].includes(sid),
    );
    expect(found).toEqual({ verdict: 'refused', by: servers });
  });
});

describe('what grants nothing', () => {
  test.each([
    ['an ACE for children only', allow(web01, right.fullControl, 0x08)],
    ['one without rights', allow(web01, 0)],
    ['one that gives other rights', allow(web01, 0xf01ff & ~right.readProperty)],
    ['generic write and generic execute', allow(web01, 0x60000000)],
    ['an object ACE for another attribute', typed('allow-object', web01, membership)],
    ['an audit ACE', { kind: 'raw', type: 2, flags: 0, body: Buffer.alloc(28) } as Ace],
  ])('%s', (_, each) => {
    expect(rules(each)).toEqual([]);
    expect(verdict([each, allow(web01)], web01)).toBe('allowed');
  });

  test.each([
    ['a callback ACE', onCondition('allow-callback', web01)],
    ['an object ACE for msDS-ManagedPassword', typed('allow-object', web01, managedPassword)],
  ])('%s is told as conditional, and lets no host in for sure', (_, each) => {
    expect(rules(each)).toEqual([{ sid: web01, effect: 'allow', conditional: true }]);
    expect(verdict([each], web01)).toBe('not-mentioned');
    expect(principalsOf(withDacl(each))).toEqual([]);
    expect(grantees(rules(each))).toEqual([{ sid: web01, conditional: true }]);
  });

  test('what an owner has by itself: read control and write DACL are another right', () => {
    expect(verdict([allow(web02)], administrators)).toBe('not-mentioned');
  });
});

describe('who is let in', () => {
  test('everyone, where there is no DACL', () => {
    const open = { ...withDacl(), dacl: null };
    expect(accessRules(open)).toEqual([{ sid: everyone, effect: 'allow' }]);
    expect(principalsOf(open)).toEqual([everyone]);
  });

  test.each([
    ['a refusal that comes after', [allow(web01), deny(web01)]],
    ['a refusal of its group that comes after, against the canonical order', [allow(web01), deny(servers)]],
    ['a refusal of other rights', [deny(web01, 0xf01ff & ~right.readProperty), allow(web01)]],
    ['a refusal for children only', [deny(web01, right.fullControl, 0x08), allow(web01)]],
    ['a refusal of another host', [deny(web02), allow(web01)]],
    ['a grant by generic read', [allow(web01, 0x80000000)]],
    ['a grant by generic all', [allow(web01, 0x10000000)]],
    ['a grant by an object ACE without a type', [typed('allow-object', web01, null)]],
    ['a grant to a group that it is in', [allow(servers)]],
  ])('a host with %s', (_, aces) => {
    expect(verdict(aces, web01, servers)).toBe('allowed');
  });

  test('OWNER RIGHTS stands for the owner, where there is one', () => {
    expect(rules(allow(ownerRights))).toEqual([{ sid: administrators, effect: 'allow' }]);
    expect(accessRules({ ...withDacl(allow(ownerRights)), owner: null })).toEqual([
      { sid: ownerRights, effect: 'allow' },
    ]);
  });

  test('principals are sorted, each is named once, and none that is refused before', () => {
    expect(principalsOf(withDacl(allow(web02), allow(web01), allow(web02)))).toEqual([web01, web02]);
    expect(principalsOf(withDacl(deny(web01), allow(web01), allow(web02), deny(web02)))).toEqual([web02]);
  });

  test('a grant on a condition and one without is one without', () => {
    expect(grantees(rules(onCondition('allow-callback', web01), allow(web01)))).toEqual([{ sid: web01 }]);
  });

  test('a refusal on a condition does not hide a principal: it may be let in after all', () => {
    expect(grantees(rules(onCondition('deny-callback', web01), allow(web01)))).toEqual([{ sid: web01 }]);
  });
});

/** MS-ADTS 5.1.3.3.2 word by word, for the one right: G and D are what has been granted and denied so far. */
function byTheSpecification({ dacl }: SecurityDescriptor, sids: string[]): boolean {
  if (!dacl) return true;
  let [granted, denied] = [false, false];
  for (const each of dacl.aces) {
    if (each.kind === 'raw' || each.flags & 0x08 || !sids.includes(each.sid)) continue;
    const holds = (each.mask & (right.readProperty | 0x80000000 | 0x10000000)) !== 0;
    if (each.kind === 'deny' && holds && !granted) denied = true;
    if (each.kind === 'allow' && holds && !denied) granted = true;
  }
  return granted;
}

describe('any DACL', () => {
  const sids = [web01, web02, servers, everyone];
  const basic = fc
    .record({
      kind: fc.constantFrom('allow' as const, 'deny' as const),
      sid: fc.constantFrom(...sids),
      mask: fc.constantFrom(right.fullControl, right.readProperty, 0x20, 0x80000000, 0x60000000, 0),
      flags: fc.constantFrom(0, 0x08, 0x10),
    })
    .map(({ kind, sid, mask, flags }) => ace(kind, sid, mask, flags));

  test('of simple ACEs gives what the specification gives, for any requester', () => {
    fc.assert(
      fc.property(fc.array(basic, { maxLength: 8 }), fc.subarray(sids), (aces, token) => {
        const descriptor = withDacl(...aces);
        const { verdict: found } = decide(accessRules(descriptor), (sid) => token.includes(sid));
        expect(found === 'allowed').toBe(byTheSpecification(descriptor, token));
      }),
    );
  });

  test('names every SID that may be let in, so that none stays unseen', () => {
    fc.assert(
      fc.property(anyDescriptor, (descriptor) => {
        const found: AccessRule[] = accessRules(descriptor);
        const named = new Set(grantees(found).map(({ sid }) => sid));
        for (const { sid } of found) {
          const alone = decide(found, (each) => each === sid).verdict === 'allowed';
          if (alone) expect(named).toContain(sid);
        }
        expect(
          grantees(found)
            .filter(({ conditional }) => !conditional)
            .map(({ sid }) => sid),
        ).toEqual(principalsOf(descriptor));
      }),
    );
  });
});
