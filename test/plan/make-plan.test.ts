import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isoToFileTime } from '../../lab/formats/file-time.ts';
import type { Lab } from '../../lab/lab.ts';
import { completeMigration, startMigration } from '../../lab/rules/phases.ts';
import type { Topology } from '../../lab/topology.ts';
import { renderPlan } from '../../src/cli/view/plan.ts';
import { childDn } from '../../src/directory/dn.ts';
import { octets } from '../../src/directory/entry.ts';
import { attribute, dmsaClass, uac } from '../../src/directory/schema.ts';
import { sidText } from '../../src/directory/sid.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { requestDefaults } from '../../src/plan/request.ts';
import { hosts, managed, planned, problem, startedLab, storeOf, users } from './planning.ts';

describe('what is there already', () => {
  async function labWith(change?: (topology: Topology) => void): Promise<Lab> {
    const lab = await startedLab(change);
    onTestFinished(() => lab.close());
    return lab;
  }
  const present =
    (state: number, linkedBySomeone = false) =>
    (topology: Topology) => {
      topology.presentDmsa = { state, linkedBySomeone };
    };
  const dmsaDn = `CN=dmsa-finance,${managed}`;

  test('a dMSA in state 3 blocks', async () => {
    expect(await problem(await labWith(present(3)), {})).toBe(
      `block DMSA_STATE_NOT_UNLINKED ${dmsaDn}: msDS-DelegatedMSAState is 3, not 0`,
    );
  });

  test('a link of someone else’s blocks, and a completed migration does', async () => {
    const lab = await labWith(present(0, true));
    const { findings } = await planned(lab);
    expect(findings.map(({ code }) => code)).toEqual([
      'LINK_FOREIGN',
      'LINK_FOREIGN',
      'DMSA_STATE_NOT_UNLINKED',
      'CONSTRAINED_DELEGATION',
    ]);
    const pair = { dmsa: dmsaDn, account: lab.seeded.accountDn, requestedBy: 'LAB\\someone-else' };
    await completeMigration(lab.dc, pair);
    expect((await planned(lab)).findings.map(({ code }) => code)).toContain('ACCOUNT_ALREADY_SUPERSEDED');
  });

  test('an empty dMSA in state 0 is planned with, where it is', async () => {
    const lab = await labWith(present(0));
    const { plan, findings } = await planned(lab, { container: users });
    expect(findings.map(({ code }) => code)).toEqual(['CONSTRAINED_DELEGATION']);
    expect(plan!.dmsa.dn).toBe(dmsaDn);
  });

  test('a service that is stopped or missing is told, and blocks nothing', async () => {
    const lab = await labWith(({ hosts: [first, second] }) => {
      first!.services[0]!.state = 'Stopped';
      second!.services = [];
    });
    const { plan, findings } = await planned(lab);
    expect(findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'HOST_HAS_NO_SERVICE fin02.lab.example',
      `CONSTRAINED_DELEGATION ${lab.seeded.accountDn}`,
      'SERVICE_NOT_RUNNING fin01.lab.example',
    ]);
    expect(plan!.hosts.map((host) => host.services)).toEqual([
      ['FinanceApi'],
      [],
      ['Finance Reports', 'FinanceBatch'],
    ]);
  });
});

describe('a KDS root key that becomes effective in ten hours', () => {
  let lab: Lab;
  let effectiveAt: string;
  const keys = `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,CN=Configuration,DC=lab,DC=example`;
  const key = `CN=5f2e6c1a-8d43-4b7e-9a10-3c1de2f4a6b8,${keys}`;

  beforeAll(async () => {
    lab = await startedLab();
    effectiveAt = new Date(Date.now() + 10 * 3_600_000).toISOString();
    await lab.dc.store.replace(key, { 'msKds-UseStartTime': [isoToFileTime(effectiveAt)] });
  });
  afterAll(() => lab.close());

  test('blocks', async () => {
    const expected = `block KDS_KEY_NOT_EFFECTIVE forest: effective from ${effectiveAt}`;
    expect(await problem(lab, {})).toBe(expected);
  });

  test('is waited for by a plan that says so, which warns of it with the time', async () => {
    const { plan, findings } = await planned(lab, { waitForKds: true });
    expect(findings[0]).toMatchObject({
      severity: 'warn',
      code: 'KDS_KEY_NOT_EFFECTIVE',
      evidence: `effective from ${effectiveAt}`,
    });
    expect(plan!.waitForKds).toBe(true);
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    expect(renderPlan(plan, [], { color: false, width: 100 })).toContain('first for a KDS root key');
  });

  test('and none at all blocks every plan', async () => {
    await lab.dc.store.remove(key);
    const expected = 'block KDS_KEY_MISSING forest: CN=Master Root Keys is empty';
    expect(await problem(lab, { waitForKds: true })).toBe(expected);
  });
});

