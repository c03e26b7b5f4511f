import { z } from 'zod';

import { inventory, kerberosEvent, policy, serviceState, time } from './inventory.ts';

/**
 * Every operation that runs in PowerShell: where it runs, what it takes and what it answers. The activities, the
 * scripts in `activities/scripts/` and the lab's simulated hosts are all held to these schemas.
 *
 * Times are ISO 8601 in UTC. Lists are always lists, also of one; absent is null.
 */

const dn = z.string().min(3);

/** Tried after a restart until it is healthy, `attempts` times at most, `everySeconds` apart; from the host itself. */
const healthCheck = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tcp'), port: z.int().min(1).max(65_535), ...tries() }),
  z.object({ kind: z.literal('http'), url: z.url({ protocol: /^https?$/ }), status: z.int(), ...tries() }),
  /** A script of the operator's on the host: healthy where it ends without an error and its exit code is 0. */
  z.object({ kind: z.literal('script'), path: z.string().min(1), ...tries() }),
]);

function tries() {
  return { attempts: z.int().min(1).max(100), everySeconds: z.int().min(1).max(600) };
}

const restartedService = z.object({
  name: z.string(),
  /** `skipped`: it was not running before, or has been restarted already. */
  action: z.enum(['restarted', 'started', 'skipped']),
  state: serviceState,
  startedAt: time.nullable(),
  /** As the service manager has it: never changed here. */
  startName: z.string(),
  /** Running dependents that were stopped and started along with it, in the order of stopping. */
  dependents: z.array(z.string()),
});

const directoryTarget = { dmsa: dn, account: dn, server: z.string() };

