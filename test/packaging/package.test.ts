import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { workflowSource } from '../../src/temporal/bundle.ts';

const root = resolve(import.meta.dirname, '../..');
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const run = promisify(execFile);

describe('the package that is published', () => {
  let folder: string;
  const dist = () => join(folder, 'dist');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-test-'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await run(process.execPath, [join(root, 'build.ts'), dist()], { cwd: folder });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs the command that it promises', async () => {
    const main = join(folder, packageJson.bin.dmsa);
    const { stdout } = await run(process.execPath, [main, '--version'], { cwd: folder });
    expect(stdout).toBe(`${packageJson.version}\n`);
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('has no TypeScript in it, and every script and schema file of the checkout', async () => {
    const built = await readdir(dist(), { recursive: true });
    expect(built.filter((name) => name.endsWith('.ts'))).toEqual([]);
    for (const place of ['activities/scripts', 'lab/samba']) {
      const files = (await filesIn(join(root, place))).filter((name) => !name.endsWith('.ts'));
      expect(files.length).toBeGreaterThan(0);
      for (const name of files) {
        expect(readFileSync(join(dist(), place, name))).toEqual(readFileSync(join(root, place, name)));
      }
    }
  });

  it('has the module of the JEA endpoints with all its scripts, and their configurations', async () => {
    const listed = async (folder: string) => (await readdir(folder)).sort();
    const jea = join(dist(), 'jea');
    expect(await listed(jea)).toEqual(['Dmsa', 'DmsaHost.pssc', 'DmsaManagement.pssc']);
    expect(await listed(join(jea, 'Dmsa'))).toEqual([
      'Dmsa.psd1',
      'Dmsa.psm1',
      'RoleCapabilities',
      'Scripts',
    ]);
    const scripts = join(root, 'activities/scripts');
    expect(await filesIn(join(jea, 'Dmsa/Scripts'))).toEqual(await filesIn(scripts));
    for (const name of await filesIn(scripts))
      expect(readFileSync(join(jea, 'Dmsa/Scripts', name))).toEqual(readFileSync(join(scripts, name)));
    const manifest = readFileSync(join(jea, 'Dmsa/Dmsa.psd1'), 'utf8');
    expect(manifest).toContain(`ModuleVersion = '${packageJson.version}'`);
  });

  it('takes its workflows from a bundle, and a checkout from their source', async () => {
    const { workflowSource: built } = await import(
      pathToFileURL(join(dist(), 'src/temporal/bundle.js')).href
    );
    expect(built()).toEqual({ workflowBundle: { codePath: join(dist(), 'workflow-bundle.js') } });
    expect(readFileSync(join(dist(), 'workflow-bundle.js'), 'utf8')).toContain('migrateServiceAccount');
    expect(built(true)).toEqual({
      workflowBundle: { codePath: join(dist(), 'workflow-bundle-encrypted.js') },
    });
    const encodes = (name: string) =>
      readFileSync(join(dist(), name), 'utf8').includes('encodeCommonAttributes: true');
    expect(['workflow-bundle.js', 'workflow-bundle-encrypted.js'].map(encodes)).toEqual([false, true]);
    expect(workflowSource()).toEqual({ workflowsPath: join(root, 'workflows/index.ts') });
    expect(existsSync(join(root, 'workflows/index.ts'))).toBe(true);
  });
});

/** Relative to the folder, those of its folders among them. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
