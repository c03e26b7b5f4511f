import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findExecutable } from '../../../lab/temporal/executable.ts';
import type { TemporalProgress } from '../../../lab/temporal/progress.ts';

describe('finding the Temporal CLI', () => {
  let folder: string;
  let steps: string[];
  let env: NodeJS.ProcessEnv;
  const onProgress = ({ step }: TemporalProgress) => void (steps.at(-1) === step || steps.push(step));
  const cached = () => join(folder, 'cache', 'dmsa', 'bin', 'temporal');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-test-'));
    steps = [];
    // A proxy that nobody is: a download fails at once, wherever the test runs.
    const proxy = 'http://127.0.0.1:1';
    const PATH = `${join(folder, 'bin')}:/usr/bin:/bin`;
    env = {
      HOME: folder,
      PATH,
      XDG_CACHE_HOME: join(folder, 'cache'),
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function program(path: string, script: string): Promise<string> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }

  const go = (script: string) => program(join(folder, 'bin', 'go'), script);

  it('says what it tried and what to do where nothing works', async () => {
    env.PATH = join(folder, 'bin');
    await expect(findExecutable({ env, onProgress })).rejects.toMatchObject({
      code: 'TEMPORAL_NOT_STARTED',
      message:
        'There is no Temporal server: it cannot be downloaded from temporal.download; Go is not installed.',
      fix: expect.stringMatching(/TEMPORAL_ADDRESS.*PATH.*Go 1\.25/),
    });
    expect(steps).toEqual(['download']);
    expect(await readdir(join(cached(), '..'))).toEqual([]);
  });

  it('hands on what Go says when it cannot build', async () => {
    await go('echo "go: no module proxy" >&2; exit 1');
    await expect(findExecutable({ env, onProgress })).rejects.toThrow(
      `building it with Go failed: ${join(folder, 'bin', 'go')} ended with exit code 1: go: no module proxy.`,
    );
  });

  it('takes the one on PATH before the one in the cache', async () => {
    const onPath = await program(join(folder, 'bin', 'temporal'), 'echo temporal version 1');
    await program(cached(), 'echo temporal version 2');
    expect(await findExecutable({ env, onProgress })).toBe(onPath);
    expect(steps).toEqual(['path']);
  });

  it('passes over one on PATH that does not run', async () => {
    await program(join(folder, 'bin', 'temporal'), 'exit 1');
    await program(cached(), 'echo temporal version 2');
    expect(await findExecutable({ env, onProgress })).toBe(cached());
    expect(steps).toEqual(['cache']);
  });

  it('builds it with Go into the cache, where it is found the next time', async () => {
    await go(`[ "$*" = 'install -v -ldflags -s -w github.com/temporalio/cli/cmd/temporal@v1.5.1' ] || exit 9
      printf '#!/bin/sh\\necho temporal version 3\\n' >"$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`);
    expect(await findExecutable({ env, onProgress })).toBe(cached());
    expect(await findExecutable({ env, onProgress })).toBe(cached());
    expect(steps).toEqual(['download', 'build', 'cache']);
    expect(await readdir(join(cached(), '..'))).toEqual(['temporal']);
  });

  it('leaves nothing half when a build is stopped', async () => {
    await go('touch "$GOBIN/half"; echo begun; exec sleep 600');
    const stopping = new AbortController();
    const report = (progress: TemporalProgress) => {
      onProgress(progress);
      if (progress.detail.includes('(1 of')) stopping.abort(new Error('stopped'));
    };
    await expect(findExecutable({ env, signal: stopping.signal, onProgress: report })).rejects.toThrow(
      'stopped',
    );
    expect(await readdir(join(cached(), '..'))).toEqual([]);
  });
});
