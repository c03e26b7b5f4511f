import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { principalFindings } from '../../src/audit/assess-principals.ts';
import { principalsIn } from '../../src/audit/principals.ts';
import { attribute } from '../../src/directory/schema.ts';
import { type AuditedDomain, codes, domainOf, pairNamed, seededAt } from './in-domain.ts';

const day = 24 * 3_600_000;

/** A pair that was migrated as it should be, on hosts that were there. */
async function withGoodPair(domain: AuditedDomain): Promise<void> {
  await domain.account('svc-web');
  await domain.dmsa('dmsa-web', { principals: [domain.lab.seeded.computerSids.get('fin01.lab.example')!] });
  await domain.start('svc-web', 'dmsa-web');
}

describe('what blocks in a domain', () => {
  test('a link that is not returned, whoever has written it', async () => {
    const domain = await domainOf();
    await domain.account('svc-a');
    await domain.dmsa('dmsa-a', { state: 2, link: domain.accountDn('svc-a') });
    await domain.dmsa('dmsa-b');
    await domain.account('svc-b', { state: 1, link: domain.dmsaDn('dmsa-b') });
    const audit = await domain.audit();
    expect(audit.findings.map(({ code, subject, evidence }) => [code, subject, evidence])).toEqual([
      [
        'LINK_ONE_SIDED',
        domain.accountDn('svc-a'),
        `${domain.dmsaDn('dmsa-a')} → the account, which → nothing`,
      ],
      [
        'LINK_ONE_SIDED',
        domain.accountDn('svc-b'),
        `the account → ${domain.dmsaDn('dmsa-b')}, which → nothing`,
      ],
    ]);
    expect(audit.pairs.map(({ linked, state, verdict }) => [linked, state, verdict])).toEqual([
      ['dmsa', 'differs', 'block'],
      ['account', 'differs', 'block'],
    ]);
    expect(audit.events).toEqual({ asked: false, why: 'there is no pair to ask for' });
  });

  test('a second dMSA that claims an account; the pair that holds together is left alone', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.dmsa('dmsa-thief', { state: 1, link: domain.accountDn('svc-web') });
    const audit = await domain.audit();
    expect(pairNamed(audit, 'svc-web', 'dmsa-web$').findings).toEqual([]);
    expect(pairNamed(audit, 'svc-web', 'dmsa-thief$').findings).toMatchObject([
      { code: 'LINK_ONE_SIDED', evidence: expect.stringMatching(/which → CN=dmsa-web,/) },
    ]);
    expect(audit.summary).toEqual({ pairs: 2, accounts: 1, dmsas: 2, block: 1, warn: 0, info: 0 });
  });

  test('an account that points at no dMSA, or at a dMSA of another account', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.account('svc-lost', { state: 1, link: 'CN=KIOSK07,CN=Computers,DC=lab,DC=example' });
    await domain.account('svc-second', { state: 1, link: domain.dmsaDn('dmsa-web') });
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['block LINK_ONE_SIDED', 'block LINK_ONE_SIDED']);
    expect(audit.findings[0]!.evidence).toMatch(
      / → CN=KIOSK07,CN=Computers,.*, which is a computer, no dMSA$/,
    );
    expect(audit.findings[1]!.evidence).toMatch(/CN=dmsa-web,.*, which → CN=svc-web,/);
    expect(pairNamed(audit, 'svc-lost', null).astray).toBe('CN=KIOSK07,CN=Computers,DC=lab,DC=example');
  });

  test('states that differ, and states without a link', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.set(domain.dmsaDn('dmsa-web'), { [attribute.dmsaState]: ['2'] });
    await domain.account('svc-alone', { state: 2, disabled: true });
    await domain.dmsa('dmsa-alone', { state: 1 });
    const audit = await domain.audit();
    expect(
      audit.findings.map(({ code, account, dmsa, evidence }) => [code, account, dmsa, evidence]),
    ).toEqual([
      ['STATE_WITHOUT_LINK', 'svc-alone', null, 'msDS-SupersededServiceAccountState is 2'],
      ['STATES_DIFFER', 'svc-web', 'dmsa-web$', 'account 1, dMSA 2'],
      ['SUPERSEDED_ACCOUNT_ENABLED', 'svc-web', 'dmsa-web$', 'userAccountControl lacks 0x2'],
      ['STATE_WITHOUT_LINK', null, 'dmsa-alone$', 'msDS-DelegatedMSAState is 1'],
    ]);
  });

  test('a superseded account that somebody enabled again', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.complete('svc-web', 'dmsa-web');
    expect(codes(await domain.audit())).toEqual([]);
    await domain.set(domain.accountDn('svc-web'), { userAccountControl: [String(0x220)] });
    expect(codes(await domain.audit())).toEqual(['block SUPERSEDED_ACCOUNT_ENABLED']);
  });

  test('a superseded account that was deleted: AD takes the links to it away', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.complete('svc-web', 'dmsa-web');
    await domain.lab.dc.store.remove(domain.accountDn('svc-web'));
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['block SUPERSEDED_ACCOUNT_DELETED']);
    expect(audit.findings[0]).toMatchObject({ subject: domain.dmsaDn('dmsa-web'), account: null });
  });

  test('a linked account that is privileged, be it through other groups or by adminCount', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.account('svc-admin');
    await domain.dmsa('dmsa-admin', { link: domain.accountDn('svc-admin') });
    await domain.account('svc-nobody');
    await domain.group('inner', [domain.accountDn('svc-admin')]);
    await domain.group('outer', [domain.accountDn('inner')]);
    await domain.set('CN=Backup Operators,CN=Builtin,DC=lab,DC=example', {
      member: [domain.accountDn('outer')],
    });
    await domain.set(domain.accountDn('svc-web'), { adminCount: ['1'] });
    const audit = await domain.audit();
    const privileged = audit.findings.filter(({ code }) => code === 'SUPERSEDED_ACCOUNT_PRIVILEGED');
    expect(privileged.map(({ account, evidence }) => [account, evidence])).toEqual([
      ['svc-admin', expect.stringMatching(/Backup Operators.*, linked to CN=dmsa-admin,/)],
      ['svc-web', expect.stringMatching(/^adminCount is 1, linked to CN=dmsa-web,/)],
    ]);
  });
});

