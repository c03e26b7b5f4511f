import { describe, expect, onTestFinished, test } from 'vitest';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { createDmsa, setPrincipals } from '../../lab/rules/dmsa.ts';
import { startMigration } from '../../lab/rules/phases.ts';
import { defaultTopology, labController, labHost, type Topology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import { withDirectory } from '../../src/directory/directory.ts';
import { attribute } from '../../src/directory/schema.ts';
import type { Evidence } from '../../src/domain/facts/evidence.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { type PreflightRequest, preflight } from '../../src/inspection/preflight.ts';
import { findAccount } from '../../src/plan/find-account.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';
import { goodHost } from '../domain/facts/good-facts.ts';

const now = new Date('2025-06-01T08:00:00.000Z');
const account = 'CN=svc-finance,CN=Users,DC=lab,DC=example';
const managed = 'CN=Managed Service Accounts,DC=lab,DC=example';

async function labOf(changes: Partial<Topology> = {}, options: LabOptions = {}): Promise<Lab> {
  const topology = { ...defaultTopology({ restartMs: 0 }), ...changes };
  const lab = await startLab({ topology, clock: () => now, ...options });
  onTestFinished(() => lab.close());
  return lab;
}

/** A plan for the account on these hosts, which are good ones; nothing is asked of any host. */
async function planOf(lab: Lab, hosts = lab.topology.hosts.map(({ name }) => name)): Promise<Plan> {
  const directory = connectionsOf(lab.settings);
  const request = parseRequest({
    account: 'svc-finance',
    dmsa: 'dmsa-finance',
    hosts,
    requestedBy: 'LAB\\alice',
  });
  const { plan, findings } = await makePlan(request, directory, now);
  if (!plan) throw new Error(findings.map(({ code, evidence }) => `${code} ${evidence}`).join('; '));
  return plan;
}

/** Evidence of the directory alone: hosts are taken as good. */
async function evidenceOf(
  lab: Pick<Lab, 'settings'>,
  plan: PreflightRequest['plan'],
  expect: 'linked' | 'unlinked' = 'unlinked',
): Promise<Evidence> {
  const hosts = plan.hosts.map(({ name, services }) =>
    goodHost(name, {
      services: services.map((service) => {
        const logon = { startName: 'LAB\\svc-finance', state: 'Running', startMode: 'Auto' } as const;
        return { name: service, ...logon, clusterResource: null };
      }),
    }),
  );
  const request = { plan, gate: 'start', expect, allowed: [], now: now.toISOString(), hosts };
  return await preflight(connectionsOf(lab.settings), request, { eventsSince: null });
}

function told({ findings }: Evidence): string[] {
  return findings.map(
    ({ severity, code, subject, evidence }) => `${severity} ${code} ${subject}: ${evidence}`,
  );
}

const delegates = `info CONSTRAINED_DELEGATION ${account}: delegates to MSSQLSvc/sql01.lab.example:1433`;

describe('what the directory says against a migration', () => {
  test('the account, in one pass', async () => {
    const good = await labOf();
    const plan = await planOf(good);
    const lab = await labOf({
      account: {
        ...defaultTopology().account,
        groups: ['app-admins'],
        expires: '2025-05-31T00:00:00.000Z',
        control: 0x400000 | 0x40000,
        unconstrainedDelegation: true,
        encryptionTypes: 0x7,
        authenticationPolicy: 'tier-1',
        authenticationSilo: 'finance',
      },
      groups: [
        { name: 'ops', members: ['app-admins'] },
        { name: 'app-admins', members: ['ops'] },
        { name: 'Backup Operators', members: ['ops'] },
      ],
      accounts: [
        {
          name: 'twin',
          servicePrincipalNames: ['HTTP/other'],
          duplicateSpns: ['http/FINANCE'],
          allowedToDelegateTo: [],
          trustedToAuthForDelegation: false,
        },
      ],
    });
    const { guid, sid } = (await planIdentity(lab))!;
    const evidence = await evidenceOf(lab, { ...plan, account: { ...plan.account, guid, sid } });
    expect(told(evidence)).toEqual([
      `block ACCOUNT_PRIVILEGED ${account}: member of Backup Operators (S-1-5-32-551)`,
      `block ACCOUNT_EXPIRED ${account}: accountExpires is 2025-05-31T00:00:00.000Z`,
      `warn UNCONSTRAINED_DELEGATION ${account}: userAccountControl has 0x80000`,
      `warn ACCOUNT_FLAGS_NOT_COPIED ${account}: DONT_REQ_PREAUTH, SMARTCARD_REQUIRED`,
      `warn ACCOUNT_ENCRYPTION_WEAK ${account}: DES-CBC-CRC, DES-CBC-MD5, RC4-HMAC (0x7)`,
      'warn SPN_DUPLICATE CN=twin,CN=Users,DC=lab,DC=example: it has http/FINANCE as well',
      delegates,
      expect.stringMatching(/^info AUTHENTICATION_POLICY_ASSIGNED .*: policy CN=tier-1,.*; silo CN=finance,/),
    ]);
  });

  test('domain controllers, sites, the schema and replication', async () => {
    const lab = await labOf({
      lacking: ['msDS-SupersededServiceAccountState'],
      sites: ['Branch', 'Depot'],
      controllers: [
        labController('dc1', { served: true, build: 20348 }),
        labController('dc2', { build: 17763 }),
        labController('ro1', { site: 'Branch', readOnly: true }),
        labController('dc3', { site: 'Depot', build: 20348 }),
        labController('ro2', { site: 'Depot', readOnly: true }),
      ],
    });
    const plan = await planWithout(lab);
    const evidence = await evidenceOf(lab, plan);
    expect(told(evidence)).toEqual([
      'block SCHEMA_LACKS_DMSA schema: it lacks msDS-SupersededServiceAccountState',
      'block NO_WS2025_DC domain: no writable DC has build 26100 or later: dc1.lab.example build 20348, ' +
        'dc2.lab.example build 17763, dc3.lab.example build 20348, ro1.lab.example read-only, build 26100, ' +
        'ro2.lab.example read-only, build 26100',
      'info SITE_ONLY_RODC Branch: ro1.lab.example',
      delegates,
    ]);
    expect(evidence.domain).toMatchObject({ capableDcs: [], replication: null });
  });

  test('a forged dMSA that points at the account, beside the pair and before there is one', async () => {
    const lab = await labOf();
    const { distinguishedName } = await createDmsa(lab.dc, {
      name: 'forged',
      dnsHostName: 'forged.lab.example',
      container: managed,
      description: 'made by somebody who may write there',
    });
    await lab.dc.store.replace(distinguishedName, {
      [attribute.precededBy]: [account],
      [attribute.dmsaState]: ['2'],
    });
    const forged = `block LINK_ONE_SIDED CN=forged,${managed}: its msDS-ManagedAccountPrecededByLink is ${account}, which does not point back`;
    const plan = await planWithout(lab);
    expect(told(await evidenceOf(lab, plan))).toEqual([forged, delegates]);
    await link(lab);
    const linked = await evidenceOf(lab, plan, 'linked');
    expect(told(linked).filter((line) => !line.includes('PRINCIPAL_MISSING'))).toEqual([forged, delegates]);
  });
});

describe('a forest of two domains', () => {
  const child = (): Partial<Topology> => ({
    child: {
      name: 'emea',
      account: { ...defaultTopology().account, name: 'svc-emea', servicePrincipalNames: ['HTTP/emea'] },
      hosts: [
        {
          ...labHost('app01', [
            {
              name: 'App',
              startName: 'EMEA\\svc-emea',
              state: 'Running',
              startMode: 'Auto',
              restartMs: 0,
              failingStarts: 0,
            },
          ]),
          name: 'app01.emea.lab.example',
        },
      ],
    },
  });

  test('a child has its own DCs, and the schema and root keys of the forest', async () => {
    const lab = await labOf(child());
    const request = parseRequest({
      account: 'svc-emea',
      dmsa: 'dmsa-emea',
      hosts: ['app01.emea.lab.example'],
      requestedBy: 'LAB\\alice',
    });
    const directory = connectionsOf(lab.child!.settings);
    const { plan, findings } = await makePlan(request, directory, now);
    expect(findings.map(({ code }) => code)).toEqual(['CONSTRAINED_DELEGATION']);
    expect(plan!.domain).toMatchObject({
      dnsName: 'emea.lab.example',
      netbiosName: 'EMEA',
      baseDn: 'DC=emea,DC=lab,DC=example',
    });
    expect(plan!.dmsa.dn).toBe('CN=dmsa-emea,CN=Managed Service Accounts,DC=emea,DC=lab,DC=example');
    const { domain } = await evidenceOf(lab.child!, plan!);
    expect(domain).toMatchObject({ schemaLacks: [], capableDcs: [plan!.domain.server] });
    expect(domain.controllers.map(({ name }) => name)).toEqual([plan!.domain.server]);
    expect(plan!.domain.server).toMatch(/\.emea\.lab\.example$/);
    expect(domain.kdsKeys).toHaveLength(1);
  });

  test('the DCs of a child are not those of the domain above', async () => {
    const lab = await labOf(child());
    const { domain } = await evidenceOf(lab, await planOf(lab));
    expect(domain.controllers.map(({ name }) => name)).toEqual(['dc1.lab.example']);
  });
});

describe('the number of LDAP operations', () => {
  /**
   * Of one preflight: bind, rootDSE, unbind; five for the domain; account, dMSA and the names that the account logs on
   * by; nested groups, token, service principal names.
   */
  async function operations(lab: Lab, plan: Plan, expectation: 'linked' | 'unlinked') {
    const total = () => {
      const { connection: _, ...counts } = lab.counts().ldap!;
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    };
    const before = total();
    const { findings } = await evidenceOf(lab, plan, expectation);
    return { operations: total() - before, codes: [...new Set(findings.map(({ code }) => code))] };
  }

  const manyHosts = Array.from({ length: 50 }, (_, index) => `app${String(index + 1).padStart(2, '0')}`);
  const namesOf = (hosts: string[]) => hosts.map((host) => `${host}.lab.example`);

  test('is the same for 3 and for 5,000 computers in the domain', async () => {
    const [few, many] = [await labOf(), await labOf({ computers: 5_000 })];
    const counted = [];
    for (const lab of [few, many]) counted.push(await operations(lab, await planOf(lab), 'unlinked'));
    expect(counted[1]).toEqual(counted[0]);
    expect(counted[0]).toEqual({ operations: 14, codes: ['CONSTRAINED_DELEGATION'] });
  }, 60_000);

  test('is the same for 3 and for 50 hosts, all of them among the principals', async () => {
    const counted = [];
    for (const hosts of [manyHosts.slice(0, 3), manyHosts]) {
      const lab = await labOf({ bystanders: manyHosts });
      const plan = await planOf(lab);
      const planned = namesOf(hosts).map((name) => {
        return { name, computerSid: lab.seeded.computerSids.get(name)!, services: ['App'] };
      });
      await link(
        lab,
        planned.map(({ computerSid }) => computerSid),
      );
      counted.push(await operations(lab, { ...plan, hosts: planned }, 'linked'));
    }
    expect(counted[1]).toEqual(counted[0]);
    // One more: the principals by their SIDs.
    expect(counted[0]).toEqual({ operations: 15, codes: ['CONSTRAINED_DELEGATION'] });
  }, 60_000);
});

/** The account as the directory of this lab has it. */
async function planIdentity(lab: Lab) {
  const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };
  const { connectDirectory } = connectionsOf(lab.settings);
  const found = await withDirectory(connectDirectory, {}, (directory) =>
    findAccount(directory, 'svc-finance', domain),
  );
  return found.account;
}

/** What a plan would be if nothing blocked it. */
async function planWithout(lab: Lab): Promise<Plan> {
  const good = await labOf();
  const plan = await planOf(good);
  const { dn, guid, sid } = (await planIdentity(lab))!;
  return { ...plan, account: { ...plan.account, dn, guid, sid } };
}

/** A dMSA of ours, linked, with these principals. */
async function link(lab: Lab, principals: string[] = []): Promise<void> {
  const { distinguishedName } = await createDmsa(lab.dc, {
    name: 'dmsa-finance',
    dnsHostName: 'dmsa-finance.lab.example',
    container: managed,
    description: 'ours',
  });
  await startMigration(lab.dc, { dmsa: distinguishedName, account, requestedBy: 'LAB\\dmsa-worker' });
  await setPrincipals(lab.dc, distinguishedName, principals);
}
