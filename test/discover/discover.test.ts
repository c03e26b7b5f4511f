import { describe, expect, onTestFinished, test } from 'vitest';
import { type LabHost, labHost } from '../../lab/topology.ts';
import type { DiscoverProgress } from '../../src/discover/discover.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { transportOf } from '../../src/powershell/connect-hosts.ts';
import { discoverIn, discoveryOf, labOf, noChoice } from './in-lab.ts';
import { everyUse, inventoryOf, service, transportWith } from './inventories.ts';

const running = (name: string, startName: string): LabHost['services'][number] => ({
  name,
  startName,
  state: 'Running',
  startMode: 'Auto',
  restartMs: 0,
  failingStarts: 0,
});

describe('an account or hosts that cannot be', () => {
  test('an account that is nowhere is refused before any host is asked', async () => {
    const lab = await labOf({ hosts: [labHost('fin01', [])] });
    const transport = transportWith({});
    await expect(discoverIn(lab, transport, { account: 'svc-nobody' })).rejects.toThrow(
      'account: svc-nobody: nothing in lab.example answers to it',
    );
    expect(transport.asked).toEqual([]);
  });

  test('settings that no host can be asked with are an error, not a row for each host', async () => {
    const lab = await labOf({ hosts: [labHost('fin01', [])] });
    const refused = new DmsaError('FILE_UNREADABLE', 'id', 'the private key in id cannot be read');
    const transport = transportWith({ 'fin01.lab.example': refused });
    await expect(discoverIn(lab, transport)).rejects.toThrow('the private key in id cannot be read');
  });
});

