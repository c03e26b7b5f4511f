import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Parameters } from '../../../src/powershell/wire/operations.ts';
import { engine } from '../../activities/scripts/engine.ts';
import { accountDn, dmsa, dmsaDn, service, stopped } from '../../activities/scripts/states.ts';
import { failureOf, network } from './harness.ts';

const host = 'web01.lab.example';
const other = 'web02.lab.example';
const mgmt = 'mgmt.lab.example';
const minute = { timeoutMs: 60_000 };
const policyKey =
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Kerberos\\Parameters';
const wanted = { policy: { value: 1, keyExists: true }, eventLogEnabled: null };

const restart = (services: string[], changes: object = {}): Parameters<'restart-services'> => ({
  services,
  pools: [],
  checks: [],
  startStopped: false,
  unlessStartedSince: null,
  eventsSince: null,
  sentAt: new Date().toISOString(),
  timeoutSeconds: 120,
  ...changes,
});

describe.skipIf(!engine)('local, where something fails on the way', () => {
  it.each([
    ['refuses the identity', 5, 'LOGIN_REFUSED'],
    ['knows no such user', 1326, 'LOGIN_REFUSED'],
    ['cannot be reached', -2144108526, 'HOST_UNREACHABLE'],
  ] as const)('a host that %s is told from one that is there', async (_, refusal, code) => {
    const net = await network({ [host]: { refusal } });
    expect(await failureOf(net.transport().run(host, 'set-host', wanted, minute))).toEqual({
      code,
      subject: host,
      message: `Connecting to remote server ${host} failed.`,
    });
    expect((await net.calls()).map(({ call }) => call)).toEqual(['New-PSSession']);
  });

  it('what a script reports comes as it is over SSH, and the next run goes well', async () => {
    const net = await network({ [host]: { host: { services: [service('Billing', stopped)] } } });
    const transport = net.transport();
    expect(
      await failureOf(transport.run(host, 'restart-services', restart(['Bill*']), minute)),
    ).toMatchObject({
      code: 'SERVICE_NOT_FOUND',
      subject: 'Bill*',
    });
    const { services } = await transport.run(host, 'restart-services', restart(['Billing']), minute);
    expect(services).toMatchObject([{ name: 'Billing', action: 'skipped' }]);
  });

  it('what a part of an inspection meets is told in its answer, and the rest is there', async () => {
    const refused = { id: 'Refused', category: 'PermissionDenied', message: 'Access denied' };
    const services = [service('Billing')];
    const errors = { 'Get-ScheduledTask': refused };
    const net = await network({ [host]: { host: { services, errors } } });
    const found = await net.transport().run(host, 'inspect-host', { eventsSince: null }, minute);
    expect(found.services.map(({ name }) => name)).toEqual(['Billing']);
    expect(found.unread).toContainEqual({ part: 'tasks', why: 'Access denied' });
  });

  it('a session that breaks in the middle is SESSION_LOST', async () => {
    const net = await network({ [host]: { breaks: true } });
    expect(await failureOf(net.transport().run(host, 'set-host', wanted, minute))).toEqual({
      code: 'SESSION_LOST',
      subject: host,
      message: `The session with ${host} broke.`,
    });
    expect((await net.calls()).at(-1)).toEqual({ call: 'Remove-PSSession', computer: host });
  });

  it('a cancelled run is stopped on the host, and its session removed', async () => {
    // It stays StopPending for longer than the test.
    const net = await network({ [host]: { host: { services: [service('Billing', { looks: 9_999 })] } } });
    const cancel = new AbortController();
    const run = net
      .transport()
      .run(host, 'restart-services', restart(['Billing']), { ...minute, signal: cancel.signal });
    await expect
      .poll(async () => (await net.host(host)).calls, { timeout: 30_000 })
      .toEqual(['Stop Billing']);
    cancel.abort(new Error('the migration was cancelled'));
    await expect(run).rejects.toThrow('the migration was cancelled');
    expect((await net.calls()).map(({ call }) => call)).toEqual([
      'New-PSSession',
      'Invoke-Command',
      'Stop',
      'Remove-PSSession',
    ]);
  });
});

