import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultTopology, labHost } from '../../../lab/topology.ts';
import { assembly } from '../../../src/bin/assembly.ts';
import { planCommandOf } from '../../../src/cli/commands/discover-plan.ts';
import { parseSavedPlan } from '../../../src/plan/saved.ts';
import { labOf } from '../../discover/in-lab.ts';
import { inventoryOf } from '../../discover/inventories.ts';
import { discover, domainWith, three } from './discovering.ts';

describe('the plan', () => {
  const asked = ['--ou', 'CN=Computers,DC=lab,DC=example'];
  const planning = [...asked, '--dmsa', 'dmsa-finance', '--out', 'plan.json', '--by', 'LAB\\alice'];

  test('is made for the hosts that use the account, of which real sessions tell, and can be started', async () => {
    const { hosts } = defaultTopology();
    const lab = await labOf({ hosts: [...hosts, labHost('idle', [])] });
    const { exitCode, out, folder } = await discover({ lab, assembly }, planning);
    const { plan, seen } = parseSavedPlan(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')));
    expect(seen!.hosts.map(({ name }) => name)).toEqual(plan.hosts.map(({ name }) => name));
    expect([exitCode, plan.requestedBy, plan.hosts.map(({ name, services }) => [name, services])]).toEqual([
      0,
      'LAB\\alice',
      [
        ['fin01.lab.example', ['FinanceApi']],
        ['fin02.lab.example', ['FinanceApi']],
        ['fin03.lab.example', ['Finance Reports', 'FinanceBatch']],
      ],
    ]);
    expect(out).toContain(`Saved as ${join(folder, 'plan.json')}: dmsa start plan.json\n`);
    const again = await discover({ lab, assembly }, [...planning, '-o', 'json']);
    expect(JSON.parse(again.out)).toMatchObject({
      plan: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      out: join(again.folder, 'plan.json'),
      error: null,
    });
  });

  test('is refused as dmsa plan refuses it, after all that was found', async () => {
    const [fin01] = defaultTopology().hosts;
    const lab = await labOf({ hosts: [{ ...fin01!, build: 20348 }] });
    const { exitCode, out, err, folder } = await discover({ lab, assembly }, planning);
    expect(exitCode).toBe(2);
    expect(out).toMatch(/^HOST/);
    expect(err).toMatch(/^PREFLIGHT_BLOCKED: blocked by HOST_TOO_OLD fin01\.lab\.example \(fix: /);
    await expect(readFile(join(folder, 'plan.json'))).rejects.toThrow('ENOENT');
    const json = await discover({ lab, assembly }, [...planning, '-o', 'json']);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({
      hosts: [{ verdict: 'block' }],
      plan: null,
      planFindings: expect.arrayContaining([expect.objectContaining({ code: 'HOST_TOO_OLD' })]),
      error: { code: 'PREFLIGHT_BLOCKED' },
    });
  });

  test('is none where no host uses the account', async () => {
    const { exitCode, err } = await discover(await domainWith({ idle: inventoryOf() }), planning);
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(
        /^NOTHING_TO_PLAN: hosts: nothing is set up to log on as svc-finance on any of 1 hosts/,
      ),
    ]);
  });

  test('can be left to dmsa plan, with the hosts in a file that it reads', async () => {
    const domain = await domainWith(three());
    const { out, folder } = await discover(domain, ['--all-servers', '--hosts-out', "rosa's hosts.txt"]);
    expect(await readFile(join(folder, "rosa's hosts.txt"), 'utf8')).toBe(
      'fin01.lab.example\nfin02.lab.example\n',
    );
    expect(out).toContain(
      "Plan them: dmsa plan svc-finance --dmsa NAME --hosts-file 'rosa'\\''s hosts.txt'\n",
    );
  });

  test('with a file that cannot be written tells what was found all the same, and ends with 1', async () => {
    const args = ['--all-servers', '--hosts-out', 'no/such/folder/hosts.txt'];
    const { exitCode, out, err } = await discover(await domainWith(three()), args);
    expect([exitCode, err.startsWith('FILE_UNWRITABLE: --hosts-out: ')]).toEqual([1, true]);
    expect(out).toContain('svc-finance is used on 2 of 3 hosts');
    const json = await discover(await domainWith(three()), [...args, '-o', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({ summary: { uses: 2 }, hostsOut: null, error: {} });
  });

  test('names an account whose name a shell would not take by its GUID', () => {
    const account = {
      dn: '',
      guid: '0f8fad5b-d9cb-469f-a165-70867728950e',
      sid: '',
      samAccountName: '$(id)',
    };
    const found = { account, planned: ['a.lab.example'] } as Parameters<typeof planCommandOf>[0];
    expect(planCommandOf(found)).toBe(
      'dmsa plan 0f8fad5b-d9cb-469f-a165-70867728950e --dmsa NAME --host a.lab.example',
    );
  });
});
