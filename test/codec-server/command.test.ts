import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defaultPayloadConverter } from '@temporalio/common';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { assembly } from '../../src/bin/assembly.ts';
import { run } from '../../src/bin/run.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import { readPayloads, writePayloads } from '../../src/codec-server/payloads.ts';
import { dataConverterOf } from '../../src/temporal/data-converter.ts';
import { addToKeyFile, newRingKey } from '../../src/temporal/key-file.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { ask } from './ask.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-codec-'));
});
afterEach(() => rm(folder, { recursive: true }));

const withRing = async () => {
  await addToKeyFile(join(folder, 'ring'), newRingKey('a'), 'last');
  await writeFile(join(folder, 'token'), 'a-token-that-is-long-enough\n', { mode: 0o600 });
  await writeFile(
    join(folder, 'dmsa.toml'),
    '[encryption]\nkeys-file = "ring"\n[codec-server]\ntoken-file = "token"\n',
  );
};

test.each([
  [['--port', '65536'], 'Write a port, 0 to 65535.'],
  [['--origin', 'temporal.contoso.com'], '--origin: "temporal.contoso.com" is not an origin'],
  [['--tls-cert', 'cert.pem'], '--tls-cert: needs --tls-key'],
  [['--tls-key', 'key.pem'], '--tls-key: needs --tls-cert'],
  [['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'], 'cert.pem cannot be read (ENOENT)'],
  [['--host', '0.0.0.0'], '--host: 0.0.0.0 is reached from elsewhere: set [codec-server] token-file'],
])('%j is refused input', async (args, message) => {
  const io = fakeIo({ folder });
  expect(await run(['codec-server', '--port', '0', ...args], io)).toBe(2);
  expect(io.stderr()).toContain(message);
  expect(io.stdout()).toBe('');
});

test('it answers, with the ring and the token of the settings, until it is asked to end', async () => {
  await withRing();
  const io = fakeIo({ folder });
  const running = run(['codec-server', '--port', '0', '-o', 'json'], io);
  await vi.waitFor(() => expect(io.stdout()).not.toBe(''), 10_000);
  const { url } = JSON.parse(io.stdout()) as { url: string };

  const { payloadCodecs } = await dataConverterOf({ keys: { file: join(folder, 'ring') }, keyId: null });
  let payloads = [defaultPayloadConverter.toPayload({ host: 'web01' })!];
  for (const codec of payloadCodecs!) payloads = await codec.encode(payloads);
  const headers = { 'content-type': 'application/json' };
  const body = writePayloads(payloads);
  expect(await ask(url, { headers, body })).toMatchObject({ status: 401 });
  const authorization = 'Bearer a-token-that-is-long-enough';
  const answer = await ask(url, { headers: { ...headers, authorization }, body });
  expect(answer.status).toBe(200);
  expect(defaultPayloadConverter.fromPayload(readPayloads(answer.text)[0]!)).toEqual({ host: 'web01' });

  io.interrupt();
  expect(await running).toBe(0);
  await expect(ask(url, { headers, body })).rejects.toThrow(/ECONNREFUSED/);
  expect(io.stderr()).not.toContain('a-token-that-is-long-enough');
});

test('every command that talks to Temporal is given the ring of the settings', async () => {
  await withRing();
  const given: unknown[] = [];
  const watching: Assembly = {
    ...assembly,
    connect(taskQueue, _env, encryption) {
      given.push([taskQueue, encryption]);
      throw new Error('far enough');
    },
  };
  await run(['list'], fakeIo({ folder }), watching);
  expect(given).toEqual([['dmsa', { keys: { file: join(folder, 'ring') }, keyId: null }]]);
});
