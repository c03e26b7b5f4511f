import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';

import type { LocalSettings } from '../../../src/config/settings.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { type LocalTransportOptions, localTransport } from '../../../src/powershell/local/local-transport.ts';
import { engine, type Registry, withParents } from '../../activities/scripts/engine.ts';
import {
  type DirectoryState,
  directoryState,
  type HostState,
  hostState,
} from '../../activities/scripts/states.ts';

const execute = promisify(execFile);

export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What a run threw, in the three things that a person is told. */
export async function failureOf(run: Promise<unknown>) {
  const error = await run.then(
    () => expect.unreachable('the run should have failed'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DmsaError)) throw error;
  const { code, subject, message } = error;
  return { code, subject, message };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-local-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A program on its own: `#!` and the rest. */
export async function program(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

export interface Computer {
  host?: Partial<HostState>;
  registry?: Registry;
  /** PSRemotingTransportException.ErrorCode of New-PSSession. */
  refusal?: number;
  /** The session with it breaks while a run is under way. */
  breaks?: true;
}

export interface SessionCall {
  call: string;
  computer: string;
  [more: string]: unknown;
}

/**
 * This machine as a management host, and computers that it can have sessions with. `powershell.exe` is the engine,
 * into whose sessions the stub of PowerShell remoting is imported; the text that it is given is otherwise unchanged.
 */
export async function network(
  computers: Record<string, Computer>,
  { directory = {}, jea = '' }: { directory?: Partial<DirectoryState>; jea?: string } = {},
) {
  const folder = await temporaryFolder();
  const stubs = `${here('../../activities/scripts/stubs/')}`;
  const files = new Map<string, { host: string; registry: string }>();
  const listed: Record<string, unknown> = {};
  for (const [name, { host, registry, refusal, breaks }] of Object.entries(computers)) {
    const place = join(folder, name);
    await mkdir(place);
    const file = { host: join(place, 'host.json'), registry: join(place, 'registry.json') };
    await writeFile(file.host, JSON.stringify(hostState(host)));
    await writeFile(file.registry, JSON.stringify(withParents(registry ?? {})));
    files.set(name, file);
    const environment = { STUB_HOST: file.host, PWSH_REGISTRY: file.registry };
    listed[name] = { environment, breaks: breaks ?? false, refusal: refusal ?? 0 };
  }
  const path = (name: string) => join(folder, name);
  await writeFile(path('computers.json'), JSON.stringify(listed));
  await writeFile(path('sessions'), '');
  await writeFile(path('directory.json'), JSON.stringify(directoryState(directory)));
  const importing = "$null = [runspace]::DefaultRunspace.InitialSessionState.ImportPSModule(@('Remoting'))\n";
  const powershell = await program(
    path('powershell.exe'),
    [
      `#!${process.execPath}`,
      "const { spawnSync } = require('node:child_process');",
      'const args = process.argv.slice(2);',
      "const text = Buffer.from(args.at(-1), 'base64').toString('utf16le');",
      `const encoded = Buffer.from(${JSON.stringify(importing)} + text, 'utf16le').toString('base64');`,
      `const { status, signal } = spawnSync(${JSON.stringify(engine)}, [...args.slice(0, -1), encoded], { stdio: 'inherit' });`,
      'process.exit(signal ? 99 : status);',
      '',
    ].join('\n'),
  );
  const first = [...files.values()][0];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PSModulePath: [`${stubs}host`, `${stubs}directory`, here('stubs')].join(delimiter),
    STUB_ENGINE: engine ?? '',
    STUB_COMPUTERS: path('computers.json'),
    STUB_SESSIONS: path('sessions'),
    STUB_DIRECTORY: path('directory.json'),
    STUB_JEA: jea,
    // In the process itself: what a JEA endpoint of a test is about.
    STUB_HOST: first?.host,
    PWSH_REGISTRY: first?.registry,
  };
  const json = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
  return {
    transport(changes: Partial<LocalSettings> = {}, options: LocalTransportOptions = {}) {
      const settings: LocalSettings = {
        transport: 'local',
        program: powershell,
        configurationName: null,
        managementConfigurationName: null,
        credential: null,
        ...changes,
      };
      const transport = localTransport(settings, { env, machine: 'mgmt', ...options });
      onTestFinished(() => transport.close());
      return transport;
    },
    /** Runs a text by hand, with the stub of remoting; its standard output. */
    async byHand(text: string, ...args: string[]): Promise<string> {
      const file = path('by-hand.ps1');
      await writeFile(file, `Import-Module Remoting; ${text}`);
      const { stdout } = await execute(engine!, ['-NoProfile', '-File', file, ...args], { env });
      return stdout;
    },
    host: (name: string): Promise<HostState> => json(files.get(name)!.host),
    registry: (name: string): Promise<Registry> => json(files.get(name)!.registry),
    directory: (): Promise<DirectoryState> => json(path('directory.json')),
    async calls(): Promise<SessionCall[]> {
      const lines = (await readFile(path('sessions'), 'utf8')).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line));
    },
  };
}
