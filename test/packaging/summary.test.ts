import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { type Report, summarise } from '../support/summary.ts';

function report(...files: [status: string, ...tests: string[]][]): Report {
  return {
    testResults: files.map(([status, ...tests], index) => ({
      name: `file-${index}.test.ts`,
      status,
      message: status === 'failed' ? 'Cannot find module\nmore' : '',
      assertionResults: tests.map((each, at) => ({ fullName: `test ${index}.${at}`, status: each })),
    })),
  };
}

describe('the last line of CI', () => {
  it('counts what failed, and names it', () => {
    expect(summarise(report(['passed', 'passed', 'passed'], ['failed', 'failed', 'passed']))).toEqual({
      lines: ['failed: test 1.0', '3 passed, 1 failed'],
      ok: false,
    });
  });

  it('counts a file that cannot be loaded as one failure', () => {
    expect(summarise(report(['passed', 'passed'], ['failed']))).toEqual({
      lines: ['failed: file-1.test.ts: Cannot find module', '1 passed, 1 failed'],
      ok: false,
    });
  });

  it('does not accept a skipped test', () => {
    expect(summarise(report(['passed', 'passed', 'skipped', 'todo', 'pending']))).toEqual({
      lines: ['skipped: test 0.1', 'skipped: test 0.2', 'skipped: test 0.3', '1 passed, 0 failed, 3 skipped'],
      ok: false,
    });
  });

  it('does not accept a run without tests, nor one without a report', async () => {
    expect(summarise(report())).toEqual({ lines: ['0 passed, 0 failed'], ok: false });
    const program = fileURLToPath(new URL('../support/summary.ts', import.meta.url));
    const run = promisify(execFile)(process.execPath, [program, '/nowhere/tests.json']);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\n0 passed, 1 failed\n$/),
    });
  });

  it('is all there is to say where everything passed', () => {
    expect(summarise(report(['passed', 'passed'], ['passed', 'passed']))).toEqual({
      lines: ['2 passed, 0 failed'],
      ok: true,
    });
  });
});
