import { verifyVotes } from '../src/approval/verify-votes.ts';
import type { Plan } from '../src/domain/plan/plan.ts';
import { checkPlan } from './check-plan.ts';
import type { ActivityDeps } from './deps.ts';
import { type CreateDmsaInput, createDmsa, removeDmsa } from './directory/create-dmsa.ts';
import { type ObserveInput, observe } from './directory/observe.ts';
import { completeMigration, type PhaseInput, startMigration } from './directory/phases.ts';
import {
  type UndoCompleteInput,
  type UndoLinkInput,
  undoComplete,
  undoLink,
} from './directory/undo-phases.ts';
import { type VerifyPrincipalsInput, verifyPrincipals } from './directory/verify-principals.ts';
import { type LookAtHostsInput, lookAtHosts } from './hosts/look-at-hosts.ts';
import { nextWindow } from './hosts/next-window.ts';
import { type RestartHostsInput, restartHosts } from './hosts/restart-hosts.ts';
import { type RestartServicesInput, restartServices } from './hosts/restart-services.ts';
import { restoreEventLogs } from './hosts/restore-event-logs.ts';
import { type PrepareHostsInput, prepareHosts, restoreHosts, type SetHostsInput } from './hosts/set-hosts.ts';
import { type NotifyInput, notify, type WebhooksInput, webhooksFor } from './notify.ts';
import {
  type PreflightInput,
  preflight,
  type VerifyCompletedInput,
  type VerifyRestoredInput,
  verifyCompleted,
  verifyRestored,
} from './preflight.ts';
import { recorded } from './recording/recorded.ts';
import { translateFailures } from './runtime.ts';

/**
 * All activities by the names that the workflow calls them; each is one file, and its undo stands beside it. What they
 * run and read is written down.
 */
export function createActivities(given: ActivityDeps) {
  const deps = recorded(given);
  return translateFailures({
    checkPlan: (plan: Plan) => checkPlan(deps, plan),
    verifyVotes,
    nextWindow,
    preflight: (input: PreflightInput) => preflight(deps, input),
    prepareHosts: (input: PrepareHostsInput) => prepareHosts(deps, input),
    restoreHosts: (input: SetHostsInput) => restoreHosts(deps, input),
    restoreEventLogs: (input: Omit<SetHostsInput, 'migrationId'>) => restoreEventLogs(deps, input),
    lookAtHosts: (input: LookAtHostsInput) => lookAtHosts(deps, input),
    createDmsa: (input: CreateDmsaInput) => createDmsa(deps, input),
    removeDmsa: (input: CreateDmsaInput) => removeDmsa(deps, input),
    startMigration: (input: PhaseInput) => startMigration(deps, input),
    undoLink: (input: UndoLinkInput) => undoLink(deps, input),
    restartHosts: (input: RestartHostsInput) => restartHosts(deps, input),
    restartServices: (input: RestartServicesInput) => restartServices(deps, input),
    verifyPrincipals: (input: VerifyPrincipalsInput) => verifyPrincipals(deps, input),
    observe: (input: ObserveInput) => observe(deps, input),
    completeMigration: (input: PhaseInput) => completeMigration(deps, input),
    undoComplete: (input: UndoCompleteInput) => undoComplete(deps, input),
    verifyCompleted: (input: VerifyCompletedInput) => verifyCompleted(deps, input),
    verifyRestored: (input: VerifyRestoredInput) => verifyRestored(deps, input),
    webhooksFor: (input: WebhooksInput) => webhooksFor(deps, input),
    notify: (input: NotifyInput) => notify(deps, input),
  });
}

export type Activities = ReturnType<typeof createActivities>;
