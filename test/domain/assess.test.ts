import { describe, expect, test } from 'vitest';

import { type Assessed, assess, strangers, votedOn } from '../../src/domain/assess.ts';
import type { AccountFacts, DmsaFacts, DomainFacts, HostFacts } from '../../src/domain/facts.ts';
import { findingKinds } from '../../src/domain/findings.ts';
import {
  beforeComplete,
  beforeStart,
  goodDmsa,
  goodDomain,
  goodHost,
  linkedAccount,
  linkedDmsa,
  now,
} from './good-facts.ts';

const account = 'CN=svc-web,OU=Services,DC=lab,DC=example';
const dmsa = 'CN=dmsa-web,CN=Managed Service Accounts,DC=lab,DC=example';
const other = 'CN=dmsa-other,CN=Managed Service Accounts,DC=lab,DC=example';
const [web01, web02, web03] = ['web01.lab.example', 'web02.lab.example', 'web03.lab.example'] as const;
const seen = new Set<string>();

/** Findings as `SEVERITY CODE subject: evidence`, and every code that has ever been seen. */
function told(input: Assessed): string[] {
  return assess(input).map(({ code, severity, subject, evidence }) => {
    seen.add(code);
    return `${severity} ${code} ${subject}: ${evidence}`;
  });
}

function withAccount(changes: Partial<AccountFacts>, input = beforeStart()): Assessed {
  const { facts } = input;
  return { ...input, facts: { ...facts, account: { ...facts.account!, ...changes } } };
}

function withDmsa(present: DmsaFacts | null, input = beforeStart()): Assessed {
  return { ...input, facts: { ...input.facts, dmsa: present } };
}

/** The second host changed, the others good. */
function withHost(changes: Partial<HostFacts>): Assessed {
  const input = beforeStart();
  return {
    ...input,
    facts: { ...input.facts, hosts: [goodHost(web01), goodHost(web02, changes), goodHost(web03)] },
  };
}

