import type { Audit, AuditRequest } from '../audit/audit.ts';
import type { Migrations } from '../client/migrations.ts';
import type { RunCodecServerOptions } from '../codec-server/run.ts';
import type { EncryptionSettings, ReadingSettings, Settings } from '../config/settings.ts';
import type { ResolvedPrincipal } from '../directory/names/resolve-principal.ts';
import type { DiscoverRequest, Discovery } from '../discover/discover.ts';
import type { Diagnosis, DoctorRequest } from '../doctor/doctor.ts';
import type { PlanningResult } from '../plan/make-plan.ts';
import type { PlanRequest } from '../plan/request.ts';
import type { SavedPlan } from '../plan/saved.ts';
import type { ClosableTransport } from '../powershell/transport.ts';
import type { WorkerOptions } from '../worker/worker.ts';
import type { Context } from './context.ts';

/** What is behind the commands; loaded when a command needs it, so that `--help` and `list` start at once. */
export interface Assembly {
  connect(
    taskQueue: string,
    env: NodeJS.ProcessEnv,
    encryption: EncryptionSettings | undefined,
  ): Promise<{ migrations: Migrations; close(): Promise<void> }>;
  /** Reads directory and hosts and changes nothing. The plan is null where a finding blocks it. */
  plan(request: PlanRequest, settings: Settings): Promise<PlanningResult>;
  /** Reads both again and compares with what the plan was made of. Throws PLAN_DRIFTED. */
  requireUndrifted(saved: SavedPlan, settings: Settings): Promise<void>;
  /** Reads the whole domain and changes nothing; needs no Temporal. Without settings of hosts, no events either. */
  audit(request: AuditRequest, settings: Settings | ReadingSettings): Promise<Audit>;
  /** Reads directory and hosts and changes nothing; needs no Temporal. */
  discover(request: DiscoverRequest, settings: Settings): Promise<Discovery>;
  /** Who a name is, by the directory. */
  principal(written: string, settings: ReadingSettings): Promise<ResolvedPrincipal>;
  /** Looks at everything that migrations need, and changes nothing. */
  diagnose(request: DoctorRequest): Promise<Diagnosis>;
  /** What DNS knows of a domain's controllers; empty where it knows none. */
  findControllers(domain: string): Promise<string[]>;
  /** Makes reports, and checks them. */
  reports(): Promise<typeof import('../report/reports.ts')>;
  /** Accounts of the migrations that run; fails within two seconds. */
  runningAccounts(env: NodeJS.ProcessEnv): Promise<string[]>;
  /** Names of the demonstration's scenarios. */
  scenarios(): Promise<string[]>;
  /** Runs until `signal` aborts; `onReady` is called once it takes work. */
  worker(options: WorkerOptions): Promise<void>;
  /** Runs until `signal` aborts; `onReady` is called with settings that reach it. */
  lab(options: LabOptions): Promise<void>;
  /** Answers until `signal` aborts; `onReady` is called with its URL. */
  codecServer(options: RunCodecServerOptions): Promise<void>;
  /** Making keys of a key ring. */
  keys(): Promise<typeof import('../temporal/key-file.ts')>;
  /** Returns the exit code. */
  demo(context: Context, options: DemoOptions): Promise<number>;
}

export interface LabOptions {
  directory: 'lab' | 'samba';
  signal: AbortSignal;
  onReady(settings: Settings): Promise<void>;
}

export interface DemoOptions {
  scenario: string;
  directory: 'lab' | 'samba';
  /** List the scenarios instead of running one. */
  list: boolean;
}

export const assembly: Assembly = {
  async connect(taskQueue, env, encryption) {
    const { connectTemporal } = await import('../temporal/connection.ts');
    const { Migrations } = await import('../client/migrations.ts');
    const { registerSearchAttributes } = await import('../temporal/search-attributes.ts');
    const { dataConverterOf } = await import('../temporal/data-converter.ts');
    const { tracingOf } = await import('../telemetry/traces-to.ts');
    const dataConverter = await dataConverterOf(encryption);
    const tracing = await tracingOf(env);
    const { client, connection, namespace, close } = await connectTemporal({}, env, {
      dataConverter,
      traced: tracing?.client,
    });
    // A migration cannot be started, nor listed by its stage, before the namespace knows the attributes.
    await registerSearchAttributes(connection, namespace);
    return {
      migrations: new Migrations(client, { taskQueue }),
      close: async () => {
        await close();
        await tracing?.shutdown();
      },
    };
  },
  async plan(request, settings) {
    const { makePlan } = await import('../plan/make-plan.ts');
    const { connectionsOf } = await import('../worker/worker.ts');
    const connections = connectionsOf(settings);
    return await makePlan(request, connections).finally(() => connections.transport.close());
  },
  async requireUndrifted(saved, settings) {
    const { requireUndrifted } = await import('../plan/saved.ts');
    const { connectionsOf } = await import('../worker/worker.ts');
    const connections = connectionsOf(settings);
    await requireUndrifted(saved, connections, new Date()).finally(() => connections.transport.close());
  },
  async audit(request, settings) {
    const { audit } = await import('../audit/audit.ts');
    const { connectDirectory } = await import('../directory/connection/connection.ts');
    const transport = 'powershell' in settings ? await transportTo(settings) : null;
    return await audit(
      {
        connectDirectory: connectDirectory(settings.directory, settings.hosts),
        recordsFolder: settings.records.folder,
        events: transport && { transport, managementHost: (settings as Settings).management.host },
      },
      request,
    ).finally(() => transport?.close());
  },
  async discover(request, settings) {
    const { discover } = await import('../discover/discover.ts');
    const { connectDirectory } = await import('../directory/connection/connection.ts');
    const { transportOf } = await import('../powershell/connect-hosts.ts');
    const transport = transportOf(settings, { maxSessions: request.parallel });
    const deps = { connectDirectory: connectDirectory(settings.directory, settings.hosts), transport };
    return await discover(deps, request).finally(() => transport.close());
  },
  async principal(written, settings) {
    const { resolvePrincipal } = await import('../directory/names/resolve-principal.ts');
    const { connectDirectory } = await import('../directory/connection/connection.ts');
    return await resolvePrincipal(connectDirectory(settings.directory, settings.hosts), written);
  },
  async diagnose(request) {
    const { diagnose } = await import('../doctor/doctor.ts');
    return await diagnose(request);
  },
  async findControllers(domain) {
    const { findControllers } = await import('../directory/find-controllers.ts');
    return await findControllers(domain);
  },
  async reports() {
    return await import('../report/reports.ts');
  },
  async runningAccounts(env) {
    const { runningAccounts } = await import('../client/running-accounts.ts');
    return await runningAccounts(env);
  },
  async scenarios() {
    const { scenarios } = await import('../../lab/scenarios/index.ts');
    return Object.keys(scenarios);
  },
  async worker(options) {
    const { runWorker } = await import('../worker/worker.ts');
    await runWorker(options);
  },
  async lab(options) {
    const { runLab } = await import('../../lab/lab.ts');
    await runLab(options);
  },
  async codecServer(options) {
    const { runCodecServer } = await import('../codec-server/run.ts');
    await runCodecServer(options);
  },
  keys: () => import('../temporal/key-file.ts'),
  async demo(context, options) {
    const { runDemo } = await import('../../lab/demo/demo.ts');
    return await runDemo(context, options);
  },
};

async function transportTo(settings: Settings): Promise<ClosableTransport> {
  const { transportOf } = await import('../powershell/connect-hosts.ts');
  return transportOf(settings);
}
