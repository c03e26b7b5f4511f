import { describe, expect, test } from 'vitest';

import { assessPrincipals, hostsLetIn } from '../../../src/domain/assess/assess-principals.ts';
import type { DmsaFacts, Membership, Principal } from '../../../src/domain/facts/facts.ts';
import {
  describeStranger,
  principalLabel,
  principalVerdict,
  strangers,
} from '../../../src/domain/facts/principals.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { linkedDmsa } from './good-facts.ts';

const plan = samplePlan();
const sids = plan.hosts.map((host) => host.computerSid);
const [web01, web02, web03] = plan.hosts.map((host) => host.name);
const [sid01, sid02] = sids;
const servers = 'S-1-5-21-1004336348-1177238915-682003330-1500';

const members = (changes: Partial<Membership> = {}): Membership => {
  return { hosts: sids, others: 0, names: [], digest: 'f'.repeat(64), ...changes };
};
const principal = (changes: Partial<Principal> = {}): Principal => {
  return { sid: servers, name: 'Web Servers', kind: 'group', ...changes };
};
const nameless = (changes: Partial<Principal>) => principal({ name: null, ...changes });

describe('a stranger', () => {
  test.each([
    ['a user', principal({ name: 'bob', kind: 'user' }), 'bob is a user'],
    [
      'a computer of nobody’s plan',
      principal({ name: 'KIOSK$', kind: 'computer' }),
      'KIOSK$ is a computer that is no host of the plan',
    ],
    [
      'a group with another in it',
      principal({ leadsTo: members({ others: 1, names: ['KIOSK$'] }) }),
      'Web Servers is a group that leads to 3 hosts of the plan and to 1 other (KIOSK$)',
    ],
    [
      'a group of many others, of whom the first are named',
      principal({ leadsTo: members({ hosts: [sid01!], others: 7, names: ['A$', 'B$', 'C$', 'D$', 'E$'] }) }),
      'Web Servers is a group that leads to 1 host of the plan and to 7 others (A$, B$, C$, D$, E$, …)',
    ],
    [
      'a group of nobody, who may become somebody',
      principal({ leadsTo: members({ hosts: [] }) }),
      'Web Servers is a group that leads to nobody now',
    ],
    ['a group that nobody followed', principal(), 'Web Servers is a group'],
    [
      'everyone',
      principal({
        sid: 'S-1-1-0',
        name: 'Everyone',
        kind: 'well-known',
        leadsTo: members({ others: null, digest: null }),
      }),
      'Everyone is a SID that leads to 3 hosts of the plan and to others that nobody can count',
    ],
    ['orphaned', nameless({ kind: 'orphaned' }), 'the SID of an account of this domain that is gone'],
    ['foreign', nameless({ kind: 'foreign' }), 'of another domain'],
    ['unknown', nameless({ kind: 'unknown' }), 'the SID does not resolve'],
    [
      'let in on a condition',
      principal({ name: 'bob', kind: 'user', conditional: true }),
      'bob is a user, let in on a condition that only a DC can evaluate',
    ],
  ])('is %s', (_, each, described) => {
    expect(principalVerdict(each, plan, []).verdict).toBe('stranger');
    expect(strangers([each], plan, [])).toEqual([each]);
    expect(describeStranger(each)).toBe(described);
    expect(principalVerdict(each, plan, [each.sid])).toEqual({ verdict: 'allowed' });
    expect(strangers([each], plan, [each.sid])).toEqual([]);
  });
});

test.each([
  ['its SID', nameless({ kind: 'orphaned' }), servers],
  ['its name', principal({ name: 'WEB01$', kind: 'computer' }), 'WEB01$'],
  [
    'where it leads',
    principal({ leadsTo: members({ others: 1 }) }),
    'Web Servers (3 hosts of the plan, 1 other)',
  ],
  [
    'a condition',
    principal({ conditional: true, leadsTo: members({ hosts: [sid01!], others: null }) }),
    'Web Servers (1 host of the plan, others that nobody can count, on a condition)',
  ],
])('a list shows of a principal %s', (_, each, label) => {
  expect(principalLabel(each)).toBe(label);
});

describe('no stranger', () => {
  test.each([
    ['is a host of the plan', 'expected-host', { sid: sid01!, kind: 'computer' as const }],
    [
      'is a host of the plan that is of another domain',
      'expected-host',
      { sid: sid01!, kind: 'foreign' as const },
    ],
    ['is a group of hosts of the plan alone', 'expected-group', { leadsTo: members() }],
    ['is a group of one host of the plan', 'expected-group', { leadsTo: members({ hosts: [sid02!] }) }],
  ])('%s', (_, verdict, changes) => {
    const each = principal(changes);
    expect(principalVerdict(each, plan, [])).toEqual({ verdict });
    expect(strangers([each], plan, [])).toEqual([]);
  });
});

