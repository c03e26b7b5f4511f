import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { bootstrapArguments } from '../../../src/powershell/wire/bootstrap.ts';
import {
  asciiJson,
  type Credential,
  type PreparedRequest,
  prepareRequest,
} from '../../../src/powershell/wire/envelope.ts';
import type { OperationName, Parameters, Result } from '../../../src/powershell/wire/operations.ts';
import { type DirectoryState, directoryState, type HostState, hostState } from './states.ts';

/** The PowerShell engine that stands for `powershell.exe`, or null where there is none. */
export const engine: string | null = findEngine();

if (!engine) console.warn('No PowerShell engine: set DMSA_PWSH to run the tests of the scripts.');

function findEngine(): string | null {
  const beside = fileURLToPath(new URL('../../../../shared/powershell/pwsh', import.meta.url));
  return [process.env.DMSA_PWSH, beside].find((path) => path && existsSync(path)) ?? null;
}

/** Keys to values, each with its registry type: what `PWSH_REGISTRY` holds. */
export type Registry = Record<string, Record<string, { type: string; value: unknown }>>;

/** As the engine writes it: with the hives and every parent of a key. */
export function withParents(registry: Registry): Registry {
  const hive = 'HKEY_LOCAL_MACHINE';
  const whole: Registry = {
    HKEY_CURRENT_USER: {},
    [hive]: {},
    [`${hive}\\SOFTWARE`]: {},
    [`${hive}\\SYSTEM`]: {},
  };
  for (const [key, values] of Object.entries(registry)) {
    for (let end = key.indexOf('\\'); end > 0; end = key.indexOf('\\', end + 1))
      whole[key.slice(0, end)] ??= {};
    whole[key] = values;
  }
  return whole;
}

export interface World {
  host: HostState;
  directory: DirectoryState;
  registry: Registry;
  credential: Credential | null;
  /** False: the module ActiveDirectory is not installed. */
  hasDirectoryModule: boolean;
  /** IIS's own file; null where IIS is not installed. */
  applicationHost: string | null;
}

export interface Outcome<T> {
  /** Null where it failed. */
  result: T | null;
  error: DmsaError | null;
  host: HostState;
  directory: DirectoryState;
  registry: Registry;
}

/** Runs an operation as a transport does: the bootstrap as arguments, the envelope as standard input. */
export async function run<N extends OperationName>(
  operation: N,
  parameters: Parameters<N>,
  world: Partial<World> = {},
): Promise<Outcome<Result<N>>> {
  const request = prepareRequest(operation, parameters, world.credential ?? null);
  return await inWorld(world, async (environment) => {
    const output = await start([...bootstrapArguments], request.input, environment);
    return attempt(() => request.read(output.stdout));
  });
}

/** Runs another script than the operation's own through the bootstrap, with the request's parameters. */
export async function runScript<N extends OperationName>(
  request: PreparedRequest<N>,
  prelude: string,
  script: string,
): Promise<Result<N>> {
  const input = asciiJson({ ...JSON.parse(request.input), prelude, script });
  const { stdout } = await start([...bootstrapArguments], input);
  return request.read(stdout);
}

/** Runs a script by hand: the prelude dot-sourced, then the script with the arguments as PowerShell text. */
export async function runByHand(operation: OperationName, text: string, world: Partial<World> = {}) {
  const folder = fileURLToPath(new URL('../../../activities/scripts/', import.meta.url));
  const command = `. '${folder}prelude.ps1'; & '${folder}${operation}.ps1' ${text}`;
  return await inWorld(world, async (environment) => {
    const { stdout, code } = await start(
      ['-NoProfile', '-NonInteractive', '-Command', command],
      '',
      environment,
    );
    return { result: { stdout, code }, error: null };
  });
}

async function inWorld<T>(
  world: Partial<World>,
  act: (environment: NodeJS.ProcessEnv) => Promise<{ result: T | null; error: DmsaError | null }>,
): Promise<Outcome<T>> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-ps-'));
  try {
    const files = { host: join(folder, 'h'), directory: join(folder, 'd'), registry: join(folder, 'r') };
    await writeFile(files.host, JSON.stringify(hostState(world.host)));
    await writeFile(files.directory, JSON.stringify(directoryState(world.directory)));
    await writeFile(files.registry, JSON.stringify(withParents(world.registry ?? {})));
    const outcome = await act({
      ...process.env,
      PSModulePath: modulePath(world.hasDirectoryModule ?? true),
      STUB_HOST: files.host,
      STUB_DIRECTORY: files.directory,
      PWSH_REGISTRY: files.registry,
      // Windows' own programs by their full paths.
      SystemRoot: await systemRoot(folder, world.applicationHost ?? null),
      STUB_ENGINE: engine!,
    });
    return {
      ...outcome,
      host: JSON.parse(await readFile(files.host, 'utf8')),
      directory: JSON.parse(await readFile(files.directory, 'utf8')),
      registry: JSON.parse(await readFile(files.registry, 'utf8')),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The stubs' own, or one with IIS's configuration beside the same programs. */
async function systemRoot(folder: string, applicationHost: string | null): Promise<string> {
  const stubs = fileURLToPath(new URL('./stubs/system-root', import.meta.url));
  if (applicationHost === null) return stubs;
  const config = join(folder, 'System32', 'inetsrv', 'config');
  await mkdir(config, { recursive: true });
  await writeFile(join(config, 'applicationHost.config'), applicationHost);
  for (const program of ['secedit.exe', 'shutdown.exe', 'inetsrv/appcmd.exe'])
    await symlink(join(stubs, 'System32', program), join(folder, 'System32', program));
  return folder;
}

function modulePath(hasDirectoryModule: boolean): string {
  const stubs = fileURLToPath(new URL('./stubs/', import.meta.url));
  return [`${stubs}host`, ...(hasDirectoryModule ? [`${stubs}directory`] : [])].join(delimiter);
}

export async function start(args: string[], input: string, environment: NodeJS.ProcessEnv = process.env) {
  const child = spawn(engine!, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('latin1').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('latin1').on('data', (text) => {
    stderr += text;
  });
  // A program that ends before it has read everything breaks the pipe; its output then says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { stdout, stderr, code };
}

function attempt<T>(act: () => T): { result: T | null; error: DmsaError | null } {
  try {
    return { result: act(), error: null };
  } catch (error) {
    if (error instanceof DmsaError) return { result: null, error };
    throw error;
  }
}
