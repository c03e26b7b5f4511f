import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import packageJson from '../../package.json' with { type: 'json' };
import { commandSpecs } from '../../src/cli/program.ts';
import { temporalAvailable } from '../support/temporal.ts';

const root = resolve(import.meta.dirname, '../..');
const start = promisify(execFile);
/** Without what would lead it to other servers or settings; where npm finds its registry, and whom it trusts, stays. */
const misleading = /^(TEMPORAL|DMSA)_|^NODE_(OPTIONS|PATH|ENV)$|^npm_(?!config_(registry|cafile|cache)$)/;
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)));

let folder: string;
let app: string;
let packed: string[];
/** Programs by major version; null with the reason where npm's registry does not answer. */
let nodes: Record<string, string> | null = null;
let reason = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-installed-'));
  app = join(folder, 'app');
  const stage = join(folder, 'stage');
  await mkdir(app);
  await mkdir(stage);
  // What `npm pack` would find in a checkout, without a `dist` in this one.
  for (const name of [
    'package.json',
    'README.md',
    'LICENSE',
    ...packageJson.files.filter((each) => each !== 'dist'),
  ])
    await cp(join(root, name), join(stage, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(stage, 'node_modules'));
  await start(process.execPath, [join(root, 'build.ts'), join(stage, 'dist')], { cwd: stage });
  const options = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await start('npm', options, { cwd: stage, env });
  const told = JSON.parse(stdout);
  const [archive] = (Array.isArray(told) ? told : Object.values(told)) as {
    filename: string;
    files: { path: string }[];
  }[];
  packed = archive!.files.map(({ path }) => path);

  const old = `node-${process.platform}-${process.arch}`;
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1'];
  try {
    await writeFile(join(app, 'package.json'), '{ "private": true }');
    await start('npm', [...install, join(folder, archive!.filename)], { cwd: app, env });
    await mkdir(join(folder, 'old'));
    await writeFile(join(folder, 'old', 'package.json'), '{ "private": true }');
    await start('npm', [...install, `${old}@22`], { cwd: join(folder, 'old'), env });
    nodes = { 22: join(folder, 'old', 'node_modules', old, 'bin', 'node'), 24: process.execPath };
  } catch (error) {
    const text = String((error as { stderr?: string }).stderr ?? error);
    if (!/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|network/.test(text)) throw error;
    reason = `npm's registry does not answer: ${text.split('\n')[0]}`;
  }
}, 400_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const temporal = await temporalAvailable();

test('the archive has what it takes to run, to read and to edit, and nothing of the tests', () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      'dist/src/bin/main.js',
      'dist/workflow-bundle.js',
      'dist/activities/scripts/inspect-management.ps1',
      'docs/cli.md',
      'schemas/plan.schema.json',
      'schemas/settings.schema.json',
      'CHANGELOG.md',
    ]),
  );
  expect(packed.filter((path) => /(^|\/)(test|bench)\/|\.ts$|tsbuildinfo/.test(path))).toEqual([]);
});

describe.each(['22', '24'])('installed into an empty folder, on Node.js %s', (major) => {
  async function dmsa(...args: string[]) {
    const main = join(app, 'node_modules', 'dmsa', packageJson.bin.dmsa);
    const outcome = await start(nodes![major]!, [main, ...args], { cwd: app, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({
        code: code as number,
        stdout: stdout as string,
        stderr: stderr as string,
      }),
    );
    expect(outcome.stderr).not.toContain('Warning');
    return outcome;
  }
  const installed = (title: string, run: () => Promise<void>, available = true, timeout = 60_000) =>
    test.skipIf(!available)(
      title,
      async (context) => {
        if (!nodes) return context.skip(reason);
        await run();
      },
      timeout,
    );

  installed('it is that version of Node.js, and npm has linked the command', async () => {
    const { stdout } = await start(nodes![major]!, ['--version']);
    expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
    const link = join(app, 'node_modules', '.bin', 'dmsa');
    expect((await stat(link)).mode & 0o111).toBeGreaterThan(0);
  });

  installed('what is typed wrong is refused, with what was meant', async () => {
    const { code, stderr } = await dmsa('dcotor');
    expect([code, stderr]).toEqual([
      2,
      "USAGE: unknown command 'dcotor' (fix: Did you mean doctor? dmsa --help)\n",
    ]);
  });

  installed('it says its version and its commands', async () => {
    expect((await dmsa('--version')).stdout).toBe(`${packageJson.version}\n`);
    const { stdout } = await dmsa('--help');
    for (const { command } of commandSpecs()) expect(stdout).toContain(`\n  ${command.name()} `);
    expect((await dmsa('plan', '--help')).stdout).toContain('Examples:\n');
    expect((await dmsa('completion', 'bash')).stdout).toContain('complete -F _dmsa dmsa');
  });

  installed('its schemas are those of the package', async () => {
    for (const of of ['plan', 'settings']) {
      const file = join(app, 'node_modules', 'dmsa', 'schemas', `${of}.schema.json`);
      expect((await dmsa('schema', of)).stdout).toBe(await readFile(file, 'utf8'));
    }
  });

  installed('init writes settings that the doctor reads, and says what is missing', async () => {
    const flags = ['--domain', 'contoso.com', '--dc', 'dc1', '--management-host', 'mgmt', '--user', 'svc'];
    expect((await dmsa('init', ...flags, '--force')).code).toBe(0);
    const settings = ['--set', 'directory.urls=ldaps://127.0.0.1:1', '--set', 'management.host=127.0.0.1'];
    const { code, stdout } = await dmsa('doctor', '--timeout', '1', '-o', 'json', ...settings);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; verdict: string; seen: string }[] };
    const verdicts = Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]));
    expect(code).toBe(1);
    expect(verdicts).toMatchObject({ 'Node.js': 'ok', settings: 'ok', secrets: 'fail', records: 'ok' });
  });

  installed(
    'a whole migration runs in the lab',
    async () => {
      const { code, stdout } = await dmsa('demo', '-o', 'json');
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'completed' });
      expect(code).toBe(0);
    },
    temporal.available,
    180_000,
  );
});
