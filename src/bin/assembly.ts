import type { Assembly } from '../cli/assembly.ts';
import type { Settings } from '../config/settings.ts';
import type { ClosableTransport } from '../powershell/transport.ts';

/** Each part is loaded when a command needs it, so that `--help` and `list` start at once. */
export const assembly: Assembly = {
  async connect(taskQueue, env, encryption) {
    const { connectTemporal } = await import('../temporal/connection.ts');
    const { Migrations } = await import('../client/migrations.ts');
    const { offerSearchAttributes } = await import('../temporal/search-attributes.ts');
    const { dataConverterOf } = await import('../temporal/data-converter.ts');
    const { tracingOf } = await import('../telemetry/traces-to.ts');
    const dataConverter = await dataConverterOf(encryption);
    const tracing = await tracingOf(env);
    const { client, connection, namespace, close } = await connectTemporal({}, env, {
      dataConverter,
      traced: tracing?.client,
    });
    // A migration cannot be started, nor listed by its stage, before the namespace knows the attributes.
    await offerSearchAttributes(connection, namespace).catch(async (error) => {
      await close();
      throw error;
    });
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
    const { connectionsOf } = await import('../connections.ts');
    const connections = connectionsOf(settings);
    return await makePlan(request, connections).finally(() => connections.transport.close());
  },
  async requireUndrifted(saved, settings) {
    const { requireUndrifted } = await import('../plan/saved.ts');
    const { connectionsOf } = await import('../connections.ts');
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
    const { connectionsOf } = await import('../connections.ts');
    const connections = connectionsOf(settings, { maxSessions: request.parallel });
    return await discover(connections, request).finally(() => connections.transport.close());
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
    const { scenarioNames } = await import('../../lab/index.ts');
    return await scenarioNames();
  },
  async worker(options) {
    const { runWorker } = await import('../worker/run-worker.ts');
    await runWorker(options);
  },
  async lab(options) {
    const { runLab } = await import('../../lab/index.ts');
    await runLab(options);
  },
  async codecServer(options) {
    const { runCodecServer } = await import('../codec-server/run.ts');
    await runCodecServer(options);
  },
  keys: () => import('../temporal/key-file.ts'),
  async demo(output, options) {
    const { runDemo } = await import('../../lab/index.ts');
    return await runDemo(output, options);
  },
};

async function transportTo(settings: Settings): Promise<ClosableTransport> {
  const { transportOf } = await import('../powershell/connect-hosts.ts');
  return transportOf(settings);
}
