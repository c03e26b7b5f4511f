import { sameDn } from '../../src/directory/dn.ts';
import type { OperationName, Parameters, Result } from '../../src/powershell/wire/operations.ts';
import { createDmsa, removeDmsa, setPrincipals } from '../rules/dmsa.ts';
import type { DomainController } from '../rules/domain-controller.ts';
import { completeMigration, type PhaseRequest, startMigration, undoMigration } from '../rules/phases.ts';
import { OperationFailure } from '../ssh/operation-failure.ts';
import type { HandleOperation } from '../ssh/session.ts';
import type { SimulatedHost } from './host.ts';

type Handlers = { [N in OperationName]?: (parameters: Parameters<N>) => Result<N> | Promise<Result<N>> };

/** What a member server answers to. */
export function hostOperations(host: SimulatedHost): HandleOperation {
  return dispatch({
    'inspect-host': (parameters) => host.inspect(parameters),
    'set-host': (parameters) => host.set(parameters),
    'restart-services': (parameters) => host.restart(parameters),
    'restart-host': (parameters) => host.reboot(parameters),
  });
}

/**
 * What the management host answers to: each cmdlet is one of the domain's rules, run as `identity` on the DC that its
 * `-Server` names. `dcNamed` throws OperationFailure RPC_UNAVAILABLE where that is none that answers.
 */
export function managementOperations(
  dcNamed: (server: string) => DomainController,
  identity: string,
  clock: () => Date,
): HandleOperation {
  const phase = (rule: typeof startMigration) => async (parameters: Parameters<'start-migration'>) => {
    const request: PhaseRequest = { ...parameters, requestedBy: identity };
    await rule(dcNamed(parameters.server), request);
    return { server: parameters.server };
  };
  return dispatch({
    'inspect-management': ({ server }) => ({
      computerName: 'MGMT',
      build: 26_100,
      edition: 'Microsoft Windows Server 2025 Standard',
      powerShell: '5.1.26100.1',
      identity,
      module: '1.0.1.0',
      cmdlets: ['Start', 'Complete', 'Undo', 'Reset'].map((verb) => `${verb}-ADServiceAccountMigration`),
      refusal: refusalOf(() => dcNamed(server)),
      clock: clock().toISOString(),
    }),
    'new-dmsa': (parameters) => createDmsa(dcNamed(parameters.server), parameters),
    'remove-dmsa': ({ dmsa, description, server }) => removeDmsa(dcNamed(server), dmsa, description),
    'start-migration': phase(startMigration),
    'complete-migration': phase(completeMigration),
    'undo-migration': phase(undoMigration),
    'set-principals': async ({ dmsa, principals, server }) => {
      await setPrincipals(dcNamed(server), dmsa, principals);
      return { principals };
    },
    'read-migration-events': ({ dmsa, account, since, server }) => {
      const dc = dcNamed(server);
      const from = new Date(since).toISOString();
      const isAbout = (named: string, wanted: string | null) => wanted === null || sameDn(named, wanted);
      const about = dc.events.filter(
        (each) => each.id === 3085 && isAbout(each.dmsa, dmsa) && isAbout(each.account, account),
      );
      const events = about.filter((each) => each.at >= from).map(({ id, ...event }) => event);
      return { identity, events, oldestAt: dmsa === null && account === null ? dc.logBeganAt : null };
    },
  });
}

/** What the cmdlets would be told; null where the DC answers. */
function refusalOf(ask: () => DomainController): { code: string; message: string } | null {
  try {
    ask();
    return null;
  } catch (error) {
    if (!(error instanceof OperationFailure)) throw error;
    return { code: error.code, message: error.message };
  }
}

function dispatch(handlers: Handlers): HandleOperation {
  return async (operation, parameters) => {
    const handler = handlers[operation] as ((parameters: unknown) => unknown) | undefined;
    if (!handler) throw new Error(`${operation} does not run on this host`);
    return (await handler(parameters)) as never;
  };
}
