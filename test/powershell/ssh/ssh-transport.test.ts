import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { OperationFailure } from '../../../lab/ssh/operation-failure.ts';
import type { HandleOperation } from '../../../lab/ssh/session.ts';
import type { Credential } from '../../../src/powershell/wire/envelope.ts';
import { bench, failureOf, host, hostFacts } from './harness.ts';

const linked = {
  dmsa: 'CN=dweb,CN=Managed Service Accounts,DC=lab,DC=example',
  account: 'CN=svc-web,DC=lab,DC=example',
  server: 'dc1.lab.example',
};
const options = { timeoutMs: 60_000 };

test('a parameter that the operation does not take is refused before any connection', async () => {
  const { start, transport } = await bench();
  const server = await start();
  const run = transport().run(host, 'inspect-host', { eventsSince: 'yesterday' }, options);
  expect(await failureOf(run)).toMatchObject({ code: 'INVALID_PARAMETER', subject: 'eventsSince' });
  expect(server.counts.connections).toBe(0);
});

test('what the script reports is what the run throws', async () => {
  const { start, transport } = await bench();
  await start({
    handle: async () => {
      throw new OperationFailure(
        'UNABLE_TO_PROCEED',
        'InvalidOperation',
        '00002035: problem 5005',
        linked.dmsa,
      );
    },
  });
  expect(await failureOf(transport().run(host, 'start-migration', linked, options))).toEqual({
    code: 'UNABLE_TO_PROCEED',
    subject: linked.dmsa,
    message: '00002035: problem 5005',
  });
});

test('the credential goes with operations of the management host, and with no other', async () => {
  const { start, transport, settings } = await bench();
  const sent: [string, Credential | null][] = [];
  await start({ handle: noting(sent) });
  await writeFile(`${settings.privateKeyFile}.password`, 'first\n');
  settings.credential = { user: 'LAB\\dmsa', password: { file: `${settings.privateKeyFile}.password` } };
  const { run } = transport();
  await run(host, 'inspect-host', { eventsSince: null }, options);
  await run(host, 'start-migration', linked, options);
  await writeFile(`${settings.privateKeyFile}.password`, 'second\n');
  await run(host, 'start-migration', linked, options);
  expect(sent).toEqual([
    ['inspect-host', null],
    ['start-migration', { user: 'LAB\\dmsa', password: 'first' }],
    ['start-migration', { user: 'LAB\\dmsa', password: 'second' }],
  ]);
});

test('a password that cannot be read is named, and no connection is made', async () => {
  const { start, transport, settings } = await bench();
  const server = await start();
  settings.credential = { user: 'LAB\\dmsa', password: { file: '/nowhere/password' } };
  expect(await failureOf(transport().run(host, 'start-migration', linked, options))).toMatchObject({
    code: 'SECRET_UNUSABLE',
    subject: 'file /nowhere/password',
  });
  expect(server.counts.connections).toBe(0);
  expect(await transport().run(host, 'inspect-host', { eventsSince: null }, options)).toEqual(hostFacts);
});

test('no error shows the password, not even where the host prints it', async () => {
  const { start, transport, settings } = await bench();
  await writeFile(`${settings.privateKeyFile}.password`, 'Tr0ub4dor&3');
  settings.credential = { user: 'LAB\\dmsa', password: { file: `${settings.privateKeyFile}.password` } };
  await start({
    handle: async (_operation, _parameters, credential) => {
      throw new OperationFailure(
        'ACCESS_DENIED',
        'PermissionDenied',
        `no such login: ${credential!.password}`,
      );
    },
  });
  const failure = await failureOf(transport().run(host, 'start-migration', linked, options));
  expect(failure).toEqual({
    code: 'ACCESS_DENIED',
    subject: 'start-migration',
    message: 'no such login: ***',
  });
});

test('no more sessions are open at once than allowed, and every run gets its turn', async () => {
  const { start, transport } = await bench();
  let open = 0;
  let most = 0;
  const both = Promise.withResolvers<void>();
  const server = await start({
    handle: (async () => {
      open += 1;
      most = Math.max(most, open);
      if (open === 2) both.resolve();
      await both.promise;
      open -= 1;
      return hostFacts;
    }) as unknown as HandleOperation,
  });
  const { run } = transport({ maxSessions: 2 });
  const runs = Array.from({ length: 6 }, () => run(host, 'inspect-host', { eventsSince: null }, options));
  expect(await Promise.all(runs)).toEqual(Array(6).fill(hostFacts));
  expect(most).toBe(2);
  expect(server.counts.sessions).toBe(6);
});

test('a run that is given up while it waits for its turn never begins; one that has begun is left alone', async () => {
  const { start, transport } = await bench();
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = await start({
    handle: (async () => {
      begun.resolve();
      await goOn.promise;
      return { server: linked.server };
    }) as unknown as HandleOperation,
  });
  const { run } = transport({ maxSessions: 1 });
  const given = new AbortController();
  const bounded = { ...options, notAfter: given.signal };
  const first = run(host, 'start-migration', linked, bounded);
  const second = run(host, 'start-migration', linked, bounded);
  await begun.promise;
  given.abort(new Error('given up'));
  await expect(second).rejects.toThrow('given up');
  goOn.resolve();
  expect(await first).toEqual({ server: linked.server });
  expect(server.counts.sessions).toBe(1);
});

test('a run that fails gives its slot back', async () => {
  const { start, transport } = await bench();
  const faults = ['drop-before', null] as const;
  const server = await start({ faults: { onSession: () => faults[server.counts.sessions - 1] ?? null } });
  const { run } = transport({ maxSessions: 1 });
  const runs = await Promise.allSettled(
    [1, 2].map(() => run(host, 'inspect-host', { eventsSince: null }, options)),
  );
  expect(runs).toEqual([
    { status: 'rejected', reason: expect.objectContaining({ code: 'SESSION_LOST' }) },
    { status: 'fulfilled', value: hostFacts },
  ]);
});

function noting(sent: [string, Credential | null][]): HandleOperation {
  return (async (operation: string, _parameters: unknown, credential: Credential | null) => {
    sent.push([operation, credential]);
    return operation === 'inspect-host' ? hostFacts : { server: linked.server };
  }) as unknown as HandleOperation;
}