describe('findings on principals', () => {
  const told = (changes: Partial<DmsaFacts>, allowed: string[] = []) =>
    assessPrincipals(linkedDmsa(changes), { plan, allowed }).map(
      ({ severity, code, subject, evidence }) => `${severity} ${code} ${subject}: ${evidence}`,
    );
  const group = principal({ leadsTo: members() });

  test('a host that is refused is told as such and not as missing, with what refuses it', () => {
    const hostsRefused = [
      { sid: sid01!, by: sid01! },
      { sid: sid02!, by: servers },
    ];
    expect(told({ hostsAllowed: sids.slice(2), hostsRefused })).toEqual([
      `block PRINCIPAL_DENIED ${web01}: ${sid01} is refused by an ACE for itself`,
      `block PRINCIPAL_DENIED ${web02}: ${sid02} is refused by an ACE for ${servers}, which it has`,
    ]);
  });

  test('a host is missing where neither it nor a group of its lets it in', () => {
    const { principals } = linkedDmsa();
    expect(told({ principals, hostsAllowed: sids.slice(1), hostsRefused: [] })).toEqual([
      `warn PRINCIPAL_MISSING ${web01}: ${sid01} is not in msDS-GroupMSAMembership`,
    ]);
  });

  test('hosts that a group alone lets in are there, and the group is told', () => {
    expect(told({ principals: [group], hostsAllowed: sids, hostsRefused: [] })).toEqual([
      `info PRINCIPAL_GROUP ${servers}: Web Servers leads to ${web01}, ${web02}, ${web03}`,
    ]);
  });

  test('a group with others in it is both: a way in for hosts, and a stranger until a person says yes', () => {
    const mixed = principal({ leadsTo: members({ hosts: [sid01!], others: 1, names: ['KIOSK$'] }) });
    const facts = { principals: [...linkedDmsa().principals, mixed], hostsAllowed: sids, hostsRefused: [] };
    expect(told(facts)).toEqual([
      `warn PRINCIPAL_UNKNOWN ${servers}: Web Servers is a group that leads to 1 host of the plan and to 1 other (KIOSK$)`,
      `info PRINCIPAL_GROUP ${servers}: Web Servers leads to ${web01}`,
    ]);
    expect(told(facts, [servers])).toEqual([
      `info PRINCIPAL_GROUP ${servers}: Web Servers leads to ${web01}`,
    ]);
  });

  test('of many hosts in a group the first are named', () => {
    const hosts = Array.from({ length: 25 }, (_, index) => ({
      name: `app${String(index).padStart(2, '0')}.lab.example`,
      computerSid: `S-1-5-21-1-2-3-${2000 + index}`,
      services: [],
    }));
    const all = hosts.map((host) => host.computerSid);
    const facts = linkedDmsa({
      principals: [principal({ leadsTo: members({ hosts: all }) })],
      hostsAllowed: all,
    });
    const [found] = assessPrincipals(facts, { plan: { hosts }, allowed: [] });
    expect(found?.evidence).toBe(
      `Web Servers leads to ${hosts
        .slice(0, 10)
        .map(({ name }) => name)
        .join(', ')} and 15 more`,
    );
  });

  test('a group that lets in only on a condition is a way in for nobody', () => {
    const conditional = principal({ conditional: true, leadsTo: members() });
    expect(told({ principals: [conditional], hostsAllowed: [], hostsRefused: [] })).toEqual(
      [web01, web02, web03].map(
        (name, index) => `warn PRINCIPAL_MISSING ${name}: ${sids[index]} is not in msDS-GroupMSAMembership`,
      ),
    );
  });

  test('nothing, when every host is let in and nobody else', () => {
    expect(told({ hostsAllowed: sids, hostsRefused: [] })).toEqual([]);
  });
});

describe('facts of which nobody followed the groups', () => {
  test('let in whoever has an ACE of its own', () => {
    const { hostsAllowed: _, ...unfollowed } = linkedDmsa();
    expect([...hostsLetIn(unfollowed)].sort()).toEqual([...sids].sort());
    expect(assessPrincipals(unfollowed, { plan, allowed: [] })).toEqual([]);
  });
});
