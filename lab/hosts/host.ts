import { setTimeout as delay } from 'node:timers/promises';

import type { Parameters, Result } from '../../src/powershell/wire/operations.ts';
import type { DomainController } from '../rules/domain-controller.ts';
import { type LogonHost, logOn } from '../rules/logon.ts';
import { OperationFailure } from '../ssh/operation-failure.ts';
import { type LabHost, type LabPool, type LabService, labDomain } from '../topology.ts';
import { accountSids, type HostIdentity, isTheAccount } from './account.ts';
import { requireRestartable, runningDependents } from './dependents.ts';
import { inventoryOf } from './inventory.ts';

type Action = Result<'restart-services'>['services'][number]['action'];
type KerberosEvent = Result<'inspect-host'>['events'][number];

/** A simulated Windows host: what its scripts would see and change. Its services log on through the domain's rules. */
export class SimulatedHost {
  readonly settings: LabHost;
  /** How many services were restarted or started by an operation. */
  restarts = 0;
  /** Whether it is restarting: nobody can connect. */
  isDown = false;
  readonly #locateDc: () => DomainController;
  readonly #identity: HostIdentity;
  readonly #clock: () => Date;
  #booted: Date;
  readonly #started = new Map<string, Date>();
  readonly #recycled = new Map<string, Date>();
  /** Dependents that a restart has stopped and not brought back. */
  readonly #stopped = new Map<string, LabService[]>();
  readonly #events: KerberosEvent[] = [];

  /** `locateDc` finds the DC that answers the host; it throws OperationFailure where there is none. */
  constructor(settings: LabHost, locateDc: () => DomainController, identity: HostIdentity) {
    this.settings = settings;
    this.#locateDc = locateDc;
    this.#identity = identity;
    this.#clock = locateDc().clock;
    this.#booted = this.#clock();
  }

