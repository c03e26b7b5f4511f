import type { Lab } from '../../../lab/lab.ts';
import { logOn } from '../../../lab/rules/logon.ts';
import { labDomain } from '../../../lab/topology.ts';
import { text } from '../../../src/directory/entry.ts';
import { isLogonOf } from '../../../src/domain/plan/identity.ts';
import type { StubEvent } from '../../activities/scripts/states.ts';

export interface LogonQuestion {
  /** Computer name, as `FIN01`. */
  host: string;
  /** As the service manager has it. */
  account: string;
  build: number;
  policyEnabled: boolean;
}

/** A service starts on a host: whether its account may log on, and what the host's Kerberos log says of it. */
export async function logOnHost(
  lab: Lab,
  { host, account, build, policyEnabled }: LogonQuestion,
): Promise<{ succeeded: boolean; events: StubEvent[] }> {
  const { dc, seeded, topology } = lab;
  const dnsName = `${host.toLowerCase()}.${labDomain.dnsName}`;
  const [entry] = await dc.store.find(labDomain.baseDn, 'sAMAccountName', topology.account.name);
  const implicit = [labDomain.dnsName, labDomain.netbiosName].map(
    (suffix) => `${topology.account.name}@${suffix}`,
  );
  const explicit = entry ? text(entry, 'userPrincipalName') : null;
  const names = {
    samAccountName: topology.account.name,
    principalNames: [...implicit, explicit ?? ''].map((name) => name.toLowerCase()),
  };
  // Services of other accounts meet no rule of the migration.
  if (!isLogonOf(names, account, labDomain, host)) return { succeeded: true, events: [] };
  const computerSid = seeded.computerSids.get(dnsName)!;
  const asked = { name: dnsName, computerSid, build, policyEnabled, behindRodc: false };
  const { succeeded, events } = await logOn(dc, asked, topology.account.name);
  const at = dc.clock().toISOString();
  const log = 'Microsoft-Windows-Security-Kerberos/Operational';
  return { succeeded, events: events.map(({ id, fields }) => stubEvent(log, id, at, fields)) };
}

/** The DC's Directory Service log: its own start, and event 3085 of every migration step. */
export function migrationEvents({ dc }: Lab): StubEvent[] {
  const log = 'Directory Service';
  const steps = dc.events.filter(({ id }) => id === 3085);
  return [
    // 1000: Microsoft Active Directory Domain Services startup complete
    stubEvent(log, 1000, dc.logBeganAt, {}),
    ...steps.map(({ id, at, operation, requestedBy, errorCode, account, dmsa }) =>
      stubEvent(log, id, at, {
        Operation: operation,
        RequestedBy: requestedBy,
        ErrorCode: errorCode,
        ServiceAccount: account,
        DMSAAccount: dmsa,
      }),
    ),
  ];
}

function stubEvent(log: string, id: number, at: string, fields: Record<string, string>): StubEvent {
  const data = Object.entries(fields).map(
    ([name, value]) => `<Data Name="${xml(name)}">${xml(value)}</Data>`,
  );
  const namespace = 'http://schemas.microsoft.com/win/2004/08/events/event';
  return {
    log,
    id,
    at,
    message: '',
    xml: `<Event xmlns="${namespace}"><EventData>${data.join('')}</EventData></Event>`,
  };
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
