import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../lab/lab.ts';
import { people } from '../lab/scenarios/scenario.ts';
import type { Topology } from '../lab/topology.ts';
import { connectionsOf } from '../src/connections.ts';
import { withDirectory } from '../src/directory/directory.ts';
import { withPrincipalNames } from '../src/directory/principals/read-principals.ts';
import { readAccount, readDmsa } from '../src/directory/read/read-account.ts';
import { dmsaMark, dmsaSamAccountName, type Plan } from '../src/domain/plan/plan.ts';
import { preflight } from '../src/inspection/preflight.ts';
import { makePlan } from '../src/plan/make-plan.ts';
import { parseRequest } from '../src/plan/request.ts';

/**
 * What the migration costs without any orchestration: the same LDAP reads, SSH sessions and waits, one after the
 * other, in a script that could neither be stopped nor undone. Returns milliseconds.
 */
export async function sequentialScript(
  topology: Topology,
  waitMs: { observe: number; soak: number },
): Promise<number> {
  const lab = await startLab({ topology });
  try {
    const deps = connectionsOf(lab.settings);
    const { host: managementHost } = lab.settings.management;
    const started = performance.now();
    const hosts = topology.hosts.map((host) => host.name);
    const request = {
      account: topology.account.name,
      dmsa: topology.dmsa,
      hosts,
      requestedBy: people.requester,
    };
    const { plan } = await makePlan(parseRequest(request), deps);
    const { server } = plan!.domain;
    const options = { timeoutMs: 60_000 };

    const inspectAll = async () => {
      for (const host of hosts)
        await deps.transport.run(host, 'inspect-host', { eventsSince: null }, options);
    };
    const look = async (expect: 'unlinked' | 'linked') => {
      const asked = {
        plan: plan!,
        gate: 'bench',
        expect,
        allowed: [],
        now: new Date().toISOString(),
        hosts: [],
      };
      await preflight(deps, asked, { eventsSince: null });
    };
    const restartAll = async () => {
      for (const host of hosts) {
        const sentAt = new Date().toISOString();
        const services = topology.hosts[0]!.services.map((service) => service.name);
        const times = { sentAt, eventsSince: sentAt, unlessStartedSince: null };
        const parameters = {
          services,
          pools: [],
          checks: [],
          startStopped: false,
          timeoutSeconds: 30,
          ...times,
        };
        await deps.transport.run(host, 'restart-services', parameters, options);
      }
    };
    const pair = () =>
      withDirectory(deps.connectDirectory, {}, async (directory) => {
        const account = await readAccount(directory, plan!.account.guid);
        const dmsa = await readDmsa(directory, dmsaSamAccountName(plan!.dmsa));
        return { account, dmsa: dmsa && (await withPrincipalNames(directory, dmsa)) };
      });
    const cmdlet = async (operation: 'start-migration' | 'complete-migration', { dmsa, account }: Plan) => {
      await pair();
      const parameters = { dmsa: dmsa.dn, account: account.dn, server };
      await deps.transport.run(managementHost, operation, parameters, options);
      await pair();
    };

    await look('unlinked');
    await inspectAll();
    await look('unlinked');
    for (const host of hosts) {
      const wanted = { policy: { value: 1, keyExists: true }, eventLogEnabled: true };
      await deps.transport.run(host, 'set-host', wanted, options);
    }
    await pair();
    const { name, dnsHostName, container } = plan!.dmsa;
    const created = { name, dnsHostName, container, description: dmsaMark(plan!), server };
    await deps.transport.run(managementHost, 'new-dmsa', created, options);
    await pair();
    await cmdlet('start-migration', plan!);
    await restartAll();
    await pair();
    await pair();
    await sleep(waitMs.observe);
    await pair();
    await look('linked');
    await inspectAll();
    await look('linked');
    await inspectAll();
    await cmdlet('complete-migration', plan!);
    await restartAll();
    await sleep(waitMs.soak);
    await pair();
    await inspectAll();
    return performance.now() - started;
  } finally {
    await lab.close();
  }
}