describe('what stands in the way before Start, each alone', () => {
  const domains: [string, Partial<DomainFacts>, string][] = [
    [
      'a schema without the class',
      { schemaHasDmsa: false },
      'block SCHEMA_LACKS_DMSA schema: the class is not in the schema',
    ],
    [
      'no capable DC',
      { capableDcs: [] },
      'block NO_WS2025_DC domain: no writable DC has build 26100 or later',
    ],
    ['no root key', { kdsEffectiveAt: null }, 'block KDS_KEY_MISSING forest: CN=Master Root Keys is empty'],
    [
      'a root key that is effective in a millisecond',
      { kdsEffectiveAt: '2025-06-01T08:00:00.001Z' },
      'block KDS_KEY_NOT_EFFECTIVE forest: effective from 2025-06-01T08:00:00.001Z',
    ],
  ];
  test.each(domains)('%s', (_what, changes, expected) => {
    expect(told(beforeStart({ domain: goodDomain(changes) }))).toEqual([expected]);
  });

  const accounts: [string, Partial<AccountFacts>, string][] = [
    ['a computer', { kind: 'computer' }, `block ACCOUNT_NOT_A_USER ${account}: it is a computer`],
    ['a gMSA', { kind: 'gmsa' }, `block ACCOUNT_NOT_A_USER ${account}: it is a gmsa`],
    ['a dMSA', { kind: 'dmsa' }, `block ACCOUNT_NOT_A_USER ${account}: it is a dmsa`],
    ['a group', { kind: 'other' }, `block ACCOUNT_NOT_A_USER ${account}: it is a other`],
    [
      'a privileged account',
      { privilegedBecause: 'adminCount is 1' },
      `block ACCOUNT_PRIVILEGED ${account}: adminCount is 1`,
    ],
    [
      'a disabled account',
      { enabled: false },
      `block ACCOUNT_DISABLED ${account}: userAccountControl has 0x2`,
    ],
    [
      'an account that is superseded, and disabled for that',
      { state: 2, supersededBy: other, enabled: false },
      `block ACCOUNT_ALREADY_SUPERSEDED ${account}: superseded by ${other}`,
    ],
    [
      'a superseded account whose dMSA is gone',
      { state: 2, enabled: false },
      `block ACCOUNT_ALREADY_SUPERSEDED ${account}: superseded by nothing that it names`,
    ],
    [
      'an account that points at some dMSA',
      { state: 1, supersededBy: other },
      `block LINK_FOREIGN ${account}: msDS-SupersededManagedAccountLink is ${other}`,
    ],
    [
      'an account in state 1 that points at nothing',
      { state: 1 },
      `block LINK_FOREIGN ${account}: msDS-SupersededServiceAccountState is 1`,
    ],
    [
      'unconstrained delegation, which only warns',
      { unconstrainedDelegation: true },
      `warn UNCONSTRAINED_DELEGATION ${account}: userAccountControl has 0x80000`,
    ],
  ];
  test.each(accounts)('%s', (_what, changes, expected) => {
    expect(told(withAccount(changes))).toEqual([expected]);
  });

  test('an account that is gone', () => {
    const { facts } = beforeStart();
    expect(told(beforeStart({ facts: { ...facts, account: null } }))).toEqual([
      `block ACCOUNT_NOT_FOUND ${account}: no object has the GUID 0f8fad5b-d9cb-469f-a165-70867728950e`,
    ]);
  });

  const dmsas: [string, Partial<DmsaFacts>, string][] = [
    [
      'a name that a computer holds',
      { isDmsa: false, state: 3, precededBy: account },
      `block DMSA_NAME_TAKEN ${dmsa}: dmsa-web$ is no dMSA`,
    ],
    [
      'a standalone dMSA',
      { state: 3 },
      `block DMSA_STATE_NOT_UNLINKED ${dmsa}: msDS-DelegatedMSAState is 3, not 0`,
    ],
    [
      'a dMSA in state 0 that points at an account',
      { precededBy: account },
      `block LINK_FOREIGN ${dmsa}: msDS-ManagedAccountPrecededByLink is ${account}`,
    ],
  ];
  test.each(dmsas)('%s', (_what, changes, expected) => {
    expect(told(withDmsa(goodDmsa(changes)))).toEqual([expected]);
  });

  test('a link that someone else has made is told at both ends', () => {
    expect(told(withDmsa(linkedDmsa(), withAccount({ state: 1, supersededBy: dmsa })))).toEqual([
      `block LINK_FOREIGN ${account}: msDS-SupersededManagedAccountLink is ${dmsa}`,
      `block LINK_FOREIGN ${dmsa}: msDS-ManagedAccountPrecededByLink is ${account}`,
      `block DMSA_STATE_NOT_UNLINKED ${dmsa}: msDS-DelegatedMSAState is 1, not 0`,
    ]);
  });

  const service = { name: 'WebApp', startName: 'LAB\\svc-web', startMode: 'Auto' };
  const hosts: [string, Partial<HostFacts>, string[]][] = [
    [
      'a host that does not answer, of which nothing else is said',
      { unreachable: 'HOST_UNREACHABLE: no route', build: null, isDomainController: null, services: [] },
      [`block HOST_UNREACHABLE ${web02}: HOST_UNREACHABLE: no route`],
    ],
    ['the last build that is too old', { build: 26099 }, [`block HOST_TOO_OLD ${web02}: build 26099`]],
    [
      'a domain controller',
      { isDomainController: true },
      [`block HOST_IS_DC ${web02}: its domain role is that of a domain controller`],
    ],
    [
      'a pending reboot',
      { rebootPending: true },
      [`warn HOST_REBOOT_PENDING ${web02}: Windows says that a reboot is pending`],
    ],
    [
      'a planned service that is gone, with which the host has none left',
      { services: [] },
      [
        `block SERVICE_MISSING ${web02}: WebApp`,
        `warn HOST_HAS_NO_SERVICE ${web02}: no StartName is the account`,
      ],
    ],
    [
      'a planned service that is gone beside one that came',
      { services: [{ ...service, name: 'WebApp2', state: 'Running' }] },
      [`block SERVICE_MISSING ${web02}: WebApp`],
    ],
    [
      'a service that is stopped',
      { services: [{ ...service, state: 'Stopped' }] },
      [`info SERVICE_NOT_RUNNING ${web02}: WebApp is Stopped`],
    ],
  ];
  test.each(hosts)('%s', (_what, changes, expected) => {
    expect(told(withHost(changes))).toEqual(expected);
  });

  test('what blocks comes first, then warnings, then information', () => {
    const input = withHost({
      build: 20348,
      rebootPending: true,
      services: [{ ...service, state: 'Paused' }],
    });
    expect(assess(input).map(({ severity }) => severity)).toEqual(['block', 'warn', 'info']);
  });
});

describe('what is good enough before Start', () => {
  test('nothing there yet: no finding', () => {
    expect(told(beforeStart())).toEqual([]);
  });

  test('an empty dMSA in state 0, whoever created it', () => {
    expect(told(withDmsa(goodDmsa({ description: 'made by hand' })))).toEqual([]);
  });

  test('a root key that is effective at this very moment', () => {
    expect(told(beforeStart({ domain: goodDomain({ kdsEffectiveAt: now }) }))).toEqual([]);
  });

  test('a service whose name is written in another case, and more services than the plan names', () => {
    const services = goodHost(web02).services;
    const shouted = { ...services[0]!, name: 'WEBAPP' };
    expect(told(withHost({ services: [shouted, { ...shouted, name: 'Other' }] }))).toEqual([]);
  });

  test('hosts need not be among the principals of a dMSA that is not linked yet', () => {
    const stranger = { sid: 'S-1-5-21-1-2-3-9999', name: null, kind: 'unknown' as const };
    expect(told(withDmsa(goodDmsa({ principals: [stranger] })))).toEqual([]);
  });
});

