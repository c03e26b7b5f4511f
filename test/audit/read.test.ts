import { describe, expect, test } from 'vitest';
import { defaultTopology } from '../../lab/topology.ts';
import { assessPair } from '../../src/audit/assess.ts';
import type { AuditedAccount, AuditedDmsa, AuditFacts } from '../../src/audit/facts.ts';
import { pairUp } from '../../src/audit/pairs.ts';
import type { RecordedMigration } from '../../src/audit/records.ts';
import { renderAudit } from '../../src/cli/view/audit.ts';
import { codes, domainOf } from './in-domain.ts';

describe('what an audit asks', () => {
  const operationsFor = async (count: number) => {
    const domain = await domainOf();
    const hosts = [...domain.lab.seeded.computerSids.values()];
    const group = await domain.group('hosts', ['CN=FIN01,CN=Computers,DC=lab,DC=example']);
    for (let index = 0; index < count; index++) {
      await domain.account(`svc-${index}`);
      await domain.dmsa(`dmsa-${index}`, { principals: [...hosts, group] });
      if (index % 3 === 0) await domain.start(`svc-${index}`, `dmsa-${index}`);
      else await domain.forge(`svc-${index}`, `dmsa-${index}`, 1);
    }
    const before = domain.lab.counts();
    const { summary } = await domain.audit();
    const { ldap, ssh } = domain.lab.counts();
    const searches = ldap!.search! - before.ldap!.search!;
    const management = ssh[domain.lab.settings.management.host]!;
    return { summary, searches, sessions: management.sessions, asked: management.operations };
  };

  test('grows neither with dMSAs nor with accounts: 3 and 300 cost the same searches and one session', async () => {
    const [few, many] = [await operationsFor(3), await operationsFor(300)];
    expect(few.summary).toEqual({ pairs: 3, accounts: 3, dmsas: 3, block: 2, warn: 0, info: 0 });
    expect(many.summary).toEqual({ pairs: 300, accounts: 300, dmsas: 300, block: 200, warn: 0, info: 0 });
    expect(many.searches).toBe(few.searches);
    expect(few.searches).toBeLessThanOrEqual(14);
    expect([few, many].map(({ sessions, asked }) => [sessions, asked])).toEqual(
      Array(2).fill([1, { 'read-migration-events': 1 }]),
    );
  });
});

describe('a domain below the one that is audited', () => {
  test('is named, as it is not read', async () => {
    const topology = defaultTopology({ restartMs: 0 });
    topology.child = { name: 'emea', account: { ...topology.account, name: 'svc-emea' }, hosts: [] };
    const domain = await domainOf({ topology });
    const audit = await domain.audit();
    expect(audit.elsewhere).toEqual(['DC=emea,DC=lab,DC=example']);
    expect(renderAudit(audit, { color: false, width: 200 })).toContain(
      'Not read: DC=emea,DC=lab,DC=example. Run the audit against a domain controller of each.',
    );
  });

  test('is not made up where there is none', async () => {
    const domain = await domainOf();
    expect((await domain.audit()).elsewhere).toEqual([]);
  });
});