describe('a plan', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startedLab();
  });
  afterAll(() => lab.close());

  test('names what was found, keeps the order of hosts, changes nothing, and is read back as it was written', async () => {
    const { updates } = storeOf(lab);
    const { plan, findings } = await planned(lab, { hosts: [hosts[2]!, hosts[0]!] });
    expect(findings.map(({ severity, code, evidence }) => `${severity} ${code}: ${evidence}`)).toEqual([
      'info CONSTRAINED_DELEGATION: delegates to MSSQLSvc/sql01.lab.example:1433',
    ]);
    expect(plan).toMatchObject({
      version: 1,
      requestedBy: 'LAB\\alice',
      domain: {
        dnsName: 'lab.example',
        netbiosName: 'LAB',
        baseDn: 'DC=lab,DC=example',
        server: 'dc1.lab.example',
      },
      account: { dn: lab.seeded.accountDn, samAccountName: 'svc-finance' },
      dmsa: {
        name: 'dmsa-finance',
        dn: `CN=dmsa-finance,${managed}`,
        container: managed,
        dnsHostName: 'dmsa-finance.lab.example',
      },
      hosts: [
        {
          name: hosts[2],
          computerSid: lab.seeded.computerSids.get(hosts[2]!),
          services: ['Finance Reports', 'FinanceBatch'],
        },
        { name: hosts[0], computerSid: lab.seeded.computerSids.get(hosts[0]!), services: ['FinanceApi'] },
      ],
      waits: { observe: requestDefaults.observe, soak: requestDefaults.soak },
    });
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    expect(storeOf(lab).updates).toBe(updates);
  });

  test('says of the rollout what was asked for; what nobody asked for is absent', async () => {
    const plain = (await planned(lab)).plan!;
    expect(Object.keys(plain.rollout)).toEqual(['canary', 'maxParallel', 'serviceTimeout']);
    expect(Object.keys(plain.hosts[0]!)).toEqual(['name', 'computerSid', 'services']);
    expect(plain).toMatchObject({ restoreEventLog: false, waitForKds: false });

    const tries = { attempts: 3, everySeconds: 5 };
    const port = { kind: 'tcp' as const, port: 443, ...tries };
    const script = { kind: 'script' as const, path: 'C:\\x.ps1', ...tries };
    const rollout = {
      bake: '1h',
      maxUnavailable: 2,
      maxFailures: 1,
      windows: [{ days: ['sat' as const], from: '22:00', to: '04:00', timeZone: 'Europe/Zurich' }],
      reboot: 'when-pending' as const,
    };
    const { plan } = await planned(lab, {
      ...rollout,
      restoreEventLog: true,
      groups: [{ name: 'farm', hosts: ['FIN03.lab.example', hosts[0]!] }],
      checks: [port],
      hostChecks: [{ host: hosts[1]!, checks: [script] }],
    });
    expect(plan!.rollout).toEqual({ ...plain.rollout, ...rollout });
    expect(plan!.restoreEventLog).toBe(true);
    expect(plan!.hosts.map(({ group, checks }) => ({ group, checks }))).toEqual([
      { group: 'farm', checks: [port] },
      { group: undefined, checks: [port, script] },
      { group: 'farm', checks: [port] },
    ]);
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test.each(['Doe, Jane', 'The "Best" One', 'back\\slash', ' leading', 'Müller Ærø 日本'])(
    'is made for an account named %j, which can then be linked and completed',
    async (name) => {
      const dn = childDn('CN', name, users);
      const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
      await lab.dc.store.add(dn, { objectClass: ['user'], sAMAccountName: [`svc-${suffix}`] });
      await lab.dc.store.replace(dn, { userAccountControl: [String(uac.normalAccount | 0x20)] });
      const { plan } = await planned(lab, { account: dn, dmsa: `dmsa-${suffix}` });
      expect(plan!.account).toEqual({
        dn,
        guid: expect.any(String),
        sid: sidText(octets((await lab.dc.store.read(dn))!, 'objectSid')!),
        samAccountName: `svc-${suffix}`,
      });
      expect(parsePlan(plan)).toEqual(plan);
      await lab.dc.store.add(plan!.dmsa.dn, {
        objectClass: [dmsaClass],
        sAMAccountName: [`dmsa-${suffix}$`],
      });
      const pair = { dmsa: plan!.dmsa.dn, account: plan!.account.dn, requestedBy: 'LAB\\x' };
      await startMigration(lab.dc, pair);
      await completeMigration(lab.dc, pair);
      const { findings } = await planned(lab, { account: dn, dmsa: `dmsa-${suffix}` });
      expect(findings.find(({ code }) => code === 'ACCOUNT_ALREADY_SUPERSEDED')).toMatchObject({
        subject: dn,
        evidence: `superseded by ${plan!.dmsa.dn}`,
      });
      expect((await lab.dc.store.read(dn))!.attributes[attribute.accountState]).toEqual(['2']);
    },
  );
});
