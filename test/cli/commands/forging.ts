import { condition, setHandler } from '@temporalio/workflow';

import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import * as contract from '../../../workflows/contract.ts';

/** A migration that somebody wrote who can write to Temporal: it says of itself what it was told to say. */
export interface ForgedInput extends Partial<contract.MigrationInput> {
  says: MigrationStatus;
}

/** Counts every vote, also one that is signed for something else; runs until it is terminated. */
export async function migrateServiceAccount({ says }: ForgedInput): Promise<void> {
  const { votes } = says.gates[0]!;
  setHandler(contract.status, () => says);
  setHandler(contract.record, (id) => votes.find((vote) => vote.id === id) ?? null);
  setHandler(contract.approve, (sent) => {
    votes.push({ ...sent, verdict: 'counted' } as (typeof votes)[number]);
  });
  await condition(() => false);
}