describe.skipIf(!engine)('local, on the PowerShell engine', () => {
  it('works on a host by name, with Kerberos, in one session that is ended in order', async () => {
    const net = await network({
      [host]: { host: { services: [service('Billing'), service("Prüf 'n $(1)")] } },
    });
    const transport = net.transport();
    const set = await transport.run(host, 'set-host', wanted, minute);
    expect(set.policy).toEqual(wanted.policy);
    const done = await transport.run(host, 'restart-services', restart(['Billing', "Prüf 'n $(1)"]), minute);
    expect(done.services.map(({ name, action }) => [name, action])).toEqual([
      ['Billing', 'restarted'],
      ["Prüf 'n $(1)", 'restarted'],
    ]);
    expect((await net.registry(host))[policyKey]).toEqual({
      DelegatedMSAEnabled: { type: 'DWord', value: 1 },
    });
    await transport.close();
    expect(await net.calls()).toEqual([
      {
        call: 'New-PSSession',
        computer: host,
        configuration: '',
        authentication: 'Kerberos',
        idleSeconds: 60,
      },
      { call: 'Invoke-Command', computer: host },
      { call: 'Invoke-Command', computer: host },
      { call: 'Remove-PSSession', computer: host },
    ]);
  });

  it('works on several hosts at once, and changes each alone', async () => {
    const net = await network({ [host]: {}, [other]: {} });
    const transport = net.transport();
    const value = (value: number) => ({ policy: { value, keyExists: true }, eventLogEnabled: null });
    await Promise.all([
      transport.run(host, 'set-host', value(1), minute),
      transport.run(other, 'set-host', value(0), minute),
    ]);
    const values = [await net.registry(host), await net.registry(other)].map((each) => each[policyKey]);
    expect(values).toEqual([
      { DelegatedMSAEnabled: { type: 'DWord', value: 1 } },
      { DelegatedMSAEnabled: { type: 'DWord', value: 0 } },
    ]);
  });

  it('runs the cmdlets in the process itself where the management host is this machine', async () => {
    const account = dmsa({
      dn: accountDn,
      name: 'Billing',
      sam: 'svc-billing',
      class: 'user',
      guid: '00000000-0000-4000-8000-000000000002',
    });
    const net = await network({ [mgmt]: {} }, { directory: { accounts: [dmsa(), account] } });
    const transport = net.transport();
    const removal = { dmsa: dmsaDn, server: 'dc1' };
    expect(
      await failureOf(transport.run(mgmt, 'remove-dmsa', { ...removal, description: 'not ours' }, minute)),
    ).toMatchObject({ code: 'DMSA_NOT_OURS' });
    expect(
      await transport.run(mgmt, 'remove-dmsa', { ...removal, description: 'dmsa migration 42' }, minute),
    ).toEqual({ removed: true });
    expect((await net.directory()).accounts.map(({ dn }) => dn)).toEqual([accountDn]);
    expect(await net.calls()).toEqual([]);
  });

  it('brings any text of a parameter to the script unchanged', async () => {
    const net = await network({ [host]: {}, [mgmt]: {} });
    const transport = net.transport();
    // The name of a service that is not there comes back as the subject of the error; NUL is no letter of one.
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc.constantFrom(
        '"; exit 1 #',
        "'$(Get-Date)'",
        '`$x',
        '\u{1f600} Prüfdienst',
        '%PATH%',
        'a\r\nb',
        '\u2028',
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, async (name) => {
        const run = transport.run(
          mgmt,
          'remove-dmsa',
          { dmsa: `CN=${name}`, description: name, server: 'dc1' },
          minute,
        );
        expect(await run).toEqual({ removed: false });
        const { calls } = await net.directory();
        expect(calls.at(-1)).toMatchObject({ Identity: `CN=${name}` });
      }),
      { numRuns: 60 },
    );
  });
});
