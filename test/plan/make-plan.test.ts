import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { MemoryStore } from '../../lab/directory/memory-store.ts';
import { isoToFileTime } from '../../lab/formats/file-time.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { completeMigration, startMigration } from '../../lab/rules/phases.ts';
import { defaultTopology, type Topology } from '../../lab/topology.ts';
import { renderPlan } from '../../src/cli/view/plan.ts';
import { connectionsOf } from '../../src/connections.ts';
import { childDn } from '../../src/directory/dn.ts';
import { octets } from '../../src/directory/entry.ts';
import { attribute, dmsaClass, uac } from '../../src/directory/schema.ts';
import { sidText } from '../../src/directory/sid.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { makePlan, type PlanningResult } from '../../src/plan/make-plan.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { type PlanRequest, parseRequest, requestDefaults } from '../../src/plan/request.ts';

const users = 'CN=Users,DC=lab,DC=example';
const managed = 'CN=Managed Service Accounts,DC=lab,DC=example';
const hosts = ['fin01.lab.example', 'fin02.lab.example', 'fin03.lab.example'];

async function startedLab(change: (topology: Topology) => void = () => undefined): Promise<Lab> {
  const topology = defaultTopology({ restartMs: 0 });
  change(topology);
  return await startLab({ topology });
}

const storeOf = (lab: Lab) => lab.dc.store as MemoryStore;

function planned(lab: Lab, changes: Partial<PlanRequest> = {}): Promise<PlanningResult> {
  const required = { account: 'svc-finance', dmsa: 'dmsa-finance', hosts, requestedBy: 'LAB\\alice' };
  return makePlan(parseRequest({ ...required, ...changes }), connectionsOf(lab.settings));
}

/** Why there is no plan, in one line: the error, or what blocks. */
async function problem(lab: Lab, changes: Partial<PlanRequest>): Promise<string> {
  try {
    const { plan, findings } = await planned(lab, changes);
    expect(plan).toBeNull();
    return findings
      .filter(({ severity }) => severity === 'block')
      .map(({ severity, code, subject, evidence }) => `${severity} ${code} ${subject}: ${evidence}`)
      .join();
  } catch (error) {
    if (!(error instanceof DmsaError)) throw error;
    return `${error.code} ${error.subject}: ${error.message}`;
  }
}

