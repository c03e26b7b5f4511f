import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { defaultTopology } from '../../../lab/topology.ts';
import { connectionsOf } from '../../../src/connections.ts';
import type { Directory, SearchOptions } from '../../../src/directory/directory.ts';
import { type Entry, octets } from '../../../src/directory/entry.ts';
import { guidText } from '../../../src/directory/guid.ts';
import { readLogonNames } from '../../../src/directory/names/logon-names.ts';
import { readAccount } from '../../../src/directory/read/read-account.ts';
import { sidOctets } from '../../../src/directory/sid.ts';
import { readFacts } from '../../../src/inspection/preflight.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import { parseRequest } from '../../../src/plan/request.ts';
import { account } from '../../domain/migration/sample-status.ts';

const domain = { dnsName: 'lab.example', netbiosName: 'LAB', baseDn: 'DC=lab,DC=example', server: 'dc1' };
const target = { account: { ...account, samAccountName: 'svc-old' }, domain };

/** A directory in which these objects have the UPNs that are asked for. */
function holding(entries: Entry[]): { directory: Directory; asked: SearchOptions[] } {
  const asked: SearchOptions[] = [];
  const search = async (_: string, options: SearchOptions) => {
    asked.push(options);
    return entries;
  };
  return { directory: { rootDse: () => ({ baseDn: domain.baseDn }), search } as unknown as Directory, asked };
}
const holder = (sid: string, upn: string): Entry => ({
  dn: `CN=${sid}`,
  attributes: { objectSid: [sidOctets(sid)], userPrincipalName: [upn] },
});
const other = 'S-1-5-21-1-2-3-9999';

describe('the names by which an account logs on', () => {
  test('a UPN that another has, explicitly, is no name of it; nobody’s where both have it', async () => {
    const named = { ...account, userPrincipalName: 'Web@corp.example' };
    const implicit = holding([holder(other, 'SVC-WEB@lab.example')]);
    expect(await readLogonNames(implicit.directory, named, target)).toEqual({
      samAccountName: 'svc-web',
      principalNames: ['svc-web@lab', 'web@corp.example'],
    });
    const both = holding([holder(account.sid, 'web@corp.example'), holder(other, 'web@CORP.example')]);
    expect((await readLogonNames(both.directory, named, target)).principalNames).toEqual([
      'svc-web@lab.example',
      'svc-web@lab',
    ]);
    expect([...implicit.asked, ...both.asked].map(({ filter }) => filter.toString())).toEqual(
      Array(2).fill(
        '(|(userPrincipalName=svc-web@lab.example)(userPrincipalName=svc-web@lab)(userPrincipalName=web@corp.example))',
      ),
    );
  });

  test('without a UPN it has its implicit ones; gone, the last that is known of it, unasked', async () => {
    const { directory, asked } = holding([]);
    const unnamed = { ...account, userPrincipalName: null };
    expect((await readLogonNames(directory, unnamed, target)).principalNames).toEqual([
      'svc-web@lab.example',
      'svc-web@lab',
    ]);
    expect(asked).toHaveLength(1);
    expect(await readLogonNames(directory, null, target)).toEqual({
      samAccountName: 'svc-old',
      principalNames: ['svc-old@lab.example', 'svc-old@lab'],
    });
    expect(asked).toHaveLength(1);
  });
});

describe('services of the account on hosts', () => {
  let lab: Lab;

  beforeAll(async () => {
    const topology = defaultTopology({ restartMs: 0 });
    const service = { ...topology.hosts[0]!.services[0]! };
    const named = (name: string, startName: string) => ({ ...service, name, startName });
    topology.hosts[0]!.services = [
      named('Explicit', 'Finance@Corp.example'),
      named('Local', '.\\svc-finance'),
      named('LocalByName', 'FIN01\\svc-finance'),
      named('OtherDomain', 'OTHER\\svc-finance'),
      named('OtherSuffix', 'svc-finance@corp.example'),
      named('Sam', 'LAB\\svc-finance'),
      named('Somebody', 'somebody@corp.example'),
    ];
    topology.hosts[1]!.services = [
      named('Implicit', 'svc-finance@lab.example'),
      named('Flat', 'svc-finance@LAB'),
    ];
    lab = await startLab({ topology });
    await lab.dc.store.replace(lab.seeded.accountDn, { userPrincipalName: ['finance@corp.example'] });
  });
  afterAll(() => lab.close());

  test('are known by every name of it, an explicit UPN of another suffix among them, and by no other’s', async () => {
    const deps = connectionsOf(lab.settings);
    const request = {
      account: 'finance@corp.example',
      dmsa: 'dmsa-finance',
      hosts: lab.topology.hosts.map(({ name }) => name),
      requestedBy: 'LAB\\alice',
    };
    const { plan, findings } = await makePlan(parseRequest(request), deps);
    expect(findings.filter(({ severity }) => severity === 'block')).toEqual([]);
    expect(plan!.hosts.map(({ services }) => services)).toEqual([
      ['Explicit', 'Sam'],
      ['Flat', 'Implicit'],
      ['Finance Reports', 'FinanceBatch'],
    ]);
    const { facts } = await readFacts(deps, plan!, { eventsSince: null });
    expect(facts.hosts.map((host) => host.services.map(({ name }) => name))).toEqual(
      plan!.hosts.map(({ services }) => services),
    );
  });

  test('that its names are read costs one search, however many hosts and names there are', async () => {
    const deps = connectionsOf(lab.settings);
    const directory = await deps.connectDirectory();
    const read = (await readAccount(directory, await guidOfAccount(lab)))!;
    const before = lab.counts().ldap!.search!;
    const names = await readLogonNames(directory, read, { account: read, domain });
    expect(lab.counts().ldap!.search! - before).toBe(1);
    expect(names.principalNames).toEqual([
      'svc-finance@lab.example',
      'svc-finance@lab',
      'finance@corp.example',
    ]);
    await directory.close();
  });
});

async function guidOfAccount(lab: Lab): Promise<string> {
  return guidText(octets((await lab.dc.store.read(lab.seeded.accountDn))!, 'objectGUID')!);
}
