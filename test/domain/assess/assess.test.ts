import { describe, expect, test } from 'vitest';
import { assess, votedOn } from '../../../src/domain/assess/assess.ts';
import type { Assessed } from '../../../src/domain/assess/assessed.ts';
import type { DomainFacts } from '../../../src/domain/facts/domain-facts.ts';
import type { AccountFacts, DmsaFacts } from '../../../src/domain/facts/facts.ts';
import type { HostFacts, HostSurroundings } from '../../../src/domain/facts/host-facts.ts';
import { strangers } from '../../../src/domain/facts/principals.ts';
import { type FindingCode, findingKinds } from '../../../src/domain/findings/findings.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import {
  beforeComplete,
  beforeStart,
  goodDmsa,
  goodDomain,
  goodHost,
  linkedAccount,
  linkedDmsa,
  nothingAround,
  now,
} from '../facts/good-facts.ts';

const account = 'CN=svc-web,OU=Services,DC=lab,DC=example';
const dmsa = 'CN=dmsa-web,CN=Managed Service Accounts,DC=lab,DC=example';
const other = 'CN=dmsa-other,CN=Managed Service Accounts,DC=lab,DC=example';
const [web01, web02, web03] = ['web01.lab.example', 'web02.lab.example', 'web03.lab.example'] as const;
const dmsaClass = 'msDS-DelegatedManagedServiceAccount';
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
      'a schema without the class and an attribute',
      { schemaHasDmsa: false, schemaLacks: ['msDS-DelegatedMSAState', dmsaClass] },
      `block SCHEMA_LACKS_DMSA schema: it lacks msDS-DelegatedMSAState, ${dmsaClass}`,
    ],
    [
      'a schema that lacks one attribute',
      { schemaLacks: ['msDS-SupersededManagedAccountLinkBL'] },
      'block SCHEMA_LACKS_DMSA schema: it lacks msDS-SupersededManagedAccountLinkBL',
    ],
    [
      'no DC that can be seen',
      { capableDcs: [], controllers: [] },
      'block NO_WS2025_DC domain: no writable DC has build 26100 or later',
    ],
    [
      'an older DC, an RODC that is new enough, and one of an unknown build',
      {
        capableDcs: [],
        controllers: [
          { name: 'dc1.lab.example', site: 'A', writable: true, build: 20348 },
          { name: 'dc2.lab.example', site: 'A', writable: false, build: 26100 },
          { name: 'dc3.lab.example', site: 'A', writable: true, build: null },
        ],
      },
      'block NO_WS2025_DC domain: no writable DC has build 26100 or later: dc1.lab.example build 20348, ' +
        'dc2.lab.example read-only, build 26100, dc3.lab.example build unknown',
    ],
    [
      'a site with RODCs alone',
      {
        controllers: [
          ...goodDomain().controllers,
          ...[1, 2, 3, 4, 5, 6, 7].map((number) => {
            return { name: `ro${number}.lab.example`, site: 'Branch', writable: false, build: 26100 };
          }),
        ],
      },
      'info SITE_ONLY_RODC Branch: ro1.lab.example, ro2.lab.example, ro3.lab.example, ro4.lab.example, ' +
        'ro5.lab.example, and 2 more',
    ],
    [
      'a partner whose last success is a second more than ten hours ago',
      {
        replication: [
          { partner: 'DC2', lastSuccess: '2025-05-31T21:59:59.000Z', lastResult: 1722, failures: 40 },
          { partner: 'DC3', lastSuccess: '2025-05-31T22:00:00.000Z', lastResult: 1722, failures: 40 },
        ],
      },
      'block REPLICATION_FAILING DC2: last success 2025-05-31T21:59:59.000Z, result 1722, 40 failures in a row',
    ],
    [
      'a partner that was never reached, beside one that has just been added',
      {
        replication: [
          { partner: 'DC2', lastSuccess: null, lastResult: 8524, failures: 1 },
          { partner: 'DC3', lastSuccess: null, lastResult: 0, failures: 0 },
        ],
      },
      'block REPLICATION_FAILING DC2: never succeeded, result 8524, 1 failures in a row',
    ],
    [
      'no root key',
      { kdsEffectiveAt: null, kdsKeys: [] },
      'block KDS_KEY_MISSING forest: CN=Master Root Keys is empty',
    ],
    [
      'a root key whose time cannot be read',
      { kdsEffectiveAt: null, kdsKeys: [{ id: 'one', effectiveAt: null, createdAt: null }] },
      'block KDS_KEY_MISSING forest: msKds-UseStartTime cannot be read of one',
    ],
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
    ['a gMSA', { kind: 'gmsa' }, `block ACCOUNT_NOT_A_USER ${account}: it is a gMSA`],
    ['a dMSA', { kind: 'dmsa' }, `block ACCOUNT_NOT_A_USER ${account}: it is a dMSA`],
    [
      'an older managed account',
      { kind: 'smsa' },
      `block ACCOUNT_NOT_A_USER ${account}: it is a standalone managed service account`,
    ],
    [
      'the account of a trust',
      { kind: 'other' },
      `block ACCOUNT_NOT_A_USER ${account}: it is no plain user account`,
    ],
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
      'an account that expires at this very moment',
      { expiresAt: now },
      `block ACCOUNT_EXPIRED ${account}: accountExpires is ${now}`,
    ],
    [
      'an account that a third object points at, as a forged dMSA does',
      { claimedBy: [other] },
      `block LINK_ONE_SIDED ${other}: its msDS-ManagedAccountPrecededByLink is ${account}, which does not point back`,
    ],
    [
      'flags that a dMSA will not have',
      { flags: ['NOT_DELEGATED', 'USE_DES_KEY_ONLY'] },
      `warn ACCOUNT_FLAGS_NOT_COPIED ${account}: NOT_DELEGATED, USE_DES_KEY_ONLY`,
    ],
    [
      'an account that is held to RC4',
      { encryptionTypes: 0x4 },
      `warn ACCOUNT_ENCRYPTION_WEAK ${account}: RC4-HMAC (0x4)`,
    ],
    [
      'delegation to some services, and by others',
      { allowedToDelegateTo: ['HTTP/a', 'HTTP/b'], actOnBehalfOf: 'AQ==' },
      `info CONSTRAINED_DELEGATION ${account}: delegates to HTTP/a, HTTP/b; ` +
        'msDS-AllowedToActOnBehalfOfOtherIdentity lets others act on it',
    ],
    [
      'an authentication policy and a silo',
      { authenticationPolicy: 'CN=p', authenticationSilo: 'CN=s' },
      `info AUTHENTICATION_POLICY_ASSIGNED ${account}: policy CN=p; silo CN=s`,
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

  test('an account that is privileged by itself and by groups', () => {
    const surroundings = { ...nothingAround, protectedGroups: ['Replicator (S-1-5-32-552)'] };
    expect(told(beforeStart({ surroundings }))).toEqual([
      `block ACCOUNT_PRIVILEGED ${account}: member of Replicator (S-1-5-32-552)`,
    ]);
    expect(told({ ...withAccount({ privilegedBecause: 'adminCount is 1' }), surroundings })).toEqual([
      `block ACCOUNT_PRIVILEGED ${account}: adminCount is 1; member of Replicator (S-1-5-32-552)`,
    ]);
  });

  test('others that have one of its service principal names, each by itself', () => {
    const spnHolders = [
      { dn: 'CN=a', names: ['HTTP/web', 'HTTP/web2'] },
      { dn: 'CN=b', names: ['http/WEB'] },
    ];
    expect(told(beforeStart({ surroundings: { ...nothingAround, spnHolders } }))).toEqual([
      'warn SPN_DUPLICATE CN=a: it has HTTP/web, HTTP/web2 as well',
      'warn SPN_DUPLICATE CN=b: it has http/WEB as well',
    ]);
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
    [
      'a dMSA that an account points at, which it does not know',
      { claimedBy: ['CN=chief'] },
      `block LINK_ONE_SIDED CN=chief: its msDS-SupersededManagedAccountLink is ${dmsa}, which does not point back`,
    ],
    [
      'a dMSA for which encryption types were ignored',
      { encryptionTypes: null },
      `warn DMSA_ENCRYPTION_WEAK ${dmsa}: not set`,
    ],
    ['a dMSA with RC4 alone', { encryptionTypes: 0x4 }, `warn DMSA_ENCRYPTION_WEAK ${dmsa}: RC4-HMAC (0x4)`],
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

  const service = { name: 'WebApp', startName: 'LAB\\svc-web', startMode: 'Auto', clusterResource: null };
  const hosts: [string, Partial<HostFacts>, string[]][] = [
    [
      'a host that does not answer, of which nothing else is said',
      {
        unreachable: { code: 'HOST_UNREACHABLE', message: 'no route' },
        build: null,
        isDomainController: null,
        services: [],
      },
      [`block HOST_UNREACHABLE ${web02}: HOST_UNREACHABLE: no route`],
    ],
    ...(['HOST_KEY_MISMATCH', 'HOST_KEY_UNKNOWN', 'LOGIN_REFUSED'] as const).map(
      (code): [string, Partial<HostFacts>, string[]] => [
        `a host that was not asked for ${code}, which is never called unreachable`,
        { unreachable: { code, message: 'why' }, build: null, services: [] },
        [`block ${code} ${web02}: why`],
      ],
    ),
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

  test('a root key that becomes effective later, where the plan waits for it: a warning; without a key it blocks', () => {
    const kdsEffectiveAt = '2025-06-01T18:00:00.000Z';
    const kdsKeys = [{ id: 'new', effectiveAt: kdsEffectiveAt, createdAt: now }];
    const plan = samplePlan({ waitForKds: true });
    expect(told(beforeStart({ plan, domain: goodDomain({ kdsEffectiveAt, kdsKeys }) }))).toEqual([
      `warn KDS_KEY_NOT_EFFECTIVE forest: effective from ${kdsEffectiveAt}`,
    ]);
    const without = goodDomain({ kdsEffectiveAt: null, kdsKeys: [] });
    expect(told(beforeStart({ plan, domain: without }))).toEqual([
      'block KDS_KEY_MISSING forest: CN=Master Root Keys is empty',
    ]);
  });

  test('an account that expires later, with AES beside RC4, or with no type at all', () => {
    expect(told(withAccount({ expiresAt: '2025-06-01T08:00:00.001Z' }))).toEqual([]);
    expect(told(withAccount({ encryptionTypes: 0x1c }))).toEqual([]);
    expect(told(withAccount({ encryptionTypes: 0 }))).toEqual([]);
    // Features, such as compound identity, are no encryption types (MS-KILE 2.2.7).
    expect(told(withAccount({ encryptionTypes: 0x20000 }))).toEqual([]);
  });

  test('a site with an RODC beside a writable DC, and replication of which nothing is known', () => {
    const [dc1] = goodDomain().controllers;
    const rodc = { ...dc1!, name: 'ro1.lab.example', writable: false };
    expect(told(beforeStart({ domain: goodDomain({ controllers: [dc1!, rodc] }) }))).toEqual([]);
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
      `block STATES_DIFFER ${account}: the account is in state 1, the dMSA in state ${state}`,
      `block DMSA_STATE_NOT_UNLINKED ${dmsa}: msDS-DelegatedMSAState is ${state}, not 1`,
    ]);
  });

  test('the account is in state 0', () => {
    expect(told(withAccount({ state: 0 }, beforeComplete()))).toEqual([
      `block STATES_DIFFER ${account}: the account is in state 0, the dMSA in state 1`,
    ]);
  });

  test('a third object points at either of the two', () => {
    const input = withAccount({ claimedBy: [dmsa, other] }, beforeComplete());
    expect(told(withDmsa(linkedDmsa({ claimedBy: [account, 'CN=chief'] }), input))).toEqual([
      `block LINK_ONE_SIDED ${other}: its msDS-ManagedAccountPrecededByLink is ${account}, which does not point back`,
      `block LINK_ONE_SIDED CN=chief: its msDS-SupersededManagedAccountLink is ${dmsa}, which does not point back`,
    ]);
  });

  test('the only root key is not effective yet, though the plan would wait: hosts fetch keys already', () => {
    const kdsEffectiveAt = '2025-06-01T18:00:00.000Z';
    const kdsKeys = [{ id: 'new', effectiveAt: kdsEffectiveAt, createdAt: now }];
    const plan = samplePlan({ waitForKds: true });
    const domain = goodDomain({ kdsEffectiveAt, kdsKeys });
    expect(told(beforeComplete({ plan, domain }))).toEqual([
      `block KDS_KEY_NOT_EFFECTIVE forest: effective from ${kdsEffectiveAt}`,
    ]);
  });

  test('the dMSA is gone', () => {
    const alone = withAccount({ supersededBy: null, claimedBy: [] }, beforeComplete());
    expect(told(withDmsa(null, alone))).toEqual([
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
      'warn PRINCIPAL_UNKNOWN S-1-5-21-1-2-3-9998: KIOSK$ is a computer that is no host of the plan',
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

describe('what a host says besides', () => {
  const quiet: HostSurroundings = {
    clockAheadMs: 0,
    bootTime: '2025-05-20T03:00:00.000Z',
    domain: 'LAB.example',
    joinsLater: [],
    otherProcesses: [],
    unread: [],
  };
  const around = (changes: Partial<HostSurroundings>, input = beforeStart()): Assessed => ({
    ...input,
    surroundings: { ...nothingAround, hosts: { [web02]: { ...quiet, ...changes } } },
  });

  test('is nothing where nothing is wrong, and where the host was not asked', () => {
    expect(told(around({}))).toEqual([]);
    expect(told(around({ clockAheadMs: null }))).toEqual([]);
    expect(told(around({ clockAheadMs: -299_999 }))).toEqual([]);
  });

  test.each<[string, Partial<HostSurroundings>, string[]]>([
    [
      'a clock that is five minutes ahead',
      { clockAheadMs: 300_000 },
      [`block HOST_CLOCK_SKEWED ${web02}: 300 s ahead of the domain controller`],
    ],
    [
      'a clock that is behind',
      { clockAheadMs: -4_000_400 },
      [`block HOST_CLOCK_SKEWED ${web02}: 4000 s behind the domain controller`],
    ],
    [
      'another domain',
      { domain: 'far.example' },
      [`warn HOST_IN_OTHER_DOMAIN ${web02}: it is in far.example`],
    ],
    ['a workgroup', { domain: null }, [`warn HOST_IN_OTHER_DOMAIN ${web02}: it is in a workgroup`]],
    [
      'parts that cannot be read',
      { unread: ['tasks: Access denied', 'sessions: gone'] },
      [
        `warn HOST_NOT_READ_WHOLLY ${web02}: tasks: Access denied`,
        `warn HOST_NOT_READ_WHOLLY ${web02}: sessions: gone`,
      ],
    ],
    [
      'tasks and COM+ applications',
      { joinsLater: ['task \\Nightly', 'COM+ Ledger'] },
      [`info JOINS_AT_NEXT_LOGON ${web02}: task \\Nightly, COM+ Ledger`],
    ],
    [
      'processes of nobody knows what',
      { otherProcesses: ['cmd.exe', 'ssms.exe'] },
      [`warn ACCOUNT_LOGGED_ON ${web02}: cmd.exe, ssms.exe`],
    ],
  ])('%s', (_, changes, expected) => {
    expect(told(around(changes))).toEqual(expected);
  });

  test('a policy value that was set after its boot, until it has joined', () => {
    const set = '2025-05-25T00:00:00.000Z';
    const policySetAt = { [web02]: set };
    const late = [
      `info HOST_NOT_REBOOTED ${web02}: it booted at ${quiet.bootTime}, its policy value was set at ${set}`,
    ];
    expect(told({ ...around({}), policySetAt })).toEqual(late);
    expect(told({ ...around({ bootTime: set }), policySetAt })).toEqual([]);
    // By the host's own clock it booted after the change, which was before by the sender's.
    const ahead = { bootTime: '2025-05-25T00:01:00.000Z', clockAheadMs: 120_000 };
    expect(told({ ...around(ahead), policySetAt })).toHaveLength(1);
    expect(told({ ...around({}, beforeComplete()), policySetAt })).toEqual([]);
  });

  test('is taken over with its facts where it is not asked again', () => {
    const hostFindings = assess(around({ domain: null, otherProcesses: ['cmd.exe'] }));
    const other = assess(withHost({ rebootPending: true }));
    expect(told({ ...beforeStart(), hostFindings: [...hostFindings, ...other] })).toEqual([
      `warn HOST_IN_OTHER_DOMAIN ${web02}: it is in a workgroup`,
      `warn ACCOUNT_LOGGED_ON ${web02}: cmd.exe`,
    ]);
  });

  test('but for processes, and for a boot that is still to come, is voted on', () => {
    const { facts, domain } = beforeStart();
    const votes = (changes: Partial<HostSurroundings>) =>
      votedOn({ facts, domain, findings: assess(around(changes)) }, 'h', 'start');
    expect(votes({ otherProcesses: ['cmd.exe'] })).toEqual(votes({}));
    expect(votes({ joinsLater: ['task \\Nightly'] })).not.toEqual(votes({}));
  });
});

describe('group policy, rights and clusters', () => {
  const service = goodHost(web02).services[0]!;

  test.each<[string, Partial<HostFacts>, string[]]>([
    [
      'a group policy that enables the logons',
      { policyFrom: { gpo: 'Servers', value: 1 } },
      [`info POLICY_BY_GROUP_POLICY ${web02}: Servers`],
    ],
    [
      'one that forbids them',
      { policyFrom: { gpo: 'Servers', value: 0 } },
      [`block POLICY_FROM_GROUP_POLICY ${web02}: Servers delivers 0`],
    ],
    [
      'one that removes the value',
      { policyFrom: { gpo: 'Servers', value: null } },
      [`block POLICY_FROM_GROUP_POLICY ${web02}: Servers delivers no value`],
    ],
    [
      'an account that is not named',
      { logonRight: 'no' },
      [`warn LOGON_RIGHT_MISSING ${web02}: it is not named itself; a group may give it the right`],
    ],
    ['rights that nobody could read', { logonRight: 'unknown' }, []],
    [
      'a stopped service of a cluster, which may run on another node',
      { services: [{ ...service, state: 'Stopped', clusterResource: 'Billing' }] },
      [`warn SERVICE_CLUSTERED ${web02}: ${service.name}: resource Billing`],
    ],
  ])('%s', (_, changes, expected) => {
    expect(told(withHost(changes))).toEqual(expected);
  });

  test('a host that has pools alone is used', () => {
    const input = withHost({ services: [], pools: ['Finance'] });
    const plan = { ...input.plan, hosts: input.plan.hosts.map((host) => ({ ...host, services: [] })) };
    expect(told({ ...input, plan })).toEqual([]);
  });
});

describe('where people sign for what the plan names', () => {
  const [own] = goodHost(web02).services;
  const signed = (changes: Partial<HostFacts>): Assessed => ({ ...withHost(changes), isSigned: true });

  test('a service or a pool that it does not name blocks, and its own does not, in whatever case', () => {
    const services = [
      { ...own!, name: 'WEBAPP' },
      { ...own!, name: 'WebApp2' },
    ];
    expect(told(signed({ services: services.slice(0, 1) }))).toEqual([]);
    expect(told(signed({ services, pools: ['Web'] }))).toEqual([
      `block SERVICE_UNPLANNED ${web02}: WebApp2`,
      `block SERVICE_UNPLANNED ${web02}: Web`,
    ]);
  });

  test('nothing is said of it elsewhere: it is voted on, and restarted with the others', () => {
    expect(told(withHost({ services: [own!, { ...own!, name: 'WebApp2' }] }))).toEqual([]);
  });
});

test('every finding of the table has been produced above, but for those that belong to others', () => {
  const elsewhere: FindingCode[] = [
    // Of the finder of accounts
    'ACCOUNT_IN_OTHER_DOMAIN',
    // Of DCs that are compared, and of principals, each with a test of its own
    'REPLICATION_LAGGING',
    'PRINCIPAL_DENIED',
    'PRINCIPAL_GROUP',
    // Of who asks and votes, when a plan is made
    'PERSON_UNKNOWN',
    // Of the audit
    'LINK_UNPROVEN',
    'STATE_WITHOUT_LINK',
    'SUPERSEDED_ACCOUNT_DELETED',
    'SUPERSEDED_ACCOUNT_ENABLED',
    'SUPERSEDED_ACCOUNT_PRIVILEGED',
    'MIGRATION_FORGOTTEN',
  ];
  expect([...seen, ...elsewhere].sort()).toEqual(Object.keys(findingKinds).sort());
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
    const waitedFor = { ...finding!, code: 'KDS_KEY_NOT_EFFECTIVE' as const, subject: 'forest' };
    expect(votedOn({ facts, domain: moved, findings: [...reworded, waitedFor] }, 'h', 'start')).toEqual(
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
