import { describe, expect, test } from 'vitest';
import { assess, votedOn } from '../../../src/domain/assess/assess.ts';
import type { Assessed } from '../../../src/domain/assess/assessed.ts';
import type { HostFacts, HostSurroundings } from '../../../src/domain/facts/host-facts.ts';
import { hostFindings } from '../../../src/domain/findings/host.ts';
import { beforeComplete, beforeStart, goodHost, nothingAround } from '../facts/good-facts.ts';
import { assessor, web02, withHost } from './told.ts';

const { told, missing } = assessor();

describe('what stands in the way before Start, each alone', () => {
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
});

describe('what is good enough before Start', () => {
  test('a service whose name is written in another case, and more services than the plan names', () => {
    const services = goodHost(web02).services;
    const shouted = { ...services[0]!, name: 'WEBAPP' };
    expect(told(withHost({ services: [shouted, { ...shouted, name: 'Other' }] }))).toEqual([]);
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

test('every finding about a host has been produced above', () => {
  expect(missing(hostFindings)).toEqual([]);
});