export const operations = {
  'inspect-host': {
    on: 'host',
    changes: false,
    /** `eventsSince`: also read the Kerberos log from there on; null leaves the log alone. */
    parameters: z.object({ eventsSince: time.nullable() }),
    result: inventory,
  },
  'set-host': {
    on: 'host',
    changes: true,
    /**
     * The wanted state, for preparing and for restoring alike. `policy.value` null removes the value, and with
     * `keyExists` false the key too where nothing else is in it. `eventLogEnabled` null leaves the log alone.
     * Refused with POLICY_FROM_GROUP_POLICY where a group policy delivers another value than the wanted one. `changed`:
     * the value, its key where nothing but the key differed, and the log.
     */
    parameters: z.object({ policy, eventLogEnabled: z.boolean().nullable() }),
    result: z.object({
      policy,
      eventLogEnabled: z.boolean(),
      changed: z.array(z.enum(['policy', 'key', 'log'])),
    }),
  },
  'restart-services': {
    on: 'host',
    changes: true,
    /**
     * Restarts those of `services` that run, with their running dependents, and waits for each to be Running.
     * `startStopped` also starts those that do not run: for undoing, and for a retry after a restart that was cut off
     * between stop and start. `unlessStartedSince` is set on a retry: a service that has started since then is left
     * alone. `sentAt` is the sender's clock, by which the script corrects `unlessStartedSince` and `eventsSince` for
     * the clock of the host. `timeoutSeconds` is for each wait for a state. Refused with SERVICE_CLUSTERED, before
     * anything is touched, for a service that a cluster resource owns. `pools` are IIS application pools to recycle.
     */
    parameters: z.object({
      services: z.array(z.string().min(1)),
      pools: z.array(z.string().min(1)),
      checks: z.array(healthCheck),
      startStopped: z.boolean(),
      unlessStartedSince: time.nullable(),
      eventsSince: time.nullable(),
      sentAt: time,
      timeoutSeconds: z.int().positive(),
    }),
    result: z.object({
      services: z.array(restartedService),
      /** `skipped`: it was not started, or has been recycled already. */
      pools: z.array(z.object({ name: z.string(), action: z.enum(['recycled', 'skipped']) })),
      /** In the order asked for. A check that stays unhealthy is an answer, not an error: the rest is still told. */
      checks: z.array(z.object({ healthy: z.boolean(), attempts: z.int(), detail: z.string() })),
      events: z.array(kerberosEvent),
    }),
  },
  'restart-host': {
    on: 'host',
    changes: true,
    /**
     * Asks Windows to restart in some seconds, so that the answer still comes. `unlessBootedSince` is set on a retry: a
     * host that has booted since then, by the sender's clock `sentAt`, is left alone.
     */
    parameters: z.object({ reason: z.string().max(127), unlessBootedSince: time.nullable(), sentAt: time }),
    result: z.object({ restarting: z.boolean(), bootTime: time }),
  },
  'inspect-management': {
    on: 'management',
    changes: false,
    /** `server`: the DC that is asked whether it answers whoever the cmdlets run as. */
    parameters: z.object({ server: z.string() }),
    result: z.object({
      computerName: z.string(),
      build: z.int(),
      edition: z.string(),
      powerShell: z.string(),
      /** DOMAIN\name of the session. */
      identity: z.string(),
      /** Version of the module ActiveDirectory; null where it is not installed. */
      module: z.string().nullable(),
      /** Which of the four migration cmdlets there are. */
      cmdlets: z.array(z.string()),
      /** Reason why the DC did not answer; null where it did. */
      refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
      clock: time,
    }),
  },
  'new-dmsa': {
    on: 'management',
    changes: true,
    /** Created with AES256 only, in state 0. `description` marks whose it is. */
    parameters: z.object({
      name: z.string().min(1).max(15),
      dnsHostName: z.string(),
      container: dn,
      description: z.string(),
      server: z.string(),
    }),
    result: z.object({ distinguishedName: dn, objectGuid: z.guid() }),
  },
  'remove-dmsa': {
    on: 'management',
    changes: true,
    /** Removed only where its description is `description`, else refused with DMSA_NOT_OURS; absent is no error. */
    parameters: z.object({ dmsa: dn, description: z.string(), server: z.string() }),
    result: z.object({ removed: z.boolean() }),
  },
  'start-migration': {
    on: 'management',
    changes: true,
    parameters: z.object(directoryTarget),
    result: z.object({ server: z.string() }),
  },
  'complete-migration': {
    on: 'management',
    changes: true,
    parameters: z.object(directoryTarget),
    result: z.object({ server: z.string() }),
  },
  'undo-migration': {
    on: 'management',
    changes: true,
    parameters: z.object(directoryTarget),
    result: z.object({ server: z.string() }),
  },
  'set-principals': {
    on: 'management',
    changes: true,
    /** Replaces the list, as the cmdlet does: the caller has read and merged. SIDs, may be empty. */
    parameters: z.object({ dmsa: dn, principals: z.array(z.string()), server: z.string() }),
    result: z.object({ principals: z.array(z.string()) }),
  },
  'read-migration-events': {
    on: 'management',
    changes: false,
    /** Event 3085 of the DC's Directory Service log about this pair, or about all where both are null; oldest first. */
    parameters: z.object({ dmsa: dn.nullable(), account: dn.nullable(), server: z.string(), since: time }),
    result: z.object({
      /** DOMAIN\name that the operation ran as: what `requestedBy` is compared with. */
      identity: z.string(),
      /** The oldest event of any kind that the log still has; null for an empty log, and where a pair was named. */
      oldestAt: time.nullable(),
      events: z.array(
        z.object({
          at: time,
          operation: z.string(),
          requestedBy: z.string(),
          errorCode: z.string(),
          account: z.string(),
          dmsa: z.string(),
        }),
      ),
    }),
  },
} as const;

export type OperationName = keyof typeof operations;
export type Parameters<N extends OperationName> = z.input<(typeof operations)[N]['parameters']>;
export type Result<N extends OperationName> = z.output<(typeof operations)[N]['result']>;

export const operationNames = Object.keys(operations) as OperationName[];

/** An error as every script reports it, through one shared prelude. */
export const operationError = z.object({
  code: z.string(),
  /** PowerShell's ErrorCategory. */
  category: z.string(),
  message: z.string(),
  target: z.string().nullable(),
});

export type OperationError = z.output<typeof operationError>;
