import { type Lab, startLab } from '../lab/lab.ts';
import { createDmsa, setPrincipals } from '../lab/rules/dmsa.ts';
import { startMigration } from '../lab/rules/phases.ts';
import { defaultTopology, labDomain } from '../lab/topology.ts';
import { connectionsOf } from '../src/connections.ts';
import type { ConnectDirectory, Directory } from '../src/directory/directory.ts';
import { childDn } from '../src/directory/dn.ts';
import { octets } from '../src/directory/entry.ts';
import { findComputers } from '../src/directory/names/find-computers.ts';
import { sidText } from '../src/directory/sid.ts';
import type { HostFacts } from '../src/domain/facts/host-facts.ts';
import type { Plan } from '../src/domain/plan/plan.ts';
import { preflight, readFacts } from '../src/inspection/preflight.ts';
import { makePlan } from '../src/plan/make-plan.ts';
import { parseRequest } from '../src/plan/request.ts';
import type { Ports } from '../src/ports.ts';
import type { Transport } from '../src/powershell/transport.ts';
import { table } from './figures.ts';

/** LDAP operations of reading, which must not grow with the hosts; every host is among the principals. */
export async function directory(): Promise<void> {
  const rows = [];
  for (const hosts of [10, 100, 1_000]) rows.push(...(await figuresFor(hosts)));
  const header = ['', 'connections', 'binds', 'searches', 'requests (pages)', 'ms'];
  console.log(table('LDAP operations', header, rows));
}

async function figuresFor(count: number): Promise<(string | number)[][]> {
  const lab = await startLab({ topology: defaultTopology({ restartMs: 0 }) });
  try {
    const deps = connectionsOf(lab.settings);
    const { plan, facts } = await plannedFor(lab, deps, count);
    const ask = (expect: 'unlinked' | 'linked') => (counted: Ports) =>
      preflight(
        counted,
        { plan, gate: 'bench', expect, allowed: [], now: new Date().toISOString(), hosts: facts },
        { eventsSince: null },
      );
    const before = await figures(`${count} hosts, preflight before the link`, lab, deps, ask('unlinked'));
    const dn = await linked(lab, plan);
    await setPrincipals(
      lab.dc,
      dn,
      plan.hosts.map((host) => host.computerSid),
    );
    return [
      before,
      await figures(`${count} hosts, preflight after it`, lab, deps, ask('linked')),
      await figures(`${count} hosts, verifying after it`, lab, deps, (counted) =>
        readFacts({ ...counted, transport: answering(facts[0]!) }, plan, { eventsSince: null }),
      ),
      await figures(`${count} hosts, their SIDs for a plan`, lab, deps, (counted) =>
        counted.connectDirectory().then(async (directory) => {
          await findComputers(
            directory,
            plan.hosts.map((host) => host.name),
          );
          await directory.close();
        }),
      ),
    ];
  } finally {
    await lab.close();
  }
}

/** A plan takes at most 120 hosts: this one is made for one, and given the others. */
async function plannedFor(lab: Lab, deps: Ports, count: number): Promise<{ plan: Plan; facts: HostFacts[] }> {
  const [first] = lab.topology.hosts;
  const request = {
    account: lab.topology.account.name,
    dmsa: lab.topology.dmsa,
    hosts: [first!.name],
    requestedBy: 'LAB\\bench',
  };
  const { plan, facts } = await makePlan(parseRequest(request), deps);
  if (!plan) throw new Error('the lab refuses the plan');
  const hosts: Plan['hosts'] = [];
  for (let index = 0; index < count; index++) {
    const name = `bench${index}`;
    const dn = childDn('CN', name.toUpperCase(), `CN=Computers,${labDomain.baseDn}`);
    await lab.dc.store.add(dn, {
      objectClass: ['computer'],
      sAMAccountName: [`${name.toUpperCase()}$`],
      dNSHostName: [`${name}.${labDomain.dnsName}`],
      userAccountControl: ['4096'],
    });
    const computerSid = sidText(octets((await lab.dc.store.read(dn))!, 'objectSid')!);
    hosts.push({ ...plan.hosts[0]!, name: `${name}.${labDomain.dnsName}`, computerSid });
  }
  return {
    plan: { ...plan, hosts },
    facts: hosts.map(({ name }) => ({ ...facts.hosts[0]!, name })),
  };
}

/** Hosts that answer at once: it is the directory that is measured. */
function answering({ build, policy }: HostFacts): Transport {
  const answer = {
    computerName: 'BENCH',
    build,
    isDomainController: false,
    bootTime: new Date().toISOString(),
    rebootPending: false,
    policy,
    eventLogEnabled: false,
    services: [],
    events: [],
  };
  return { run: async () => answer as never };
}

async function linked(lab: Lab, { dmsa, account }: Plan): Promise<string> {
  const { name, dnsHostName, container } = dmsa;
  const created = await createDmsa(lab.dc, { name, dnsHostName, container, description: 'bench' });
  const pair = { dmsa: created.distinguishedName, account: account.dn, requestedBy: 'LAB\\bench' };
  await startMigration(lab.dc, pair);
  return created.distinguishedName;
}

async function figures(
  what: string,
  lab: Lab,
  deps: Ports,
  read: (deps: Ports) => Promise<unknown>,
): Promise<(string | number)[]> {
  let searches = 0;
  const connectDirectory: ConnectDirectory = async (options) =>
    counting(await deps.connectDirectory(options), () => searches++);
  const before = lab.counts().ldap!;
  const started = performance.now();
  await read({ ...deps, connectDirectory });
  const ms = Math.round(performance.now() - started);
  const after = lab.counts().ldap!;
  const of = (kind: string) => after[kind]! - before[kind]!;
  return [what, of('connection'), of('bind'), searches, of('search'), ms];
}

/** The same directory; `search` and `read` are told to `count`. */
function counting(directory: Directory, count: () => void): Directory {
  return new Proxy(directory, {
    get(target, name) {
      if (name === 'search' || name === 'read') count();
      const member = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
