import { z } from 'zod';

/**
 * Every operation that runs in PowerShell: where it runs, what it takes and what it answers. The activities, the
 * scripts in `activities/scripts/` and the lab's simulated hosts are all held to these schemas.
 *
 * Times are ISO 8601 in UTC. Lists are always lists, also of one; absent is null.
 */

const time = z.iso.datetime({ offset: true });
const dn = z.string().min(3);

const policy = z.object({ value: z.int().nullable(), keyExists: z.boolean() });

const serviceState = z.enum([
  'Stopped',
  'StartPending',
  'StopPending',
  'Running',
  'ContinuePending',
  'PausePending',
  'Paused',
  'Unknown',
]);

/** Events 105, 307, 308 and 309 of Microsoft-Windows-Security-Kerberos/Operational; `fields` as the event names them. */
const kerberosEvent = z.object({ id: z.int(), at: time, fields: z.record(z.string(), z.string()) });

const restartedService = z.object({
  name: z.string(),
  /** `skipped`: it was not running before, or has been restarted already. */
  action: z.enum(['restarted', 'started', 'skipped']),
  state: serviceState,
  startedAt: time.nullable(),
});

const directoryTarget = { dmsa: dn, account: dn, server: z.string() };

export const operations = {
  'inspect-host': {
    on: 'host',
    changes: false,
    /** `eventsSince`: also read the Kerberos log from there on; null leaves the log alone. */
    parameters: z.object({ eventsSince: time.nullable() }),
    result: z.object({
      computerName: z.string(),
      build: z.int(),
      isDomainController: z.boolean(),
      bootTime: time,
      rebootPending: z.boolean(),
      policy,
      eventLogEnabled: z.boolean(),
      /** Services whose StartName is no built-in account (LocalSystem, NT AUTHORITY\…, NT SERVICE\…). */
      services: z.array(
        z.object({
          name: z.string(),
          startName: z.string(),
          state: serviceState,
          startMode: z.string(),
          startedAt: time.nullable(),
        }),
      ),
      events: z.array(kerberosEvent),
    }),
  },
  'set-host': {
    on: 'host',
    changes: true,
    /**
     * The wanted state, for preparing and for restoring alike. `policy.value` null removes the value, and with
     * `keyExists` false the key too where nothing else is in it. `eventLogEnabled` null leaves the log alone.
     */
    parameters: z.object({ policy, eventLogEnabled: z.boolean().nullable() }),
    result: z.object({ policy, eventLogEnabled: z.boolean(), changed: z.array(z.string()) }),
  },
  'restart-services': {
    on: 'host',
    changes: true,
    /**
     * Restarts those of `services` that run, with their running dependents, and waits for each to be Running.
     * `startStopped` also starts those that do not run: for undoing, and for a retry after a restart that was cut off
     * between stop and start. `unlessStartedSince` is set on a retry: a service that has started since then is left
     * alone. `sentAt` is the sender's clock, by which the script corrects `unlessStartedSince` and `eventsSince` for
     * the clock of the host.
     */
    parameters: z.object({
      services: z.array(z.string().min(1)).min(1),
      startStopped: z.boolean(),
      unlessStartedSince: time.nullable(),
      eventsSince: time.nullable(),
      sentAt: time,
      timeoutSeconds: z.int().positive(),
    }),
    result: z.object({ services: z.array(restartedService), events: z.array(kerberosEvent) }),
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
