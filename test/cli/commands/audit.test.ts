import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { run } from '../../../src/bin/run.ts';
import { settingsToml } from '../../../src/config/write.ts';
import { type AuditedDomain, domainOf } from '../../audit/in-domain.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

/** Runs `dmsa audit` as it is, with the settings file of the domain. */
async function auditOf(
  domain: AuditedDomain,
  args: string[] = [],
  { toml = settingsToml(domain.lab.settings), ...options }: FakeOptions & { toml?: string } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-audit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'dmsa.toml'), toml);
  const io = fakeIo({ folder, now: domain.clock.now, ...options });
  const exitCode = await run(['audit', ...args], io);
  return { exitCode, out: io.stdout(), err: io.stderr() };
}

async function goodDomain(): Promise<AuditedDomain> {
  const domain = await domainOf();
  const { computerSids } = domain.lab.seeded;
  await domain.account('svc-web');
  await domain.dmsa('dmsa-web', { principals: [computerSids.get('fin01.lab.example')!] });
  await domain.start('svc-web', 'dmsa-web');
  return domain;
}

describe('dmsa audit', () => {
  test('refuses an OU that is no DN, with exit code 2 and nothing on standard output but in JSON', async () => {
    const domain = await goodDomain();
    const line = 'ARGUMENT_INVALID: --ou: "Services" is not a DN: write it as OU=Services,DC=contoso,DC=com';
    for (const format of ['text', 'csv']) {
      const { exitCode, out, err } = await auditOf(domain, ['--ou', 'Services', '-o', format]);
      expect([exitCode, out, err.startsWith(line)]).toEqual([2, '', true]);
    }
    const { out } = await auditOf(domain, ['--ou', 'Services', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'ARGUMENT_INVALID' } });
  });

  test('fails with exit code 1 where no domain controller answers', async () => {
    const domain = await goodDomain();
    const { settings } = domain.lab;
    const hosts = { ...settings.hosts, 'dc1.lab.example': { address: '127.0.0.1', port: 9 } };
    const { exitCode, out, err } = await auditOf(domain, [], { toml: settingsToml({ ...settings, hosts }) });
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toMatch(/^DIRECTORY_UNREACHABLE: /);
  });

  test('ends with 0 where nothing blocks, and says so in one line after the table', async () => {
    const domain = await goodDomain();
    const { exitCode, out, err } = await auditOf(domain);
    expect({ exitCode, err, lines: out.split('\n') }).toEqual({
      exitCode: 0,
      err: '',
      lines: [
        'ACCOUNT  DMSA       STATE    SINCE (UTC)       PRINCIPALS  VERDICT',
        'svc-web  dmsa-web$  started  2025-06-01 08:00  1           ok',
        '',
        'Event 3085 of dc1.lab.example: its log reaches back to 2025-06-01 08:00:00 UTC',
        'lab.example: 1 dMSA, 1 account, 1 pair, read 2025-06-01 08:00:00 UTC: 0 block, 0 warn, 0 info',
        '',
      ],
    });
  });

  test('ends with 5 where something blocks, in every format, and prints the whole answer all the same', async () => {
    const domain = await goodDomain();
    await domain.account('svc-odd', { state: 1 });
    const text = await auditOf(domain);
    expect([text.exitCode, text.err]).toEqual([5, '']);
    expect(text.out).toContain('svc-odd  –          started  ≤ 2025-06-01 08:00              block\n');
    expect(text.out).toContain(
      'Findings\n  block STATE_WITHOUT_LINK CN=svc-odd,CN=Users,DC=lab,DC=example\n        msDS-SupersededServiceAccountState is 1\n        fix: ',
    );
    const json = await auditOf(domain, ['-o', 'json']);
    expect([json.exitCode, json.out.split('\n').length]).toEqual([5, 2]);
    expect(JSON.parse(json.out)).toEqual(await domain.audit());
    const csv = await auditOf(domain, ['-o', 'csv']);
    expect([csv.exitCode, csv.out.split('\r\n').length]).toEqual([5, 4]);
    expect(csv.out).not.toMatch(/[^\r]\n/);
    expect((await auditOf(domain, ['--account', 'svc-web'])).exitCode).toBe(0);
  });

  test('without events asks no management host, and needs no settings of one', async () => {
    const domain = await goodDomain();
    const toml = settingsToml(domain.lab.settings).replace(/^\[(management|powershell)\]\n([^[]*\n)?/gm, '');
    expect(toml).not.toContain('known-hosts-file');
    const refused = await auditOf(domain, [], { toml });
    expect([refused.exitCode, refused.err]).toEqual([
      2,
      expect.stringMatching(/^SETTINGS_INVALID: .*management/),
    ]);
    const { exitCode, out } = await auditOf(domain, ['--no-events'], { toml });
    expect(exitCode).toBe(0);
    expect(out).toContain('Event 3085 was not read: events were left out.\n');
    expect(domain.lab.counts().ssh['mgmt01.lab.example']!.sessions).toBe(0);
  });

  test('says so where there is nothing, or nothing of what was asked for', async () => {
    const domain = await domainOf();
    const nothing = await auditOf(domain);
    expect([nothing.exitCode, nothing.out]).toEqual([
      0,
      'No dMSA and no superseded account.\nlab.example: 0 dMSAs, 0 accounts, 0 pairs, read 2025-06-01 08:00:00 UTC: 0 block, 0 warn, 0 info\n',
    ]);
    expect(JSON.parse((await auditOf(domain, ['-o', 'json'])).out)).toMatchObject({
      pairs: [],
      findings: [],
    });
    expect((await auditOf(domain, ['-o', 'csv'])).out).toMatch(/^account,[\w,]+,fix\r\n$/);
  });

  test('on a terminal fits into its columns, and obeys nothing that a name holds', async () => {
    const domain = await goodDomain();
    await domain.account(`svc-${'long-'.repeat(20)}\u202e\u001b(31m`, { state: 1 });
    const { out } = await auditOf(domain, ['--color', 'never'], { answer: '' });
    const [table] = out.split('\n\n');
    expect(table!.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(out).toContain('\\u{202e}');
    const coloured = await auditOf(domain, ['--color', 'always'], { answer: '' });
    expect(coloured.out).toContain('\u001b[31m');
  });
});
