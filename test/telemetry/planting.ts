import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Lab } from '../../lab/lab.ts';
import { people } from '../../lab/scenarios/scenario.ts';
import { run } from '../../src/bin/run.ts';
import { settingsToml } from '../../src/config/write.ts';
import { fakeIo } from '../cli/fake-io.ts';
import type { Receiver } from '../support/receiver.ts';
import { unique } from '../support/temporal.ts';

/** A migration to be, and what is collected of it. */
export interface World {
  account: string;
  /** By what they are. */
  secrets: Record<string, Buffer>;
  /** What commands have written, what was logged, stored, sent and recorded, by its place. */
  said: Record<string, string>;
  /** What ended with another exit code than 0: arguments, exit code, standard error. */
  failed: [string[], number, string][];
  folder: string;
  lab: Lab;
  /** Address of the Temporal server. */
  temporal: string;
  receiver: Receiver;
}

/** A process in the folder of the migration. */
export function ioIn({ folder, temporal }: World, more: NodeJS.ProcessEnv = {}) {
  const TEMPORAL_CONFIG_FILE = join(folder, 'none.toml');
  return fakeIo({
    folder,
    env: { TEMPORAL_ADDRESS: temporal, TEMPORAL_CONFIG_FILE, ...more },
  });
}

/** What a command says is kept; what it answers is given back. */
export async function dmsa(world: World, args: string[], more?: NodeJS.ProcessEnv): Promise<string> {
  const io = ioIn(world, more);
  const exitCode = await run(args, io);
  keep(world, `dmsa ${args[0]}`, `${io.stdout()}${io.stderr()}`);
  if (exitCode !== 0) world.failed.push([args, exitCode, io.stderr()]);
  return io.stdout();
}

/** Adds what was said there to what was said before. */
export function keep({ said }: World, place: string, text: string): void {
  said[place] = `${said[place] ?? ''}${text}`;
}

/** An approver's, the worker's, and those that encrypt; as people make them. */
export async function makeKeys(world: World): Promise<void> {
  await dmsa(world, ['keys', 'new', '--for', people.approver, '--out', 'bob.jwk']);
  await dmsa(world, ['keys', 'new', '--out', 'worker.jwk']);
  await dmsa(world, ['encryption-key', '--id', 'k1', '--add', 'ring']);
  const { keys } = JSON.parse(await dmsa(world, ['keys', 'public', 'bob.jwk']));
  write(world, 'bob.jwks', JSON.stringify({ keys: [...keys, ...strangers()] }));
  write(world, 'worker.jwks', await dmsa(world, ['keys', 'public', 'worker.jwk']));
}

/** Approvers whose keys make the plan so large that it is deflated. */
function strangers(): object[] {
  return Array.from({ length: 150 }, (_, index) => ({
    ...{ kty: 'OKP', crv: 'Ed25519', x: randomBytes(32).toString('base64url') },
    ...{ kid: `${index}`.padEnd(120, 'k'), approver: `LAB\\${`${index}`.padEnd(240, 'x')}` },
  }));
}

function write({ folder }: World, file: string, content: string): { file: string } {
  writeFileSync(join(folder, file), content, { mode: 0o600 });
  return { file: join(folder, file) };
}

/** Writes settings that name every secret there is, and secrets that can be told from anything else. */
export function plant(world: World, metrics: string): void {
  const { folder, lab, secrets, receiver } = world;
  const { settings } = lab;
  const { directory, powershell } = settings;
  const read = (place: object) => readFileSync((place as { file: string }).file, 'utf8').trim();
  const own = (name: string) => join(folder, name);
  const word = (name: string) => {
    secrets[name] = Buffer.from(`planted-${name}-${randomBytes(8).toString('hex')}`);
    return secrets[name].toString();
  };
  if (!('privateKeyFile' in powershell) || !('password' in directory)) throw new Error('another login');
  secrets.directory = Buffer.from(read(directory.password));
  secrets.credential = Buffer.from(read(powershell.credential!.password));
  secrets.ssh = Buffer.from(readFileSync(powershell.privateKeyFile, 'utf8').split('\n')[3]!);
  const [, ring] = read({ file: own('ring') }).split(' ');
  secrets.ring = Buffer.from(ring!);
  secrets['octets of ring'] = Buffer.from(ring!, 'base64');
  for (const each of ['bob', 'worker']) {
    const { d } = JSON.parse(read({ file: own(`${each}.jwk`) }));
    secrets[each] = Buffer.from(d);
    secrets[`octets of ${each}`] = Buffer.from(d, 'base64url');
  }
  powershell.passphrase = write(world, 'passphrase', word('passphrase'));
  const url = write(world, 'url', `${receiver.url}/${word('webhook')}`);
  settings.notify = {
    audit: { kind: 'json', url, secret: write(world, 'hmac', word('hmac')), events: null },
  };
  settings.codecServer = { token: write(world, 'token', word('token')), accessTokens: null };
  settings.encryption = { keys: { file: own('ring') }, keyId: null };
  settings.vote = { keyFile: own('bob.jwk') };
  settings.records = { folder: own('records') };
  settings.log = { level: 'trace' };
  settings.worker = {
    ...{ taskQueue: unique('secrets'), metrics, approverKeysFile: own('bob.jwks') },
    signingKeyFile: own('worker.jwk'),
  };
  write(world, 'dmsa.toml', settingsToml(settings));
}
