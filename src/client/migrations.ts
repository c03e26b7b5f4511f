import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, WorkflowHandle } from '@temporalio/client';

import * as contract from '../../workflows/contract.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { DmsaError } from '../domain/errors.ts';
import type { RecordedVote, Vote } from '../domain/gates.ts';
import { migrationId, type Plan } from '../domain/plan.ts';
import type { HostDecision, MigrationResult, MigrationStatus } from '../domain/status.ts';
import { translated } from './failures.ts';
import { findMigration, type ListedMigration, listMigrations } from './find.ts';
import { hostProgress, type LiveStatus, withProgress } from './live.ts';

export type { ListedMigration, LiveStatus };

export interface MigrationsOptions {
  /** The worker's. */
  taskQueue: string;
  /** For one answer of Temporal or a worker; 15 s where absent. */
  answerWithinMs?: number;
}

export interface WatchOptions {
  /** How often to look; 250 ms where absent. */
  everyMs?: number;
  /** Ends the watching, without an error. */
  signal?: AbortSignal;
  /** Told when Temporal or the worker does not answer; the watching goes on. */
  onTrouble?: (error: DmsaError) => void;
}

/**
 * What people can do with migrations, over Temporal. Where an `id` is taken, the account's name will do.
 * Everything throws DmsaError: TEMPORAL_UNAVAILABLE, NO_WORKER, MIGRATION_NOT_FOUND, MIGRATION_ENDED.
 */
export class Migrations {
  readonly #client: Client;
  readonly #taskQueue: string;
  readonly #answerWithinMs: number;

  constructor(client: Client, options: MigrationsOptions) {
    this.#client = client;
    this.#taskQueue = options.taskQueue;
    this.#answerWithinMs = options.answerWithinMs ?? 15_000;
  }