describe('one session a host', () => {
  test('tells over real sessions who uses the account, in each of its names, and who cannot be asked', async () => {
    const hosts = [
      labHost('fin01', [running('Api', 'LAB\\svc-finance'), running('Other', 'LAB\\svc-other')]),
      labHost('fin02', [running('Api', 'SVC-Finance@lab.example')]),
      labHost('web01', [running('Local', '.\\svc-finance')]),
      labHost('web02', [running('Web', 'web02\\svc-finance')]),
      labHost('gone', []),
    ];
    const lab = await labOf({ hosts });
    const settings = {
      ...lab.settings,
      hosts: { ...lab.settings.hosts, 'gone.lab.example': { address: '127.0.0.1', port: 9 } },
    };
    const transport = transportOf(settings);
    onTestFinished(() => transport.close());
    const found = await discoverIn(lab, transport);
    expect(
      found.hosts.map(({ name, usesAccount, error, uses }) => [
        name,
        usesAccount,
        error?.code ?? null,
        uses.services.map((each) => each.name),
      ]),
    ).toEqual([
      ['fin01.lab.example', 'yes', null, ['Api']],
      ['fin02.lab.example', 'yes', null, ['Api']],
      ['gone.lab.example', 'unknown', 'HOST_UNREACHABLE', []],
      ['web01.lab.example', 'no', null, []],
      ['web02.lab.example', 'no', null, []],
    ]);
    expect(found.planned).toEqual(['fin01.lab.example', 'fin02.lab.example']);
    expect(found.summary).toMatchObject({ hosts: 5, uses: 2, unused: 2, unasked: 1 });
    expect(found.hosts[2]).toMatchObject({ verdict: 'unasked', system: null });
    const asked = Object.entries(lab.counts().ssh).filter(([, { sessions }]) => sessions > 0);
    expect(asked.map(([name, { sessions }]) => [name.split('.')[0], sessions])).toEqual([
      ['fin01', 1],
      ['fin02', 1],
      ['web01', 1],
      ['web02', 1],
    ]);
  });

  test('three hundred hosts are asked eight at a time, and never more', { timeout: 60_000 }, async () => {
    const hosts = Array.from({ length: 300 }, (_, index) => labHost(`h${index}`, []));
    const lab = await labOf({ hosts });
    const [parallel, total] = [8, hosts.length];
    let [under, peak, begun] = [0, 0, 0];
    let waiting: (() => void)[] = [];
    for (const host of lab.hosts) {
      const inspect = host.inspect.bind(host);
      const together = async (parameters: Parameters<typeof inspect>[0]) => {
        under += 1;
        begun += 1;
        peak = Math.max(peak, under);
        // Nobody is answered before as many are asked as may be: were more let through, they would be counted.
        const full = under === parallel || begun === total;
        if (!full) await new Promise<void>((resolve) => waiting.push(resolve));
        for (const resume of waiting.splice(0)) resume();
        waiting = [];
        under -= 1;
        return inspect(parameters);
      };
      Object.assign(host, { inspect: together });
    }
    const seen: DiscoverProgress[] = [];
    const transport = transportOf(lab.settings, { maxSessions: 64 });
    onTestFinished(() => transport.close());
    const found = await discoverIn(lab, transport, { parallel, onProgress: (each) => seen.push(each) });
    expect([found.summary.unused, peak]).toEqual([total, parallel]);
    expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: total + 1 }, (_, done) => done));
    const sessions = Object.values(lab.counts().ssh).map((each) => each.sessions);
    expect([Math.max(...sessions), sessions.filter((count) => count === 1).length]).toEqual([1, total]);
  });

  test('put to an end it tells what it has, and who was not asked', async () => {
    const lab = await labOf({ hosts: ['a', 'b', 'c', 'd'].map((name) => labHost(name, [])) });
    const ending = new AbortController();
    const answers = Object.fromEntries(lab.hosts.map(({ settings }) => [settings.name, inventoryOf()]));
    const found = await discoverIn(lab, transportWith(answers), {
      parallel: 1,
      signal: ending.signal,
      onProgress: ({ done }) => done === 2 && ending.abort(),
    });
    expect(found.hosts.map(({ name }) => name)).toEqual(['a.lab.example', 'b.lab.example']);
    expect(found.notAsked).toEqual(['c.lab.example', 'd.lab.example']);
  });

  test('what is being asked when it is put to an end is among those that were not', async () => {
    const lab = await labOf({ hosts: [labHost('a', []), labHost('b', [])] });
    const ending = new AbortController();
    const found = await discoverIn(
      lab,
      {
        run: (_host, _operation, _parameters, { signal }) =>
          new Promise((_, reject) => {
            signal!.addEventListener('abort', () => reject(signal!.reason));
            ending.abort(new Error('interrupted'));
          }),
      },
      { signal: ending.signal },
    );
    expect([found.hosts, found.notAsked]).toEqual([[], ['a.lab.example', 'b.lab.example']]);
  });
});