describe('what of a domain is wanted', () => {
  test.each([
    [{ account: 'svc-a' }, ['svc-a dmsa-a$']],
    [{ account: 'LAB\\SVC-A' }, ['svc-a dmsa-a$']],
    [{ account: 'svc-a@lab.example' }, ['svc-a dmsa-a$']],
    [{ account: 'CN=svc-a, CN=users,DC=lab,DC=example' }, ['svc-a dmsa-a$']],
    [{ account: 'OTHER\\svc-a' }, []],
    [{ account: 'svc-nobody' }, []],
    [{ dmsa: 'dmsa-b' }, ['svc-b dmsa-b$']],
    [{ dmsa: 'DMSA-B$' }, ['svc-b dmsa-b$']],
    [{ account: 'svc-a', dmsa: 'dmsa-b' }, []],
    [{ ou: 'CN=Users,DC=lab,DC=example' }, ['svc-a dmsa-a$', 'svc-b dmsa-b$']],
    [
      { ou: 'CN=managed service accounts,DC=lab,DC=example' },
      ['svc-a dmsa-a$', 'svc-b dmsa-b$', '- dmsa-c$'],
    ],
    [{ ou: 'CN=Computers,DC=lab,DC=example' }, []],
  ])('%j leaves %j', async (filter, expected) => {
    const domain = await domainOf();
    for (const letter of ['a', 'b', 'c']) await domain.dmsa(`dmsa-${letter}`);
    for (const letter of ['a', 'b']) await domain.account(`svc-${letter}`);
    await domain.start('svc-a', 'dmsa-a');
    await domain.start('svc-b', 'dmsa-b');
    const { pairs } = await domain.audit(filter);
    const names = pairs.map(
      ({ account, dmsa }) => `${account?.samAccountName ?? '-'} ${dmsa?.samAccountName}`,
    );
    expect(names).toEqual(expected);
  });

  test('a GUID and a SID are names, too', async () => {
    const domain = await domainOf();
    const sid = await domain.account('svc-a');
    await domain.dmsa('dmsa-a');
    await domain.dmsa('dmsa-b');
    await domain.start('svc-a', 'dmsa-a');
    const { dmsa } = (await domain.audit()).pairs[0]!;
    expect((await domain.audit({ account: sid })).pairs).toHaveLength(1);
    expect((await domain.audit({ dmsa: `{${dmsa!.guid.toUpperCase()}}` })).pairs).toHaveLength(1);
  });

  test.each([
    [{ ou: 'Services' }, '--ou', '--ou: "Services" is not a DN: write it as OU=Services,DC=contoso,DC=com'],
    [{ ou: '' }, '--ou', '--ou: "" is not a DN: write it as OU=Services,DC=contoso,DC=com'],
    [{ account: 'LAB\\' }, '--account', '--account: "LAB\\": one side of the backslash is empty'],
  ])('%j is refused before anything is asked', async (filter, subject, message) => {
    const domain = await domainOf();
    await expect(domain.audit(filter)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', subject, message });
    expect(domain.lab.counts().ldap!.bind).toBe(0);
  });
});

describe('links that lead out of the domain', () => {
  const guid = '873a09c9-b4d4-445b-a756-50c4626ccf80';
  const deletedDn = `CN=svc-gone\\0ADEL:${guid},CN=Deleted Objects,DC=lab,DC=example`;
  const times = { createdAt: '2025-06-01T08:00:00.000Z', changedAt: '2025-06-01T08:00:00.000Z' };
  const dmsa: AuditedDmsa = {
    dn: 'CN=dmsa-x,CN=Managed Service Accounts,DC=lab,DC=example',
    guid: '0feb936f-47b3-49f2-9386-1dedc2c23765',
    sid: 'S-1-5-21-1-2-3-1100',
    samAccountName: 'dmsa-x$',
    ...times,
    state: 2,
    precededBy: null,
    principals: [],
    ourHosts: null,
    malformed: null,
  };
  const account: AuditedAccount = {
    dn: 'CN=svc-x,CN=Users,DC=lab,DC=example',
    guid,
    sid: 'S-1-5-21-1-2-3-1101',
    samAccountName: 'svc-x',
    userPrincipalName: null,
    kind: 'user',
    ...times,
    enabled: false,
    state: 2,
    supersededBy: null,
    privilegedBecause: null,
  };
  const assess = (changes: Partial<AuditFacts>, records: RecordedMigration[] = []) => {
    const facts = {
      baseDn: 'DC=lab,DC=example',
      dmsas: [],
      accounts: [],
      strays: [],
      deleted: [],
      elsewhere: [],
      ...changes,
    };
    const events = { asked: false as const, why: 'not asked' };
    const now = new Date('2025-06-02T00:00:00.000Z');
    const input = { facts, records, events, wantsProof: true, now };
    const findings = pairUp(facts).flatMap((pair) => assessPair(pair, input).findings);
    return {
      codes: codes({ findings: findings as never }),
      evidence: findings.map(({ evidence }) => evidence),
    };
  };

  test('to a deleted account, as the Recycle Bin keeps it, say that it was deleted', () => {
    const found = assess({ dmsas: [{ ...dmsa, precededBy: deletedDn }] });
    expect(found.codes).toEqual(['block SUPERSEDED_ACCOUNT_DELETED']);
    expect(found.evidence[0]).toBe(`${dmsa.dn} → ${deletedDn}, which is deleted`);
    const written = deletedDn.replace('\\0A', '\n');
    expect(assess({ dmsas: [{ ...dmsa, precededBy: written }] }).codes).toEqual(found.codes);
  });

  test('from a deleted account name it; without the Recycle Bin our own records do', () => {
    const deleted = [{ dn: deletedDn, samAccountName: 'svc-gone', supersededBy: dmsa.dn }];
    expect(assess({ dmsas: [dmsa], deleted }).evidence).toEqual([
      `msDS-DelegatedMSAState is 2, its account is ${deletedDn}`,
    ]);
    const recorded = {
      accountGuid: guid,
      accountDn: 'CN=svc-gone,CN=Users,DC=lab,DC=example',
      dmsaGuid: dmsa.guid,
      dmsaDn: 'CN=dmsa-x,OU=Old,DC=lab,DC=example',
      linkedAt: '2025-05-01T00:00:00.000Z',
      completedAt: null,
      hosts: [],
    };
    expect(assess({ dmsas: [dmsa] }, [recorded]).evidence).toEqual([
      'msDS-DelegatedMSAState is 2, it points at nothing, and nothing points at it; our records have CN=svc-gone,CN=Users,DC=lab,DC=example as its account',
    ]);
    expect(assess({ dmsas: [dmsa] }, [{ ...recorded, linkedAt: null }]).evidence[0]).not.toContain(
      'svc-gone',
    );
  });

  test('to a deleted dMSA are one-sided, and to another domain unknown', () => {
    const gone = `CN=dmsa-gone\\0ADEL:${guid},CN=Deleted Objects,DC=lab,DC=example`;
    expect(assess({ accounts: [{ ...account, supersededBy: gone }] }).codes).toEqual([
      'block LINK_ONE_SIDED',
    ]);
    const elsewhere = assess({
      dmsas: [{ ...dmsa, precededBy: 'CN=svc,CN=Users,DC=child,DC=lab,DC=example' }],
    });
    expect(elsewhere.codes).toEqual(['warn LINK_ONE_SIDED']);
    expect(elsewhere.evidence[0]).toMatch(/^unknown: .*, which is in another domain or may not be read$/);
  });

  test('an account that is none, in a pair that holds together', () => {
    const computer = { ...account, kind: 'computer' as const, supersededBy: dmsa.dn };
    const found = assess({ accounts: [computer], dmsas: [{ ...dmsa, precededBy: account.dn }] });
    expect(found.codes).toEqual(['block ACCOUNT_NOT_A_USER', 'warn LINK_UNPROVEN']);
  });
});