describe('a pair whose links both hold', () => {
  test('is unproven where every log of the domain reaches back far enough and has no Start of it', async () => {
    const domain = await domainOf();
    await domain.account('svc-x', { disabled: true });
    await domain.dmsa('dmsa-x');
    await domain.forge('svc-x', 'dmsa-x', 2);
    const audit = await domain.audit();
    expect(audit.findings).toMatchObject([
      {
        code: 'LINK_UNPROVEN',
        severity: 'block',
        evidence:
          'no Start is in our records, nor in event 3085 of dc1.lab.example since both objects are there (2025-06-01T08:00:00.000Z)',
      },
    ]);
    expect(pairNamed(audit, 'svc-x', 'dmsa-x$').start!.verdict).toBe('no');
  });

  test('is not called forged where the log was cut off, cannot be read, or was not asked', async () => {
    const domain = await domainOf({
      faults: { ssh: { onSession: (_, operation) => (refusing && operation ? 'refuse' : null) } },
    });
    let refusing = false;
    await domain.account('svc-x', { disabled: true });
    await domain.dmsa('dmsa-x');
    await domain.forge('svc-x', 'dmsa-x', 2);
    domain.lab.dc.logBeganAt = '2025-06-01T08:00:01.000Z';
    const cutOff = await domain.audit();
    expect(codes(cutOff)).toEqual(['warn LINK_UNPROVEN']);
    expect(cutOff.findings[0]!.evidence).toBe(
      'unknown: no Start is in our records, nor in an event 3085; the log of dc1.lab.example reaches back to 2025-06-01T08:00:01.000Z, and the pair can be as old as 2025-06-01T08:00:00.000Z',
    );
    refusing = true;
    const unread = await domain.audit();
    expect(codes(unread)).toEqual(['warn LINK_UNPROVEN']);
    expect(unread.findings[0]!.evidence).toMatch(/; not read: dc1\.lab\.example \([A-Z_]+: /);
    const notAsked = await domain.audit({}, { events: false });
    expect(notAsked.findings).toEqual([]);
    expect(pairNamed(notAsked, 'svc-x', 'dmsa-x$').start).toEqual({
      verdict: 'unknown',
      evidence: 'not in our records; events were left out',
    });
    expect(notAsked.events).toEqual({ asked: false, why: 'events were left out' });
  });

  test('is proven by event 3085 until a later Reset or Undo takes that back, and never by a Complete alone', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    domain.clock.now = new Date(seededAt.getTime() + day);
    await domain.complete('svc-web', 'dmsa-web');
    const proven = pairNamed(await domain.audit(), 'svc-web', 'dmsa-web$');
    expect(proven.start).toEqual({
      verdict: 'yes',
      evidence: 'event 3085 has its Start, 2025-06-01T08:00:00.000Z, by LAB\\rosa',
    });
    expect(proven.since).toEqual({ at: '2025-06-02T08:00:00.000Z', exact: true });
    const [start, complete] = domain.lab.dc.events.splice(0);
    domain.lab.dc.events.push(complete!);
    expect(codes(await domain.audit())).toEqual(['block LINK_UNPROVEN']);
    domain.lab.dc.events.push(start!, {
      ...start!,
      operation: 'RESET-MIGRATION',
      at: '2025-06-03T00:00:00.000Z',
    });
    expect(codes(await domain.audit())).toEqual(['block LINK_UNPROVEN']);
    domain.lab.dc.events.pop();
    domain.lab.dc.events.push({ ...start!, operation: 'RESET-MIGRATION', errorCode: '5' });
    expect(codes(await domain.audit())).toEqual([]);
  });

  test('is told apart from one that was moved since its Start', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    for (const event of domain.lab.dc.events) event.account = 'CN=svc-web,OU=Old,DC=lab,DC=example';
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['warn LINK_UNPROVEN']);
    expect(audit.findings[0]!.evidence).toContain('CN=svc-web,OU=Old,DC=lab,DC=example');
  });

  test('in states that no Start leaves is unproven whatever the log says', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.forge('svc-web', 'dmsa-web', 0);
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['block LINK_UNPROVEN']);
    expect(audit.findings[0]!.evidence).toBe('no Start leaves these states with links: account 0, dMSA 0');
  });
});

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

