import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AuditedDomain, codes, domainOf, pairNamed, withGoodPair } from './in-domain.ts';

describe('our own records', () => {
  const journal = async (domain: AuditedDomain, ...lines: unknown[]) => {
    const { folder } = domain.lab.settings.records;
    await mkdir(folder, { recursive: true });
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    await writeFile(join(folder, 'dmsa-lab.example-svc-web.journal.jsonl'), text);
  };
  const record = (
    when: string,
    step: string,
    target: string,
    beforeImage: unknown,
    at = '2025-06-01T09:00:00.000Z',
  ) => {
    const entry = {
      id: `${step}:${target}`,
      step,
      target,
      status: 'intended',
      registeredAt: at,
      beforeImage,
    };
    return { at, when, entry };
  };

  test('prove a Start that no log has any more, and say which hosts are ours', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    domain.lab.dc.events.length = 0;
    const { account, dmsa } = pairNamed(await domain.audit(), 'svc-web', 'dmsa-web$');
    const image = { account: { guid: account!.guid }, dmsa: { guid: dmsa!.guid }, createdByUs: true };
    const host = record('done', 'prepare-host', 'fin01.lab.example', { policy: null, eventLogEnabled: null });
    const link = record('done', 'link', dmsa!.dn, image);
    await journal(domain, host, record('about-to', 'link', dmsa!.dn, image), link, '{"at":"2025-06-01T10:0');
    const proven = pairNamed(await domain.audit(), 'svc-web', 'dmsa-web$');
    expect(proven.start).toEqual({
      verdict: 'yes',
      evidence: 'our records have its Start, 2025-06-01T09:00:00.000Z',
    });
    expect(proven.since).toEqual({ at: '2025-06-01T09:00:00.000Z', exact: true });
    expect(proven.findings).toEqual([]);

    await journal(domain, record('done', 'prepare-host', 'fin02.lab.example', {}), link);
    const stranger = await domain.audit();
    expect(stranger.findings).toMatchObject([
      {
        code: 'PRINCIPAL_UNKNOWN',
        subject: domain.lab.seeded.computerSids.get('fin01.lab.example'),
        evidence: `of ${dmsa!.dn}: FIN01$ is a computer that is no host of the plan`,
      },
    ]);
  });

  test('prove nothing where the link was only intended, or was undone', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    domain.lab.dc.events.length = 0;
    const { account, dmsa } = pairNamed(await domain.audit(), 'svc-web', 'dmsa-web$');
    const image = { account: { guid: account!.guid }, dmsa: { guid: dmsa!.guid }, createdByUs: true };
    for (const last of ['about-to', 'undone']) {
      const done = last === 'undone' ? [record('done', 'link', dmsa!.dn, image)] : [];
      await journal(domain, ...done, record(last, 'link', dmsa!.dn, image));
      expect(codes(await domain.audit())).toEqual(['block LINK_UNPROVEN']);
    }
  });

  test('that cannot be read are a refusal, as silence would look like a forged pair', async () => {
    const domain = await domainOf();
    await writeFile(join(domain.lab.settings.records.folder, 'file'), '');
    domain.lab.settings.records.folder += '/file';
    await expect(domain.audit()).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      subject: 'records.folder',
    });
  });
});