describe('what stands in the way before Complete', () => {
  test('the link is one-sided: the account points elsewhere', () => {
    expect(told(withAccount({ supersededBy: other }, beforeComplete()))).toEqual([
      `block LINK_ONE_SIDED ${account}: account → ${other}, dMSA → ${account}`,
    ]);
  });

  test('the link is one-sided: the dMSA points at nothing', () => {
    expect(told(withDmsa(linkedDmsa({ precededBy: null }), beforeComplete()))).toEqual([
      `block LINK_ONE_SIDED ${account}: account → ${dmsa}, dMSA → nothing`,
    ]);
  });

  test('both point elsewhere: the link is foreign', () => {
    const input = withAccount({ supersededBy: other }, beforeComplete());
    expect(told(withDmsa(linkedDmsa({ precededBy: `CN=x,${account}` }), input))).toEqual([
      `block LINK_FOREIGN ${account}: account → ${other}, dMSA → CN=x,${account}`,
    ]);
  });

  test.each([0, 2, 3] as const)('the dMSA is in state %i', (state) => {
    expect(told(withDmsa(linkedDmsa({ state }), beforeComplete()))).toEqual([
      `block DMSA_STATE_NOT_UNLINKED ${dmsa}: msDS-DelegatedMSAState is ${state}, not 1`,
    ]);
  });

  test('the dMSA is gone', () => {
    expect(told(withDmsa(null, withAccount({ supersededBy: null }, beforeComplete())))).toEqual([
      `block LINK_FOREIGN ${account}: account → nothing, dMSA → nothing`,
      `block LINK_ONE_SIDED ${dmsa}: the dMSA is gone`,
    ]);
  });

  test('someone else has completed it', () => {
    expect(told(withAccount({ state: 2, enabled: false }, beforeComplete()))).toEqual([
      `block ACCOUNT_ALREADY_SUPERSEDED ${account}: superseded by ${dmsa}`,
    ]);
  });

  test('a host is not among the principals', () => {
    const principals = linkedDmsa().principals.slice(1);
    expect(told(withDmsa(linkedDmsa({ principals }), beforeComplete()))).toEqual([
      `warn PRINCIPAL_MISSING ${web01}: S-1-5-21-1004336348-1177238915-682003330-1201 is not in msDS-GroupMSAMembership`,
    ]);
  });

  test('strangers are named, until a person has allowed them', () => {
    const named = { sid: 'S-1-5-21-1-2-3-9998', name: 'KIOSK$', kind: 'computer' as const };
    const nameless = { sid: 'S-1-5-21-1-2-3-9999', name: null, kind: 'unknown' as const };
    const principals = [...linkedDmsa().principals, named, nameless];
    const input = withDmsa(linkedDmsa({ principals }), beforeComplete());
    expect(told(input)).toEqual([
      'warn PRINCIPAL_UNKNOWN S-1-5-21-1-2-3-9998: KIOSK$',
      'warn PRINCIPAL_UNKNOWN S-1-5-21-1-2-3-9999: the SID does not resolve',
    ]);
    expect(told({ ...input, allowed: [named.sid] })).toEqual([
      'warn PRINCIPAL_UNKNOWN S-1-5-21-1-2-3-9999: the SID does not resolve',
    ]);
    expect(told({ ...input, allowed: [named.sid, nameless.sid] })).toEqual([]);
    expect(strangers(principals, input.plan, [])).toEqual([named, nameless]);
  });

  test('links that are written in another case are the same links: nothing stands in the way', () => {
    const input = withAccount({ supersededBy: dmsa.toUpperCase() }, beforeComplete());
    expect(told(input)).toEqual([]);
    expect(told(beforeComplete())).toEqual([]);
    expect(linkedAccount().state).toBe(1);
  });
});

test('every finding of the table has been produced above', () => {
  expect([...seen].sort()).toEqual(Object.keys(findingKinds).sort());
});

test('facts are not changed by looking at them', () => {
  const input = withDmsa(linkedDmsa({ principals: [] }), beforeComplete());
  const before = structuredClone({ ...input, sameDn: null });
  assess(input);
  expect({ ...input, sameDn: null }).toEqual(before);
});

describe('what a vote is for', () => {
  const facts = beforeStart().facts;
  const domain = goodDomain();
  const findings = assess(withHost({ rebootPending: true }));

  test('is the same however findings are worded and ordered, and whenever it is read', () => {
    const [finding] = findings;
    const reworded = [{ ...finding!, evidence: 'said otherwise', fix: 'another' }];
    const moved = { ...domain, kdsEffectiveAt: '2025-05-02T00:00:00.000Z' };
    expect(votedOn({ facts, domain: moved, findings: reworded }, 'h', 'start')).toEqual(
      votedOn({ facts, domain, findings }, 'h', 'start'),
    );
  });

  test.each([
    ['another plan', votedOn({ facts, domain, findings }, 'other', 'start')],
    ['another gate', votedOn({ facts, domain, findings }, 'h', 'complete')],
    ['one finding less', votedOn({ facts, domain, findings: [] }, 'h', 'start')],
    ['other facts', votedOn({ facts: { ...facts, dmsa: goodDmsa() }, domain, findings }, 'h', 'start')],
  ])('is something else with %s', (_what, changed) => {
    expect(changed).not.toEqual(votedOn({ facts, domain, findings }, 'h', 'start'));
  });
});