describe('a start state', () => {
  test('is forgotten after 28 days, counted from its Start', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    domain.clock.now = new Date(seededAt.getTime() + 28 * day);
    expect(codes(await domain.audit())).toEqual([]);
    domain.clock.now = new Date(seededAt.getTime() + 28 * day + 1);
    const audit = await domain.audit();
    expect(audit.findings).toMatchObject([
      {
        code: 'MIGRATION_FORGOTTEN',
        severity: 'warn',
        evidence: 'in state 1 since 2025-06-01T08:00:00.000Z',
      },
    ]);
  });

  test('of which nobody knows is as old as the object that has not changed for longest, or unknown', async () => {
    const domain = await domainOf();
    await domain.account('svc-x');
    await domain.dmsa('dmsa-x');
    await domain.forge('svc-x', 'dmsa-x', 1);
    domain.clock.now = new Date(seededAt.getTime() + 29 * day);
    const forgotten = async () =>
      (await domain.audit({}, { events: false })).findings.filter(
        ({ code }) => code === 'MIGRATION_FORGOTTEN',
      );
    await domain.set(domain.dmsaDn('dmsa-x'), { description: ['changed'] });
    expect(await forgotten()).toMatchObject([
      { severity: 'warn', evidence: 'in state 1 since 2025-06-01T08:00:00.000Z or longer' },
    ]);
    await domain.set(domain.accountDn('svc-x'), { description: ['changed'] });
    expect(await forgotten()).toMatchObject([
      {
        severity: 'info',
        evidence: 'unknown: nobody knows of its Start, and it was changed 2025-06-30T08:00:00.000Z',
      },
    ]);
    domain.clock.now = new Date(seededAt.getTime() + 20 * day);
    expect(await forgotten()).toEqual([]);
  });
});

describe('principals', () => {
  test('of a dMSA that we know nothing of are strangers unless they are computers or ordinary groups', async () => {
    const domain = await domainOf();
    const sids = domain.lab.seeded.computerSids;
    const user = await domain.account('eve');
    const group = await domain.group('web-hosts', []);
    const users = user.replace(/-\d+$/, '-513');
    const orphan = `${user.slice(0, user.lastIndexOf('-'))}-99999`;
    const everybody = ['S-1-1-0', 'S-1-5-11'];
    await domain.dmsa('dmsa-x', {
      state: 3,
      principals: [sids.get('fin01.lab.example')!, user, group, orphan, users, ...everybody],
    });
    const audit = await domain.audit();
    const seen = new Map(audit.findings.map(({ subject, evidence }) => [subject, evidence.split(': ')[1]]));
    expect(seen).toEqual(
      new Map<string, string>([
        [user, 'eve is a user'],
        [users, expect.stringMatching(/^Domain Users leads to \d+ others$/)],
        [orphan, 'the SID of an account of this domain that is gone'],
        ['S-1-1-0', 'Everyone leads to more than anybody can count'],
        ['S-1-5-11', 'Authenticated Users leads to more than anybody can count'],
      ]),
    );
    const pair = pairNamed(audit, null, 'dmsa-x$');
    expect([pair.state, pair.verdict, pair.dmsa!.principals.length]).toEqual(['standalone', 'warn', 7]);
  });

  test('that cannot be decoded are told, and stop nothing else', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    const { dmsa } = pairNamed(await domain.audit(), 'svc-web', 'dmsa-web$');
    const read = principalsIn(Buffer.from('0100', 'hex'));
    expect(read).toEqual({ principals: [], malformed: expect.stringMatching(/offset \d+/) });
    const findings = principalFindings({ ...dmsa!, principals: [], malformed: read.malformed });
    expect(findings).toMatchObject([
      {
        code: 'PRINCIPAL_UNKNOWN',
        subject: dmsa!.dn,
        evidence: `msDS-GroupMSAMembership cannot be read: ${read.malformed}`,
      },
    ]);
    expect(principalsIn(null)).toEqual({ principals: [], malformed: null });
  });
});