  /** Starts exactly this plan and returns the migration's id. Throws MIGRATION_RUNNING. */
  async start(plan: Plan): Promise<string> {
    const workflowId = migrationId(plan);
    const input: contract.MigrationInput = { plan };
    await this.#ask(workflowId, () =>
      this.#client.workflow.start(contract.workflowType, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `${plan.account.samAccountName} → ${plan.dmsa.name}$ on ${plan.hosts.length} hosts`,
        staticDetails: details(plan),
        typedSearchAttributes: [
          { key: searchAttributes.account, value: plan.account.samAccountName },
          { key: searchAttributes.stage, value: 'plan' },
          { key: searchAttributes.gate, value: 'none' },
          { key: searchAttributes.outcome, value: 'running' },
        ],
      }),
    );
    return workflowId;
  }

  /** Sends the vote and returns it as the migration recorded it: counted (`refused` null) or refused. */
  async vote(id: string, vote: Vote): Promise<RecordedVote> {
    const handle = await this.#handle(id);
    const { decision, ...payload } = vote;
    const earlier = new Set(recordedVotes(await this.#status(handle)).map(({ place }) => place));
    const signal = decision === 'approve' ? contract.approve : contract.reject;
    await this.#ask(id, () => handle.signal(signal, payload));

    const recorded = await this.#recorded(id, 'the vote', async () =>
      recordedVotes(await this.#status(handle)).find(
        (each) => !earlier.has(each.place) && isSame(each.vote, vote),
      ),
    );
    return recorded.vote;
  }

  async pause(id: string, who: contract.By): Promise<void> {
    await this.#signal(id, (handle) => handle.signal(contract.pause, who));
  }

  async resume(id: string, who: contract.By): Promise<void> {
    await this.#signal(id, (handle) => handle.signal(contract.resume, who));
  }

  async undo(id: string, who: contract.By): Promise<void> {
    await this.#signal(id, (handle) => handle.signal(contract.undo, who));
  }

  async retry(id: string, who: contract.By & { accept?: boolean }): Promise<void> {
    await this.#signal(id, (handle) => handle.signal(contract.retry, who));
  }

  /** Tries a failed host again, and returns what the migration made of it. */
  async retryHost(id: string, who: contract.By & { host: string }): Promise<HostDecision> {
    return await this.#decideOnHost(id, 'retry', who, (handle) => handle.signal(contract.retry, who));
  }

  /** Leaves a host out from now on, and returns what the migration made of it. */
  async skipHost(id: string, who: contract.By & { host: string }): Promise<HostDecision> {
    return await this.#decideOnHost(id, 'skip', who, (handle) => handle.signal(contract.skipHost, who));
  }

  async allowPrincipal(id: string, who: contract.By & { sid: string }): Promise<void> {
    await this.#signal(id, (handle) => handle.signal(contract.allowPrincipal, who));
  }

  /** The status as it is now, with what the hosts of a wave have done so far. */
  async status(id: string): Promise<LiveStatus> {
    return await this.#live(await this.#handle(id));
  }

  /** Running migrations, and with `all` those that have ended, newest first. */
  async list(options: { all?: boolean } = {}): Promise<ListedMigration[]> {
    return await this.#ask('list', () => listMigrations(this.#client, options.all ?? false));
  }

  /** Each change of the status, the first at once, up to the outcome; a parked migration (needs-operator) goes on. */
  async *watch(id: string, options: WatchOptions = {}): AsyncGenerator<LiveStatus, void> {
    const { everyMs = 250, signal, onTrouble } = options;
    const handle = await this.#handle(id);
    let seen = '';
    while (!signal?.aborted) {
      const status = await this.#live(handle).catch((error) => {
        if (!(error instanceof DmsaError && (error.retryable || error.code === 'TEMPORAL_UNAVAILABLE')))
          throw error;
        onTrouble?.(error);
        return null;
      });
      const now = status && JSON.stringify(status);
      if (status && now !== seen) yield status;
      seen = now ?? seen;
      if (status?.ended) return;
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** How the migration ended; waits for it. */
  async result(id: string): Promise<MigrationResult> {
    const handle = await this.#handle(id);
    return await translated(id, 'temporal', () => handle.result());
  }

  async #live(handle: WorkflowHandle): Promise<LiveStatus> {
    const described = await this.#ask(handle.workflowId, () => handle.describe());
    const status = await this.#status(handle);
    const { payloadConverter, payloadCodecs } = this.#client.options.loadedDataConverter;
    const progress = await hostProgress(
      described.raw.pendingActivities ?? [],
      payloadConverter,
      payloadCodecs,
    );
    return withProgress(status, progress, described.status.name);
  }

  #status(handle: WorkflowHandle): Promise<MigrationStatus> {
    return this.#ask(handle.workflowId, () => handle.query(contract.status), 'worker');
  }

  async #decideOnHost(
    id: string,
    action: HostDecision['action'],
    who: contract.By,
    send: (handle: WorkflowHandle) => Promise<void>,
  ): Promise<HostDecision> {
    const handle = await this.#handle(id);
    const decisions = async () => (await this.#status(handle)).hostDecisions ?? [];
    const isMine = (each: HostDecision) =>
      each.action === action && each.by === who.by && each.reason === who.reason;
    const earlier = new Set((await decisions()).filter(isMine).map(({ at }) => at));
    await this.#ask(id, () => send(handle));
    return await this.#recorded(id, 'the signal', async () =>
      (await decisions()).find((each) => isMine(each) && !earlier.has(each.at)),
    );
  }

  /** Asks until the migration has recorded what was sent to it. Throws NO_WORKER. */
  async #recorded<T>(id: string, what: string, find: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + this.#answerWithinMs;
    for (;;) {
      const recorded = await find();
      if (recorded) return recorded;
      if (performance.now() > deadline)
        throw new DmsaError('NO_WORKER', id, `${what} was sent, and no worker has recorded it yet`);
      await sleep(50);
    }
  }

  async #signal(id: string, send: (handle: WorkflowHandle) => Promise<void>): Promise<void> {
    const handle = await this.#handle(id);
    await this.#ask(handle.workflowId, () => send(handle));
  }

  async #handle(id: string): Promise<WorkflowHandle<() => Promise<MigrationResult>>> {
    const workflowId = await this.#ask(id, () => findMigration(this.#client, id));
    return this.#client.workflow.getHandle(workflowId);
  }

  #ask<T>(
    subject: string,
    work: () => Promise<T>,
    answeredBy: 'worker' | 'temporal' = 'temporal',
  ): Promise<T> {
    return translated(subject, answeredBy, () =>
      this.#client.withDeadline(Date.now() + this.#answerWithinMs, work),
    );
  }
}

/** What Temporal's UI shows of the plan, in Markdown. */
function details(plan: Plan): string {
  return [
    `Requested by \`${plan.requestedBy}\`, plan \`${plan.hash.slice(0, 16)}\``,
    `- account \`${plan.account.dn}\``,
    `- dMSA \`${plan.dmsa.dn}\``,
    ...plan.hosts.slice(0, 20).map(({ name }) => `- host \`${name}\``),
    ...(plan.hosts.length > 20 ? [`- and ${plan.hosts.length - 20} more hosts`] : []),
  ].join('\n');
}

/** Every vote with its place, so that one that comes anew is told from one like it that came before. */
function recordedVotes({ gates, earlyVotes }: MigrationStatus): { place: string; vote: RecordedVote }[] {
  return [
    ...earlyVotes.map((vote, index) => ({ place: `early ${index}`, vote })),
    ...gates.flatMap((gate, at) => gate.votes.map((vote, index) => ({ place: `${at} ${index}`, vote }))),
  ];
}

function isSame(recorded: RecordedVote, sent: Vote): boolean {
  return (['gate', 'hash', 'by', 'decision', 'reason'] as const).every(
    (field) => recorded[field] === sent[field],
  );
}
