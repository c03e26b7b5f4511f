import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { finding } from '../../../src/domain/findings/findings.ts';
import { parseSavedPlan } from '../../../src/plan/saved.ts';
import { before, plan } from '../../domain/migration/sample-status.ts';
import { asked, dmsa, folder, planArgs, planning, settings, useFolder } from '../dmsa.ts';

useFolder();

describe('dmsa plan', () => {
  test('refuses bad fields before anything is read.', async () => {
    for (const [args, message] of [
      [['plan', 'svc', '--dmsa', 'dmsa-web'], 'hosts: there are no hosts: name at least one with --host'],
      [
        [...planArgs, '--host', 'WEB01.lab.example'],
        'hosts[1]: the host web01.lab.example is listed twice: list it once',
      ],
      [
        [...planArgs, '--observe=-1d'],
        'observe: "-1d" is not a duration: write 10s, 10m, 10h or 14d, never negative',
      ],
      [[...planArgs, '--required', '0'], 'required: must be at least 1'],
    ] as const) {
      const { exitCode, io } = await dmsa([...args], planning());
      expect(exitCode).toBe(2);
      expect(io.stderr()).toContain(`ARGUMENT_INVALID: ${message} (fix: `);
    }
    expect(asked).toEqual([]);
  });

  test('is blocked by a finding: it is shown with its fix, nothing is saved, and the exit code is 2.', async () => {
    const tooOld = finding('HOST_TOO_OLD', 'web01.lab.example', 'build 20348');
    const { exitCode, io } = await dmsa(
      [...planArgs, '--out', 'plan.json'],
      planning({ plan: null, findings: [tooOld] }),
    );
    expect(exitCode).toBe(2);
    expect(io.stdout()).toBe('');
    expect(io.stderr()).toContain(
      '  block HOST_TOO_OLD web01.lab.example\n        build 20348\n        fix: Upgrade',
    );
    expect(io.stderr().trimEnd().split('\n').at(-1)).toMatch(
      /^PREFLIGHT_BLOCKED: blocked by HOST_TOO_OLD web01\.lab\.example \(fix: /,
    );
    await expect(readFile(join(folder, 'plan.json'))).rejects.toThrow('ENOENT');
  });

  test('needs settings, and says which is missing.', async () => {
    await writeFile(join(folder, 'dmsa.toml'), settings.replace('user = "admin"', ''));
    const { exitCode, io } = await dmsa(planArgs, planning());
    expect(exitCode).toBe(2);
    expect(io.stderr()).toContain('dmsa.toml: [powershell] user: is missing');
  });

  test('makes a request of the flags and saves a plan that start reads back.', async () => {
    await writeFile(
      join(folder, 'hosts.txt'),
      '# the rest\nweb02.lab.example # rack 2\n\nWEB03.lab.example\n',
    );
    const { exitCode, io } = await dmsa(
      [
        ...planArgs,
        ...['--hosts-file', 'hosts.txt', '--out', 'plan.json', '--observe', '14d', '--approver', 'LAB\\ann'],
        ...['--complete-approver', 'LAB\\bob', '--on-expiry', 'undo', '--no-event-log'],
        ...['--wait-for-kds', '--no-notify'],
      ],
      planning(),
    );
    expect(io.stderr()).toBe('');
    expect(exitCode).toBe(0);
    expect(asked).toEqual([
      {
        account: 'svc-web',
        dmsa: 'dmsa-web',
        hosts: ['web01.lab.example', 'web02.lab.example', 'web03.lab.example'],
        requestedBy: 'LAB\\rosa',
        observe: '14d',
        soak: '1d',
        join: '15m',
        checkEvery: '10h',
        approvers: {
          start: ['LAB\\ann'],
          complete: ['LAB\\ann', 'LAB\\bob'],
          wave: ['LAB\\ann'],
          soak: ['LAB\\ann'],
        },
        waveGate: false,
        soakGate: false,
        approverKeys: [],
        required: 1,
        expiresAfter: '7d',
        onExpiry: 'undo',
        canary: 1,
        maxParallel: 5,
        serviceTimeout: '2m',
        groups: [],
        checks: [],
        hostChecks: [],
        enableEventLog: false,
        restoreEventLog: false,
        waitForKds: true,
        notify: false,
      },
    ]);
    const saved = parseSavedPlan(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')));
    expect(saved).toEqual({ plan, seen: JSON.parse(JSON.stringify(before)) });
    expect(io.stdout()).toContain(`Saved as ${join(folder, 'plan.json')}: dmsa start plan.json`);
  });

  test('as JSON prints one object.', async () => {
    const { io } = await dmsa([...planArgs, '-o', 'json'], planning());
    expect(JSON.parse(io.stdout())).toEqual({
      plan,
      findings: [],
      facts: JSON.parse(JSON.stringify(before)),
      steps: expect.arrayContaining([expect.objectContaining({ step: 'link', title: 'Link' })]),
      out: null,
    });
  });
});