describe('what is found on a host', () => {
  test('each kind of use is the account’s own and nobody else’s', async () => {
    const others = everyUse();
    const { hosts } = await discoveryOf({
      fin01: inventoryOf(everyUse()),
      fin02: inventoryOf({
        services: others.services!.map((each) => ({ ...each, startName: 'LAB\\svc-other' })),
        tasks: others.tasks!.map((each) => ({ ...each, account: '.\\svc-finance' })),
        pools: others.pools!.map((each) => ({ ...each, account: 'OTHER\\svc-finance' })),
        comApplications: others.comApplications!.map((each) => ({ ...each, account: 'FIN01\\svc-finance' })),
        sessions: others.sessions!.map((each) => ({ ...each, account: 'svc-finance@other.example' })),
      }),
    });
    const counts = hosts.map(({ uses }) => Object.values(uses).map((list) => list.length));
    expect(counts).toEqual([
      [2, 1, 1, 1, 1],
      [0, 0, 0, 0, 0],
    ]);
    expect(hosts[1]).toMatchObject({ usesAccount: 'no', verdict: 'unused', findings: [] });
    expect(hosts[0]!.findings.map(({ code, evidence }) => [code, evidence])).toEqual([
      ['SERVICE_NOT_RUNNING', 'Old Jobs is Stopped'],
      ['JOINS_AT_NEXT_LOGON', 'task \\Finance\\Nightly, COM+ Ledger'],
      ['ACCOUNT_LOGGED_ON', 'cmd.exe, ssms.exe'],
    ]);
  });

  test('a name by SID is the account’s, too', async () => {
    const lab = await labOf({ hosts: [labHost('fin01', [])] });
    const read = await discoverIn(lab, transportWith({ 'fin01.lab.example': inventoryOf() }));
    const { sid } = read.account;
    const tasks = [{ path: '\\BySid', account: sid, state: 'Ready' }];
    const answer = inventoryOf({ tasks, serviceLogonRight: [sid] });
    const { hosts } = await discoverIn(lab, transportWith({ 'fin01.lab.example': answer }));
    expect(hosts[0]).toMatchObject({ usesAccount: 'yes', system: { logonRight: 'yes' } });
  });

  test('each thing that stands in the way has its finding, and only where the account is used', async () => {
    const wrong = {
      build: 20348,
      isDomainController: true,
      rebootPending: true,
      clock: '2025-06-01T08:05:02.000Z',
      domain: 'other.example',
      policyFrom: { gpo: 'Kerberos off', value: 0 },
      serviceLogonRight: [],
      unread: [{ part: 'pools' as const, why: 'WebAdministration is not there' }],
      services: [service('Api', { clusterResource: 'Api Role' })],
    };
    const found = await discoveryOf({
      bad: inventoryOf(wrong),
      good: inventoryOf({ services: [service('Api')], policyFrom: { gpo: 'Kerberos on', value: 1 } }),
      idle: inventoryOf({ ...wrong, services: [], unread: [] }),
      partly: inventoryOf({ unread: wrong.unread }),
    });
    const told = found.hosts.map(({ name, verdict, usesAccount, findings }) => [
      name.split('.')[0],
      verdict,
      usesAccount,
      findings.map(({ code }) => code),
    ]);
    expect(told).toEqual([
      [
        'bad',
        'block',
        'yes',
        [
          'HOST_TOO_OLD',
          'HOST_IS_DC',
          'HOST_REBOOT_PENDING',
          'POLICY_FROM_GROUP_POLICY',
          'HOST_CLOCK_SKEWED',
          'HOST_IN_OTHER_DOMAIN',
          'HOST_NOT_READ_WHOLLY',
          'LOGON_RIGHT_MISSING',
          'SERVICE_CLUSTERED',
        ],
      ],
      ['good', 'ready', 'yes', ['POLICY_BY_GROUP_POLICY']],
      ['idle', 'unused', 'no', []],
      ['partly', 'warn', 'unknown', ['HOST_NOT_READ_WHOLLY']],
    ]);
    expect(found.summary).toEqual({
      hosts: 4,
      uses: 2,
      ready: 1,
      warn: 1,
      block: 1,
      unused: 1,
      unasked: 0,
    });
  });

  test('processes alone are told, and put no host into a plan', async () => {
    const { hosts, planned } = await discoveryOf({
      fin01: inventoryOf({ sessions: everyUse().sessions! }),
      fin02: inventoryOf({ tasks: everyUse().tasks! }),
    });
    expect(hosts.map(({ usesAccount }) => usesAccount)).toEqual(['yes', 'yes']);
    expect(planned).toEqual(['fin02.lab.example']);
  });
});

test('a host that is named and has no account in the domain is asked, and says so', async () => {
  const lab = await labOf({ hosts: [labHost('fin01', [])] });
  const transport = transportWith({ 'web.contoso.com': inventoryOf({ domain: 'contoso.com' }) });
  const { hosts } = await discoverIn(lab, transport, { hosts: { ...noChoice, names: ['web.contoso.com'] } });
  expect(hosts).toMatchObject([{ name: 'web.contoso.com', computer: null, usesAccount: 'no' }]);
});
