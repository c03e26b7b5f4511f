import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findExecutable } from '../../lab/temporal/executable.ts';
import type { CountedVote } from '../../src/domain/gates/votes.ts';
import type { RecordedSignal, signalNames } from '../../src/domain/migration/signals.ts';

export type SentName = 'approve' | 'reject' | (typeof signalNames)[number];

/** What the query `outcomes` answers: of a vote, or of another signal. */
export type Recorded = Partial<Omit<CountedVote, 'verdict'>> &
  Partial<Omit<RecordedSignal, 'verdict'>> & { verdict: string; code?: string };

/** Temporal's own command line, as people use it by hand, for the server at that address. */
export async function temporalCli(address: string) {
  const temporal = await findExecutable({ env: process.env, onProgress: () => undefined });
  const run = async (command: string, id: string, ...more: string[]): Promise<string> => {
    const env = { ...process.env, TEMPORAL_ADDRESS: address, NO_COLOR: '1' };
    const args = ['workflow', command, '-w', id, ...more];
    return (await promisify(execFile)(temporal, args, { env, maxBuffer: 50_000_000 })).stdout;
  };
  return {
    /** `temporal workflow COMMAND -w ID …`, and what it writes to standard output. */
    run,
    /** `input` is JSON as it would be typed; without it, no payload is sent. */
    async signal(id: string, name: SentName, input?: string): Promise<void> {
      await run('signal', id, '--name', name, ...(input === undefined ? [] : ['--input', input]));
    },
    async outcomes(id: string, name: SentName): Promise<Recorded[]> {
      const query = ['--type', 'outcomes', '--input', JSON.stringify(name), '-o', 'json'];
      // It writes an empty list as null.
      return JSON.parse(await run('query', id, ...query)).queryResult[0] ?? [];
    },
  };
}