  async inspect({ eventsSince }: Parameters<'inspect-host'>): Promise<Result<'inspect-host'>> {
    return inventoryOf(this.settings, {
      computerName: this.#computerName,
      domain: (this.#identity.domain ?? labDomain).dnsName,
      mayLogOn: await accountSids(this.#locateDc(), this.#identity),
      clock: this.#clock(),
      bootedAt: this.#booted,
      startedAt: (service) => this.#startedAt(service),
      oldestEventAt: this.#events[0]?.at ?? null,
      events: this.#eventsSince(eventsSince),
    });
  }

  /** Refuses to fight a group policy, as the script does. */
  set({ policy, eventLogEnabled }: Parameters<'set-host'>): Result<'set-host'> {
    const before = structuredClone(this.settings);
    const { policyFrom } = this.settings;
    if (policyFrom && policyFrom.value !== policy.value && before.policy.value !== policy.value) {
      const message = `The group policy "${policyFrom.gpo}" delivers ${policyFrom.value ?? 'no value'}.`;
      throw new OperationFailure('POLICY_FROM_GROUP_POLICY', 'NotSpecified', message, policyFrom.gpo);
    }
    // Removing the value leaves the key, unless it was not there before and nothing else is in it.
    this.settings.policy = { value: policy.value, keyExists: policy.value !== null || policy.keyExists };
    if (eventLogEnabled !== null) this.settings.eventLogEnabled = eventLogEnabled;
    return {
      policy: { ...this.settings.policy },
      eventLogEnabled: this.settings.eventLogEnabled,
      changed: changedSettings(before, this.settings),
    };
  }

  async restart(parameters: Parameters<'restart-services'>): Promise<Result<'restart-services'>> {
    const { startStopped, unlessStartedSince, eventsSince } = parameters;
    const since = unlessStartedSince === null ? null : new Date(unlessStartedSince);
    const services = [...new Set(parameters.services.map((name) => this.#service(name)))];
    const pools = [...new Set(parameters.pools.map((name) => this.#pool(name)))];
    const actions = new Map(
      services.map((service) => [service, this.#actionFor(service, startStopped, since)]),
    );
    const touched = services.filter((service) => actions.get(service) !== 'skipped');
    const restarted = services.filter((service) => actions.get(service) === 'restarted');
    const along = restarted.flatMap(({ name }) => runningDependents(this.settings.services, name));
    requireRestartable([...touched, ...along]);

    const dependents = new Map<LabService, string[]>();
    for (const service of services) {
      if (actions.get(service) === 'restarted' && along.includes(service)) continue;
      if (actions.get(service) === 'restarted') this.#stopDependents(service);
      if (actions.get(service) !== 'skipped') await this.#restart(service);
      if (service.state === 'Running') dependents.set(service, await this.#bringBack(service));
    }
    const recycled: Result<'restart-services'>['pools'] = [];
    for (const pool of pools) recycled.push(await this.#recycle(pool, since));
    return {
      services: services.map((service) => ({
        name: service.name,
        action: actions.get(service)!,
        state: service.state,
        startedAt: service.state === 'Running' ? this.#startedAt(service).toISOString() : null,
        startName: service.startName,
        dependents: dependents.get(service) ?? [],
      })),
      pools: recycled,
      checks: parameters.checks.map((check) => this.#askHealth(check.attempts, services)),
      events: this.#eventsSince(eventsSince),
    };
  }

  /** Answers, then is down for its time; what starts by itself runs again when it is back, and logs on. */
  reboot({ unlessBootedSince }: Parameters<'restart-host'>): Result<'restart-host'> {
    const bootTime = this.#booted.toISOString();
    if (unlessBootedSince !== null && this.#booted >= new Date(unlessBootedSince))
      return { restarting: false, bootTime };
    if (!this.isDown) {
      this.isDown = true;
      if (!this.settings.staysDown) void this.#comeBack();
    }
    return { restarting: true, bootTime };
  }

  async #comeBack(): Promise<void> {
    // The end of the lab does not wait for it.
    await delay(this.settings.rebootMs ?? 0, undefined, { ref: false });
    this.#booted = this.#clock();
    const { services, policyFrom } = this.settings;
    // Group policy is applied again when a computer starts.
    if (policyFrom) this.settings.policy = { value: policyFrom.value, keyExists: true };
    this.#started.clear();
    this.#recycled.clear();
    for (const service of services) service.state = 'Stopped';
    for (const service of services.filter(({ startMode }) => startMode === 'Auto')) {
      // One that fails stays stopped, as after any start of a computer.
      await this.#start(service).catch(() => undefined);
    }
    this.isDown = false;
  }

  #actionFor(service: LabService, startStopped: boolean, since: Date | null): Action {
    if (service.state !== 'Running') return startStopped ? 'started' : 'skipped';
    return since !== null && this.#startedAt(service) >= since ? 'skipped' : 'restarted';
  }

  #stopDependents(service: LabService): void {
    const running = runningDependents(this.settings.services, service.name);
    const known = this.#stopped.get(service.name) ?? [];
    this.#stopped.set(service.name, [...new Set([...known, ...running])]);
    for (const dependent of running) dependent.state = 'Stopped';
  }

  /** Also what an earlier restart has left stopped; the last to be stopped is the first to be started. */
  async #bringBack(service: LabService): Promise<string[]> {
    const stopped = this.#stopped.get(service.name) ?? [];
    for (const dependent of stopped.toReversed()) {
      if (dependent.state !== 'Running') await this.#restart(dependent);
    }
    this.#stopped.delete(service.name);
    return stopped.map(({ name }) => name);
  }

  async #recycle(pool: LabPool, since: Date | null): Promise<Result<'restart-services'>['pools'][number]> {
    const already = since !== null && (this.#recycled.get(pool.name) ?? this.#booted) >= since;
    if (pool.state !== 'Started' || already) return { name: pool.name, action: 'skipped' };
    this.restarts += 1;
    await this.#logOnAs(pool.account);
    this.#recycled.set(pool.name, this.#clock());
    return { name: pool.name, action: 'recycled' };
  }

  /** A host is healthy where its services run, but for the attempts that it was told to fail. */
  #askHealth(attempts: number, services: LabService[]): Result<'restart-services'>['checks'][number] {
    for (let attempt = 1; ; attempt += 1) {
      const failing = this.settings.failingChecks ?? 0;
      const stopped = services.filter(({ state }) => state !== 'Running');
      if (failing === 0 && stopped.length === 0) return { healthy: true, attempts: attempt, detail: 'well' };
      if (failing > 0) this.settings.failingChecks = failing - 1;
      const detail = failing > 0 ? 'no answer' : `${stopped[0]!.name} is ${stopped[0]!.state}`;
      if (attempt >= attempts) return { healthy: false, attempts: attempt, detail };
    }
  }

  async #restart(service: LabService): Promise<void> {
    service.state = 'Stopped';
    await delay(service.restartMs);
    this.restarts += 1;
    await this.#start(service);
  }

  async #start(service: LabService): Promise<void> {
    if (service.failingStarts > 0) {
      service.failingStarts -= 1;
      const message = `Service '${service.name}' cannot be started: it did not reach Running in its time.`;
      throw new OperationFailure('SERVICE_START_FAILED', 'OpenError', message, service.name);
    }
    if (!(await this.#logOnAs(service.startName))) {
      const message = `Service '${service.name}' cannot be started: error 1069, the service did not start due to a logon failure.`;
      throw new OperationFailure('SERVICE_LOGON_FAILED', 'OpenError', message, service.name);
    }
    service.state = 'Running';
    this.#started.set(service.name, this.#clock());
  }

  /** Whether it succeeds; what the Kerberos log says of it is in the log where the log is on. */
  async #logOnAs(account: string): Promise<boolean> {
    const dc = this.#locateDc();
    const logon = (await isTheAccount(dc, this.#identity, account, this.#computerName))
      ? await logOn(dc, this.#asLogonHost(), this.#identity.accountName)
      : { succeeded: true, events: [] };
    if (this.settings.eventLogEnabled) {
      const at = this.#clock().toISOString();
      this.#events.push(...logon.events.map((event) => ({ ...event, at })));
    }
    return logon.succeeded;
  }

  #pool(name: string): LabPool {
    const found = this.settings.pools?.find((pool) => pool.name.toLowerCase() === name.toLowerCase());
    if (found) return found;
    const message = `The application pool ${name} is not on this host.`;
    throw new OperationFailure('SERVICE_NOT_FOUND', 'NotSpecified', message, name);
  }

  #service(name: string): LabService {
    const found = this.settings.services.find((service) => service.name.toLowerCase() === name.toLowerCase());
    if (found) return found;
    const message = `Cannot find any service with service name '${name}'.`;
    throw new OperationFailure('SERVICE_NOT_FOUND', 'ObjectNotFound', message, name);
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

function changedSettings(before: LabHost, after: LabHost): Result<'set-host'>['changed'] {
  const policy = before.policy.value === after.policy.value ? [] : ['policy' as const];
  return before.eventLogEnabled === after.eventLogEnabled ? policy : [...policy, 'log'];
}