describe('what is refused, in one line, with nothing changed', () => {
  let lab: Lab;
  let updates: number;

  beforeAll(async () => {
    lab = await startedLab();
    const { store } = lab.dc;
    const machine = { userAccountControl: [String(uac.workstationTrustAccount)] };
    await store.add(`CN=gmsa,${managed}`, {
      objectClass: ['msDS-GroupManagedServiceAccount'],
      sAMAccountName: ['gmsa$'],
      ...machine,
    });
    await store.add(`CN=dmsa,${managed}`, {
      objectClass: [dmsaClass],
      sAMAccountName: ['dmsa$'],
      ...machine,
    });
    await store.add(`CN=staff,${users}`, { objectClass: ['group'], sAMAccountName: ['staff'] });
    await store.add(`CN=chief,${users}`, { objectClass: ['user'], sAMAccountName: ['chief'] });
    const enabled = { userAccountControl: [String(uac.normalAccount | 0x20)] };
    await store.replace(`CN=chief,${users}`, { ...enabled, adminCount: ['1'] });
  });
  beforeEach(() => {
    updates = storeOf(lab).updates;
  });
  afterAll(() => lab.close());

  async function expectProblem(changes: Partial<PlanRequest>, expected: string): Promise<void> {
    const seen = await problem(lab, changes);
    expect(seen).toBe(expected);
    expect(seen).not.toMatch(/[\r\n]/);
    expect(storeOf(lab).updates).toBe(updates);
  }

  const at = 'CN=Computers,DC=lab,DC=example';
  test.each<[string, Partial<PlanRequest>, string]>([
    [
      'an account that does not exist',
      { account: 'svc-nobody' },
      'block ACCOUNT_NOT_FOUND svc-nobody: nothing in lab.example answers to it',
    ],
    ['no account', { account: ' ' }, 'ARGUMENT_INVALID account: account: must not be empty'],
    [
      'a DN that is cut off',
      { account: 'CN=svc,' },
      'ARGUMENT_INVALID account: account: "CN=svc," is not a DN: no type=value at "": write it as RFC 4514 has it',
    ],
    [
      'an account of another domain',
      { account: 'OTHER\\svc-finance' },
      'block ACCOUNT_NOT_FOUND OTHER\\svc-finance: OTHER is the name of no domain in the forest, and of none that it trusts',
    ],
    ['a computer', { account: 'FIN01$' }, `block ACCOUNT_NOT_A_USER CN=FIN01,${at}: it is a computer`],
    ['a gMSA', { account: 'gmsa$' }, `block ACCOUNT_NOT_A_USER CN=gmsa,${managed}: it is a gMSA`],
    ['a dMSA', { account: 'dmsa$' }, `block ACCOUNT_NOT_A_USER CN=dmsa,${managed}: it is a dMSA`],
    [
      'a privileged account',
      { account: 'chief' },
      `block ACCOUNT_PRIVILEGED CN=chief,${users}: adminCount is 1`,
    ],
    [
      'a dMSA name that is too long',
      { dmsa: 'dmsa-finance-app' },
      'ARGUMENT_INVALID dmsa: dmsa: "dmsa-finance-app" has 16 characters: use at most 15, without the $',
    ],
    [
      'no dMSA name',
      { dmsa: '' },
      'ARGUMENT_INVALID dmsa: dmsa: must not be empty: name the dMSA, for example dmsa-web',
    ],
    [
      'a dMSA name that AD refuses',
      { dmsa: 'a,b' },
      'ARGUMENT_INVALID dmsa: dmsa: "a,b" holds a character that AD refuses: leave out " / \\ [ ] : ; | = , + * ? < > @ and $',
    ],
    [
      'a dMSA name that a computer has, in another case',
      { dmsa: 'Fin02' },
      `block DMSA_NAME_TAKEN CN=FIN02,${at}: FIN02$ is no dMSA`,
    ],
    [
      'a dMSA name that a gMSA has',
      { dmsa: 'gmsa$' },
      `block DMSA_NAME_TAKEN CN=gmsa,${managed}: gmsa$ is no dMSA`,
    ],
    [
      'a dMSA name whose place another object has',
      { dmsa: 'staff', container: users },
      `DMSA_NAME_TAKEN dmsa: dmsa: CN=staff,${users} is taken by staff`,
    ],
    [
      'a container that is not there',
      { container: 'OU=Nowhere,DC=lab,DC=example' },
      'NAME_UNKNOWN container: container: OU=Nowhere,DC=lab,DC=example is not in the directory',
    ],
    [
      'a container that is no DN',
      { container: 'OU=a,b' },
      'ARGUMENT_INVALID container: container: "OU=a,b" is not a DN such as CN=svc,DC=contoso,DC=com',
    ],
    [
      'no hosts',
      { hosts: [] },
      'ARGUMENT_INVALID hosts: hosts: there are no hosts: name at least one with --host',
    ],
    [
      'a host that is listed twice, in two spellings',
      { hosts: ['fin01.lab.example', 'FIN01.lab.example.'] },
      'ARGUMENT_INVALID hosts[1]: hosts[1]: the host fin01.lab.example is listed twice: list it once',
    ],
    [
      'a host without a computer account',
      { hosts: ['fin01.lab.example', 'fin09.lab.example'] },
      'NAME_UNKNOWN fin09.lab.example: hosts[1]: no computer account has the DNS name fin09.lab.example: write its full name',
    ],
    [
      'a host by its short name',
      { hosts: ['fin01'] },
      'ARGUMENT_INVALID hosts[0]: hosts[0]: "fin01" is not a full DNS name in lower case, such as web01.contoso.com',
    ],
    [
      'a negative duration',
      { observe: '-1d' },
      'ARGUMENT_INVALID observe: observe: "-1d" is not a duration: write 10s, 10m, 10h or 14d, never negative',
    ],
    [
      'a requester who is nobody in the domain, and could vote under a name that is',
      { requestedBy: '.\\alice' },
      'ARGUMENT_INVALID requestedBy: requestedBy: ".\\alice" is no name in the domain: write DOMAIN\\name or name@domain',
    ],
  ])('%s', (_what, changes, expected) => expectProblem(changes, expected));

  test('a group: no user, and disabled for want of a user’s bits', async () => {
    expect(await problem(lab, { account: 'staff' })).toMatch(
      /^block ACCOUNT_NOT_A_USER CN=staff,.*: it is no plain user account/,
    );
    expect(storeOf(lab).updates).toBe(updates);
  });
});

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
