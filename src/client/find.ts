import type { Client, WorkflowExecutionInfo } from '@temporalio/client';

import { workflowType } from '../../workflows/contract.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { Needs } from '../domain/migration/needs.ts';
import { didYouMean } from '../domain/values/nearest.ts';

/** A migration as lists show it, by its search attributes. Times are ISO 8601, UTC. */
export interface ListedMigration {
  migrationId: string;
  account: string;
  stage: string;
  gate: string;
  needs: Needs;
  outcome: string;
  startedAt: string;
  endedAt: string | null;
}

export interface ListFilter {
  /** Includes those that have ended. */
  all?: boolean;
  /**
   * Only those that need a person in one of these ways. None that have ended, whatever `all` says; but `operator` includes
   * those whose workflow was ended by hand, which can be adopted.
   */
  needs?: Needs[];
}

/** Lists migrations, newest first, with every run of those that ran several times. */
export async function listMigrations(
  client: Client,
  { all = false, needs }: ListFilter,
): Promise<ListedMigration[]> {
  // A workflow that was ended by hand still says what it waited for.
  const running = all && !needs ? '' : ` AND ExecutionStatus = 'Running'`;
  const needing = needs
    ? ` AND ${searchAttributes.needs.name} IN (${needs.map((each) => `'${each}'`).join(', ')})`
    : '';
  const migrations: ListedMigration[] = [];
  for await (const workflow of client.workflow.list({
    query: `WorkflowType = '${workflowType}'${running}${needing}`,
  }))
    if (workflow.status.name !== 'CONTINUED_AS_NEW') migrations.push(listed(workflow));
  if (needs?.includes('operator')) migrations.push(...(await abandoned(client)));
  return migrations.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** Lists those that were terminated, failed or timed out, without a later run: `dmsa resume --adopt` goes on with them. */
async function abandoned(client: Client): Promise<ListedMigration[]> {
  const found: ListedMigration[] = [];
  const query = `WorkflowType = '${workflowType}' AND ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut')`;
  for await (const workflow of client.workflow.list({ query })) {
    const latest = await client.workflow.getHandle(workflow.workflowId).describe();
    if (latest.runId === workflow.runId) found.push({ ...listed(workflow), needs: 'operator' });
  }
  return found;
}

/**
 * Finds the workflow id that is meant: an id itself, `svc@contoso.com`, or the name of the account as `svc` or
 * `CONTOSO\svc`. Throws MIGRATION_NOT_FOUND, and MIGRATION_AMBIGUOUS for a name of accounts in several domains.
 */
export async function findMigration(client: Client, written: string): Promise<string> {
  const text = written.trim().toLowerCase();
  if (text.startsWith('dmsa/')) return text;
  const [name, domain] = text.split('@');
  if (domain) return `dmsa/${domain}/${name}`;
  const account = text.slice(text.lastIndexOf('\\') + 1);
  const ids = await idsOf(client, account);
  if (ids.length === 1) return ids[0]!;
  const message =
    ids.length === 0
      ? `there is no migration of ${written}`
      : `${written} is the name of several accounts: write one of ${ids.join(', ')}`;
  const hint = ids.length === 0 ? await meant(client, account) : undefined;
  throw new DmsaError(ids.length === 0 ? 'MIGRATION_NOT_FOUND' : 'MIGRATION_AMBIGUOUS', written, message, {
    hint,
  });
}

/** Hint with the nearest name among the accounts of running migrations. */
async function meant(client: Client, account: string): Promise<string | undefined> {
  const running = await listMigrations(client, {});
  return didYouMean(
    account,
    running.map((each) => each.account),
  );
}

/** Ids of all migrations of that account, whatever its domain: what this costs does not grow with those of others. */
async function idsOf(client: Client, account: string): Promise<string[]> {
  const key = `${searchAttributes.accountKey.name} = '${account.replaceAll("'", "''")}'`;
  const query = `WorkflowType = '${workflowType}' AND ${key} AND ExecutionStatus != 'ContinuedAsNew'`;
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query })) ids.add(workflowId);
  return [...ids].sort();
}

function listed(workflow: WorkflowExecutionInfo): ListedMigration {
  const { workflowId, typedSearchAttributes: attributes, status, startTime, closeTime } = workflow;
  const outcome = attributes.get(searchAttributes.outcome) ?? 'running';
  const endedByHand = status.name !== 'RUNNING' && outcome === 'running';
  const ended = closeTime !== undefined;
  return {
    migrationId: workflowId,
    account: attributes.get(searchAttributes.account) ?? workflowId.split('/').at(-1)!,
    stage: attributes.get(searchAttributes.stage) ?? 'plan',
    gate: (!ended && attributes.get(searchAttributes.gate)) || 'none',
    needs: ((!ended && attributes.get(searchAttributes.needs)) || 'none') as Needs,
    outcome: endedByHand ? status.name.toLowerCase() : outcome,
    startedAt: startTime.toISOString(),
    endedAt: closeTime?.toISOString() ?? null,
  };
}
