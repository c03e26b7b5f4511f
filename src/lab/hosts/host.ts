import { setTimeout as delay } from 'node:timers/promises';

import { text } from '../../directory/entry.ts';
import { isLogonOf } from '../../domain/identity.ts';
import type { Parameters, Result } from '../../powershell/operations.ts';
import type { DomainController } from '../rules/domain-controller.ts';
import { type LogonHost, logOn } from '../rules/logon.ts';
import { OperationFailure } from '../ssh/operation-failure.ts';
import { type LabDomain, type LabHost, type LabService, labDomain } from '../topology.ts';

type KerberosEvent = Result<'inspect-host'>['events'][number];

/** Accounts that inspect-host leaves out, as its script does. */
const builtIn = /^(LocalSystem|NT AUTHORITY\\.*|NT SERVICE\\.*)$/i;

/** The account that is migrated, and the host's own. */
export interface HostIdentity {
  /** sAMAccountName of the account, which stays the same wherever it is moved. */
  accountName: string;
  computerSid: string;
  /** Of which both are; the lab's first domain where absent. */
  domain?: LabDomain;
}

/** A simulated Windows host: what its scripts would see and change. Its services log on through the domain's rules. */
export class SimulatedHost {
  readonly settings: LabHost;
  /** How many services were restarted or started by an operation. */
  restarts = 0;
  readonly #locateDc: () => DomainController;
  readonly #identity: HostIdentity;
  readonly #clock: () => Date;
  readonly #booted: Date;
  readonly #started = new Map<string, Date>();
  readonly #events: KerberosEvent[] = [];

  /** `locateDc` finds the DC that answers the host; it throws OperationFailure where there is none. */
  constructor(settings: LabHost, locateDc: () => DomainController, identity: HostIdentity) {
    this.settings = settings;
    this.#locateDc = locateDc;
    this.#identity = identity;
    this.#clock = locateDc().clock;
    this.#booted = this.#clock();
  }

