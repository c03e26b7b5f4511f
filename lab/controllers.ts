import type { ServedController } from './lab-directory.ts';
import { DomainController } from './rules/domain-controller.ts';
import { OperationFailure } from './ssh/operation-failure.ts';

/** A DC of the lab: its directory and its rules behind one name, which can be taken down and up again. */
export interface RunningController extends ServedController {
  dc: DomainController;
}

/** DCs of one domain, which know of each other's completed migrations. */
export function labControllers(controllers: ServedController[], clock: () => Date): RunningController[] {
  const completed = new Map();
  return controllers.map((controller) => {
    const { name, store } = controller;
    return { ...controller, dc: new DomainController(store, clock, { name, completed }) };
  });
}

/** The DC that a cmdlet's `-Server` names. Throws OperationFailure RPC_UNAVAILABLE where it does not answer. */
export function named(controllers: RunningController[], server: string): DomainController {
  const found = controllers.find(({ name }) => name.toLowerCase() === server.toLowerCase());
  if (found?.isUp()) return found.dc;
  // As ADServerDownException words it.
  const message =
    'Unable to contact the server. This may be because this server does not exist, it is currently down, or it does ' +
    'not have the Active Directory Web Services running.';
  throw new OperationFailure('RPC_UNAVAILABLE', 'ResourceUnavailable', message, server);
}

/** The first DC that answers. Throws OperationFailure SERVICE_LOGON_FAILED where none does (ERROR_NO_LOGON_SERVERS). */
export function located(controllers: RunningController[]): DomainController {
  const found = controllers.find((controller) => controller.isUp());
  if (found) return found.dc;
  const message = 'Error 1311: there are currently no logon servers available to service the logon request.';
  throw new OperationFailure('SERVICE_LOGON_FAILED', 'OpenError', message);
}
