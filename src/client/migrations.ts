import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, WorkflowHandle } from '@temporalio/client';

import * as contract from '../../workflows/contract.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { Facts } from '../domain/facts/facts.ts';
import type { RecordedVote, Vote } from '../domain/gates/votes.ts';
import type { RecordedSignal, Sender, SignalName } from '../domain/migration/signals.ts';
import type { MigrationResult } from '../domain/migration/status.ts';
import { migrationId, type Plan } from '../domain/plan/plan.ts';
import type { Duration } from '../domain/values/duration.ts';
import { planDetails, planSummary } from './details.ts';
import { translated } from './failures.ts';
import { findMigration, type ListedMigration, type ListFilter, listMigrations } from './find.ts';
import { hostProgress, type LiveStatus, withProgress } from './live.ts';
import { startedPlan } from './started-plan.ts';

export type { ListedMigration, LiveStatus };

/** A signal to send: its sender and its subject. */
export interface SignalRequest extends Sender {
  accept?: boolean;
  host?: string;
  sid?: string;
  for?: Duration;
}

export interface MigrationsOptions {
  /** Task queue of the worker. */
  taskQueue: string;
  /** Time limit for one answer of Temporal or a worker; 15 s if absent. */
  answerWithinMs?: number;
}

export interface WatchOptions {
  /** Pause between two looks; 250 ms if absent. */
  everyMs?: number;
  /** Ends the watching, without an error. */
  signal?: AbortSignal;
  /** Called when Temporal or the worker does not answer; the watching goes on. */
  onTrouble?: (error: DmsaError) => void;
}

/**
 * Everything that people can do with migrations, over Temporal. An `id` may be the name of the account.
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

  /**
   * Starts exactly this plan and returns the migration's id. `seen`: what was there when it was made; where that is no
   * longer so, the migration refuses itself before it changes anything. Throws MIGRATION_RUNNING.
   */
  async start(plan: Plan, seen: Facts | null = null): Promise<string> {
    return await this.#startWith({ plan, ...(seen && { seen }) });
  }

  async #startWith(input: contract.MigrationInput): Promise<string> {
    const { plan } = input;
    const workflowId = migrationId(plan);
    await this.#ask(workflowId, () =>
      this.#client.workflow.start(contract.workflowType, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: planSummary(plan),
        staticDetails: planDetails(plan),
        typedSearchAttributes: [
          { key: searchAttributes.account, value: plan.account.samAccountName },
          { key: searchAttributes.accountKey, value: plan.account.samAccountName.toLowerCase() },
          { key: searchAttributes.stage, value: 'plan' },
          { key: searchAttributes.gate, value: 'none' },
          { key: searchAttributes.needs, value: 'none' },
          { key: searchAttributes.outcome, value: 'running' },
        ],
      }),
    );
    return workflowId;
  }

  /**
   * Sends the vote and returns it as the migration recorded it: counted or refused. `jws`: the same vote, signed; it is
   * all that is sent then.
   */
  async vote(id: string, { decision, ...vote }: Vote, jws?: string): Promise<RecordedVote> {
    return await this.#deliver(id, 'the vote', decision, jws === undefined ? vote : { jws });
  }

  /** Sends one signal and returns it as the migration recorded it: accepted or refused. */
  async send(id: string, signal: SignalName, request: SignalRequest): Promise<RecordedSignal> {
    return await this.#deliver(id, 'the signal', signal, request);
  }

  /** Returns the status as it is now, with the progress of the hosts of a wave. */
  async status(id: string): Promise<LiveStatus> {
    return await this.#live(await this.#handle(id));
  }

  /** Plan with which the latest run was started; null if Temporal has lost it. */
  async plan(id: string): Promise<Plan | null> {
    const { workflowId } = await this.#handle(id);
    return await this.#ask(workflowId, () => startedPlan(this.#client, workflowId));
  }

  /**
   * Goes on with a migration whose workflow was ended by hand (terminated, failed, timed out), from its own journal and
   * evidence; it keeps its votes. Throws MIGRATION_RUNNING, and MIGRATION_ENDED for one that ended by itself.
   */
  async adopt(id: string, who: contract.Adoption): Promise<string> {
    const handle = await this.#handle(id);
    const { workflowId } = handle;
    const { status } = await this.#ask(workflowId, () => handle.describe());
    if (status.name === 'RUNNING' || status.name === 'PAUSED')
      throw new DmsaError(
        'MIGRATION_RUNNING',
        workflowId,
        `${workflowId} is running: there is nothing to adopt`,
      );
    if (status.name === 'COMPLETED')
      throw new DmsaError('MIGRATION_ENDED', workflowId, `${workflowId} has ended by itself`);
    const plan = await this.plan(workflowId);
    if (!plan) throw new DmsaError('HISTORY_MISSING', workflowId, `Temporal has no plan of ${workflowId}`);
    const carried = await this.#ask(workflowId, () => handle.query(contract.carried), 'worker');
    await this.#startWith({ plan, carried, adopted: who });
    return workflowId;
  }

  /** Lists migrations by a filter, newest first. */
  async list(filter: ListFilter = {}): Promise<ListedMigration[]> {
    return await this.#ask('list', () => listMigrations(this.#client, filter));
  }

  /** Yields each change of the status, the first at once, until it ends; a parked migration (needs-operator) goes on. */
  async *watch(id: string, options: WatchOptions = {}): AsyncGenerator<LiveStatus, void> {
    const { everyMs = 250, signal, onTrouble } = options;
    const handle = await this.#handle(id);
    let seen = '';
    while (!signal?.aborted) {
      const status = await this.#live(handle).catch((error) => {
        if (!(error instanceof DmsaError && error.retryable)) throw error;
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

  /** Waits for the end of the migration and returns its outcome. */
  async result(id: string): Promise<MigrationResult> {
    const handle = await this.#handle(id);
    return await translated(id, 'temporal', () => handle.result());
  }

  async #live(handle: WorkflowHandle): Promise<LiveStatus> {
    const described = await this.#ask(handle.workflowId, () => handle.describe());
    const status = await this.#ask(handle.workflowId, () => handle.query(contract.status), 'worker');
    const progress = await hostProgress(this.#client, described.raw.pendingActivities ?? []);
    // A forged workflow may give another id than its own.
    return withProgress({ ...status, migrationId: handle.workflowId }, progress, described.status.name);
  }

  /** Sends a signal, and asks ever more seldom until the migration has recorded it. Throws NO_WORKER. */
  async #deliver<T extends RecordedVote | RecordedSignal>(
    id: string,
    what: string,
    signal: SignalName | Vote['decision'],
    payload: object,
  ): Promise<T> {
    const handle = await this.#handle(id);
    const { workflowId } = handle;
    const sent = { ...payload, id: randomUUID() };
    await this.#ask(workflowId, () => handle.signal(signal, sent));
    const deadline = performance.now() + this.#answerWithinMs;
    for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, 1_000)) {
      const record = await this.#ask(workflowId, () => handle.query(contract.record, sent.id), 'worker');
      if (record) return record as T;
      if (performance.now() > deadline) {
        const message = `${what} was sent, and no worker has recorded it yet`;
        throw new DmsaError('NO_WORKER', workflowId, message);
      }
      await sleep(pauseMs);
    }
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
