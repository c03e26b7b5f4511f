import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startGuarded } from '../../../lab/processes/guarded.ts';

const guarded = fileURLToPath(new URL('../../../lab/processes/guarded.ts', import.meta.url));
const untilStopped = 'setInterval(() => {}, 1e9)';

/** Ended, or ended and not yet collected by its parent, which in a container may never happen. */
async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null || stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

describe('a guarded process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('says so when it cannot be started', async () => {
    const { code, message } = await startGuarded('/nowhere/program', [], { cwd: folder }).exited;
    expect(code).toBe(127);
    expect(message).toContain('/nowhere/program ended with exit code 127: ');
    expect((await startGuarded('true', [], { cwd: '/nowhere' }).exited).code).toBeNull();
  });

  it('tells how it ended, with the last that it printed', async () => {
    const script = 'console.log("one"); console.error("two"); process.exitCode = 7';
    const { code, message } = await startGuarded('node', ['-e', script]).exited;
    expect({ code, message }).toEqual({
      code: 7,
      message: expect.stringMatching(/^node ended with exit code 7: /),
    });
    expect(message.split(': ').slice(1).sort()).toEqual(['one', 'two']);
  });

  it('keeps its folder when it ends by itself, and takes it along when it is stopped', async () => {
    const one = startGuarded('node', ['-e', ''], { folder });
    await one.exited;
    expect(await exists(folder)).toBe(true);
    const two = startGuarded('node', ['-e', untilStopped], { folder });
    await two.stop();
    await two.stop();
    expect([await isGone(two.pid), await exists(folder)]).toEqual([true, false]);
  });

  it('lets one that has something to save end in order', async () => {
    const saved = join(folder, 'saved');
    const script = `process.on('SIGTERM', () => { require('fs').writeFileSync(process.argv[1], 'x'); process.exit() });
      console.log('ready'); ${untilStopped}`;
    const server = startGuarded('node', ['-e', script, saved], { graceful: true });
    await new Promise<void>((resolve) => server.onLine(() => resolve()));
    await server.stop();
    expect(await exists(saved)).toBe(true);
  });

  it.skipIf(process.platform !== 'linux').each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'ends with the program that started it, and its folder too, when that ends by %s',
    async (signal) => {
      const program = join(folder, 'program.ts');
      const own = await mkdtemp(join(tmpdir(), 'dmsa-test-'));
      await writeFile(join(own, 'file'), '');
      await writeFile(
        program,
        `import { startGuarded } from ${JSON.stringify(guarded)};
         const child = startGuarded('node', ['-e', 'console.log(process.pid); ${untilStopped}'], { folder: ${JSON.stringify(own)} });
         child.onLine((line) => console.log(line));`,
      );
      const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = await once(createInterface({ input: parent.stdout }), 'line');
      const pid = Number(line);
      expect(await isGone(pid)).toBe(false);
      parent.kill(signal);
      await once(parent, 'exit');
      await vi.waitFor(async () => expect([await isGone(pid), await exists(own)]).toEqual([true, false]), {
        timeout: 30_000,
      });
    },
  );
});