  inspect({ eventsSince }: Parameters<'inspect-host'>): Result<'inspect-host'> {
    const { build, policy, eventLogEnabled } = this.settings;
    const services = this.settings.services.filter((service) => !builtIn.test(service.startName));
    return {
      computerName: this.#computerName,
      domain: (this.#identity.domain ?? labDomain).dnsName,
      build,
      edition: 'Microsoft Windows Server 2025 Standard',
      isDomainController: false,
      clock: this.#clock().toISOString(),
      bootTime: this.#booted.toISOString(),
      rebootPending: false,
      policy: { ...policy },
      policyFrom: null,
      eventLogEnabled,
      eventLog: { maximumSize: 1_052_672, oldestAt: this.#events[0]?.at ?? null },
      serviceLogonRight: [],
      services: services.map((service) => ({
        name: service.name,
        startName: service.startName,
        state: service.state,
        startMode: service.startMode,
        delayedStart: false,
        startedAt: service.state === 'Running' ? this.#startedAt(service).toISOString() : null,
        dependents: [],
        dependencies: [],
        recovery: [],
        clusterResource: null,
      })),
      tasks: [],
      pools: [],
      comApplications: [],
      sessions: [],
      events: this.#eventsSince(eventsSince),
      unread: [],
    };
  }

  set({ policy, eventLogEnabled }: Parameters<'set-host'>): Result<'set-host'> {
    const before = structuredClone(this.settings);
    // Removing the value leaves the key, unless it was not there before and nothing else is in it.
    this.settings.policy = { value: policy.value, keyExists: policy.value !== null || policy.keyExists };
    if (eventLogEnabled !== null) this.settings.eventLogEnabled = eventLogEnabled;
    return {
      policy: { ...this.settings.policy },
      eventLogEnabled: this.settings.eventLogEnabled,
      changed: changes(before, this.settings),
    };
  }

  async restart(parameters: Parameters<'restart-services'>): Promise<Result<'restart-services'>> {
    const { services, startStopped, unlessStartedSince, eventsSince } = parameters;
    const results: Result<'restart-services'>['services'] = [];
    for (const name of services) {
      const service = this.#service(name);
      const running = service.state === 'Running';
      const already =
        running && unlessStartedSince !== null && this.#startedAt(service) >= new Date(unlessStartedSince);
      const wanted = running ? !already : startStopped;
      if (wanted) await this.#start(service);
      results.push({
        name: service.name,
        action: wanted ? (running ? 'restarted' : 'started') : 'skipped',
        state: service.state,
        startedAt: service.state === 'Running' ? this.#startedAt(service).toISOString() : null,
        startName: service.startName,
        dependents: [],
      });
    }
    return { services: results, pools: [], checks: [], events: this.#eventsSince(eventsSince) };
  }

  async #start(service: LabService): Promise<void> {
    service.state = 'Stopped';
    await delay(service.restartMs);
    this.restarts += 1;
    if (service.failingStarts > 0) {
      service.failingStarts -= 1;
      const message = `Service '${service.name}' cannot be started: it did not reach Running in its time.`;
      throw new OperationFailure('SERVICE_START_FAILED', 'OpenError', message, service.name);
    }
    const dc = this.#locateDc();
    const logon = (await this.#logsOnAsAccount(dc, service))
      ? await logOn(dc, this.#asLogonHost(), this.#identity.accountName)
      : { succeeded: true, events: [] };
    if (this.settings.eventLogEnabled) {
      const at = this.#clock().toISOString();
      this.#events.push(...logon.events.map((event) => ({ ...event, at })));
    }
    if (!logon.succeeded) {
      const message = `Service '${service.name}' cannot be started: error 1069, the service did not start due to a logon failure.`;
      throw new OperationFailure('SERVICE_LOGON_FAILED', 'OpenError', message, service.name);
    }
    service.state = 'Running';
    this.#started.set(service.name, this.#clock());
  }

  #service(name: string): LabService {
    const found = this.settings.services.find((service) => service.name.toLowerCase() === name.toLowerCase());
    if (found) return found;
    const message = `Cannot find any service with service name '${name}'.`;
    throw new OperationFailure('SERVICE_NOT_FOUND', 'ObjectNotFound', message, name);
  }

  /** Services of other accounts start as well, and meet no rule of the migration. */
  async #logsOnAsAccount(dc: DomainController, { startName }: LabService): Promise<boolean> {
    const { accountName, domain = labDomain } = this.#identity;
    const [account] = await dc.store.find(dc.store.baseDn, 'sAMAccountName', accountName);
    const explicit = account && text(account, 'userPrincipalName');
    const { dnsName, netbiosName } = domain;
    const principalNames = [`${accountName}@${dnsName}`, `${accountName}@${netbiosName}`, explicit ?? ''];
    const names = {
      samAccountName: accountName,
      principalNames: principalNames.map((name) => name.toLowerCase()),
    };
    return isLogonOf(names, startName, domain, this.#computerName);
  }

  get #computerName(): string {
    return this.settings.name.split('.')[0]!.toUpperCase();
  }

  #startedAt(service: LabService): Date {
    return this.#started.get(service.name) ?? this.#booted;
  }

  #eventsSince(since: string | null): KerberosEvent[] {
    return since === null ? [] : this.#events.filter((event) => event.at >= new Date(since).toISOString());
  }

  #asLogonHost(): LogonHost {
    const { name, build, policy, behindRodc } = this.settings;
    const { computerSid } = this.#identity;
    return { name, build, behindRodc, computerSid, policyEnabled: policy.value === 1 };
  }
}

function changes(before: LabHost, after: LabHost): string[] {
  const changed: string[] = [];
  if (before.policy.value !== after.policy.value) {
    changed.push(
      `DelegatedMSAEnabled ${before.policy.value ?? 'absent'} \u2192 ${after.policy.value ?? 'absent'}`,
    );
  }
  if (before.eventLogEnabled !== after.eventLogEnabled) {
    changed.push(`Kerberos operational log ${after.eventLogEnabled ? 'enabled' : 'disabled'}`);
  }
  return changed;
}
