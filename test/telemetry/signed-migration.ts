import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { vi } from 'vitest';
import { startLab } from '../../lab/lab.ts';
import { freePorts } from '../../lab/processes/ports.ts';
import { people } from '../../lab/scenarios/scenario.ts';
import { defaultTopology } from '../../lab/topology.ts';
import { run } from '../../src/bin/run.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { dataConverterOf } from '../../src/temporal/data-converter.ts';
import { ask } from '../codec-server/ask.ts';
import { startReceiver } from '../support/receiver.ts';
import { testTemporal } from '../support/temporal.ts';
import { dmsa, ioIn, keep, makeKeys, plant, type World } from './planting.ts';
import { historyOf, type StoredHistory } from './secret-search.ts';

export interface SignedMigration extends World {
  status: MigrationStatus;
  history: StoredHistory;
}

/** Plays a signed and encrypted migration by the command line, with every secret planted that there is; leaves nothing. */
export async function playSigned(): Promise<SignedMigration> {
  const account = `svc-${randomBytes(4).toString('hex')}`;
  const topology = defaultTopology({ restartMs: 0, account, dmsa: account.replace('svc', 'dmsa') });
  const folder = mkdtempSync(join(tmpdir(), 'dmsa-secrets-'));
  const lab = await startLab({ topology });
  const receiver = await startReceiver();
  try {
    const { address: temporal } = await testTemporal();
    return await play({ account, folder, lab, temporal, receiver, secrets: {}, said: {}, failed: [] });
  } finally {
    await receiver.close();
    await lab.close();
    rmSync(folder, { recursive: true });
  }
}

async function play(world: World): Promise<SignedMigration> {
  const { folder, lab, said, receiver } = world;
  const [port] = (await freePorts(1)) as [number];
  await makeKeys(world);
  plant(world, `127.0.0.1:${port}`);
  const status = await withWorker(world, async () => {
    const ended = await throughTheGates(world);
    await misuse(world);
    said.metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return ended;
  });
  await serveCodec(world);
  const history = await readHistory(world);
  said['stored history'] = history.stored;
  said['clear history'] = history.clear;
  said.webhook = receiver.received.map(({ headers, body }) => JSON.stringify([headers, body])).join('\n');
  for (const file of ['plan.json', 'report.html', 'report.json', 'report.md', 'dmsa.toml'])
    said[file] = readFileSync(join(folder, file), 'utf8');
  said.records = readdirSync(lab.settings.records.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
  return { ...world, status, history };
}

async function withWorker<T>(world: World, work: () => Promise<T>): Promise<T> {
  const io = ioIn(world);
  const working = run(['worker'], io);
  try {
    await vi.waitUntil(() => io.stderr().includes('takes work'), { timeout: 60_000 });
    return await work();
  } finally {
    io.interrupt();
    await working;
    keep(world, 'dmsa worker', `${io.stdout()}${io.stderr()}`);
  }
}

async function throughTheGates(world: World): Promise<MigrationStatus> {
  const { lab, account } = world;
  const hosts = lab.topology.hosts.flatMap((host) => ['--host', host.name]);
  const waits = ['--observe', '1s', '--check-every', '1s', '--soak', '1s', '--join', '10s'];
  const who = ['--by', people.requester, '--approver-keys', 'bob.jwks'];
  await dmsa(world, [
    'plan',
    account,
    '--dmsa',
    lab.topology.dmsa,
    ...hosts,
    ...waits,
    ...who,
    '--out',
    'plan.json',
  ]);
  await dmsa(world, ['start', 'plan.json', '--yes']);
  const start = await hashAt(world, 'start');
  await dmsa(world, ['approve', account, '--hash', start, '--key', 'bob.jwk', '--reason', 'read']);
  const complete = await hashAt(world, 'complete');
  await dmsa(world, ['approve', account, '--hash', complete, '--reason', 'by the key of the settings']);
  await dmsa(world, ['status', account, '--watch']);
  for (const format of ['html', 'json', 'md'])
    await dmsa(world, ['report', account, '--format', format, '--out', `report.${format}`]);
  await dmsa(world, ['verify', 'report.json', '--key', 'worker.jwks', '-o', 'json']);
  await dmsa(world, ['list', '--all']);
  await dmsa(world, ['doctor']);
  return JSON.parse(await dmsa(world, ['status', account, '-o', 'json']));
}

async function hashAt(world: World, gate: string): Promise<string> {
  const hash = async () => {
    const status = await dmsa(world, ['status', world.account, '-o', 'json']);
    const { gates }: MigrationStatus = JSON.parse(status);
    return gates.find((each) => each.name === gate && each.decision === 'open')?.hash;
  };
  return await vi.waitUntil(hash, { timeout: 45_000, interval: 200 });
}

/** What is put into a wrong place is told by its place alone. */
async function misuse(world: World): Promise<void> {
  const { folder, secrets, account, lab } = world;
  const own = (name: string) => join(folder, name);
  secrets.apiKey = Buffer.from(`planted-api-key-${randomBytes(8).toString('hex')}`);
  const what = [account, '--dmsa', lab.topology.dmsa, '--host', lab.topology.hosts[0]!.name];
  for (const args of [
    ['plan', ...what, '--approver-keys', 'bob.jwk'],
    ['keys', 'public', 'ring', 'token'],
    ['approve', account, '--gate', 'complete', '--hash', 'a'.repeat(64), '--key', 'ring'],
    ['report', account, '--set', `worker.signing-key-file=${own('ring')}`],
    ['verify', 'report.json', '--key', 'ring'],
    ['verify', 'report.json', '--key', 'bob.jwk'],
    ['verify', 'bob.jwk'],
    ['start', 'bob.jwk'],
    ['list', '--set', `encryption.keys=k1 ${secrets.ring}`],
    ['list', '--set', `encryption.keys-file=${own('bob.jwk')}`],
    ['list', '--set', `encryption.keys-file=${own('token')}`],
    ['list', '--config', 'ring'],
    ['codec-server', '--set', `codec-server.token=${secrets.token}`],
    ['codec-server', '--tls-cert', 'bob.jwk', '--tls-key', 'token'],
  ])
    await dmsa(world, args);
  // With it, Temporal's client wants TLS.
  const TEMPORAL_ADDRESS = world.temporal.replace('127.0.0.1', 'localhost');
  const TEMPORAL_API_KEY = secrets.apiKey.toString();
  await dmsa(world, ['doctor', '--timeout', '1'], { TEMPORAL_ADDRESS, TEMPORAL_API_KEY });
}

async function serveCodec(world: World): Promise<void> {
  const io = ioIn(world);
  const serving = run(['codec-server', '--port', '0'], io);
  await vi.waitUntil(() => io.stdout().includes('listens at'), { timeout: 20_000 });
  const url = /listens at (\S+)\./.exec(io.stdout())![1]!;
  for (const token of [world.secrets.token!.toString(), 'x'.repeat(20)]) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    keep(world, 'codec server', (await ask(url, { headers, body: '{"payloads":[]}' })).text);
  }
  io.interrupt();
  await serving;
  keep(world, 'dmsa codec-server', `${io.stdout()}${io.stderr()}`);
}

async function readHistory({ lab, account, temporal }: World): Promise<StoredHistory> {
  const dataConverter = await dataConverterOf(lab.settings.encryption);
  const target = { address: temporal, embedded: true };
  const { client, close } = await connectTemporal(target, {}, { dataConverter });
  return await historyOf(client, `dmsa/lab.example/${account}`).finally(close);
}
