import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { Transport } from '../../src/powershell/transport.ts';
import type { Inventory } from '../../src/powershell/wire/inventory.ts';
import { operations } from '../../src/powershell/wire/operations.ts';

export const clock = new Date('2025-06-01T08:00:00.000Z');
const svc = 'LAB\\svc-finance';

/** A member server on which nothing is wrong and nothing logs on as anybody. */
export function inventoryOf(changes: Partial<Inventory> = {}): Inventory {
  return operations['inspect-host'].result.parse({
    computerName: 'FIN01',
    domain: 'lab.example',
    build: 26100,
    edition: 'Microsoft Windows Server 2025 Datacenter',
    isDomainController: false,
    clock: clock.toISOString(),
    bootTime: '2025-05-20T03:00:00.000Z',
    rebootPending: false,
    policy: { value: null, keyExists: false },
    policyFrom: null,
    eventLogEnabled: false,
    eventLog: { maximumSize: 1_052_672, oldestAt: null },
    serviceLogonRight: [svc],
    services: [],
    tasks: [],
    pools: [],
    comApplications: [],
    sessions: [],
    events: [],
    unread: [],
    ...changes,
  });
}

export function service(name: string, changes: Partial<Inventory['services'][number]> = {}) {
  return {
    name,
    startName: svc,
    state: 'Running' as const,
    startMode: 'Auto',
    delayedStart: false,
    startedAt: '2025-05-20T03:01:00.000Z',
    dependents: [],
    dependencies: [],
    recovery: [],
    clusterResource: null,
    ...changes,
  };
}

/** Everything that can log on as the account, on one host. */
export function everyUse(): Partial<Inventory> {
  return {
    services: [
      service('Billing', {
        delayedStart: true,
        dependents: ['BillingUi', 'Mailer'],
        dependencies: ['RpcSs'],
        recovery: ['restart', 'restart', 'none'],
      }),
      service('Old Jobs', { state: 'Stopped', startMode: 'Manual', startedAt: null }),
    ],
    tasks: [{ path: '\\Finance\\Nightly', account: 'svc-finance@lab.example', state: 'Ready' }],
    pools: [{ name: 'FinancePool', account: svc, state: 'Started' }],
    comApplications: [{ name: 'Ledger', account: svc }],
    sessions: [{ account: svc, logonType: 10, startedAt: null, processes: ['cmd.exe', 'ssms.exe'] }],
  };
}

/** Answers from memory; an error is thrown as it is. Counts what it is asked. */
export function transportWith(
  answers: Record<string, Inventory | DmsaError>,
): Transport & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async run(host, operation) {
      asked.push(`${operation} ${host}`);
      const answer = answers[host];
      if (!answer) throw new DmsaError('LOGIN_REFUSED', host, `${host}: the login is refused`);
      if (answer instanceof DmsaError) throw answer;
      return answer as never;
    },
  };
}
