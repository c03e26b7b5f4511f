import type { LiveStatus, Migrations } from '../../client/migrations.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { exitCodes } from '../../domain/states.ts';
import { escapeJson } from '../../wording/escape/terminal.ts';
import { wordError } from '../../wording/failure.ts';
import { wordStatus } from '../../wording/status.ts';
import type { Context } from '../context.ts';
import { interrupted } from '../failures.ts';
import { createPresenter } from './presenter.ts';

/**
 * Shows a migration until it ends or only a person can go on, and returns the exit code of how it stands then.
 * As text it is live on a terminal and plain lines elsewhere; as jsonl each change is an object; as json the last is.
 */
export async function follow(context: Context, migrations: Migrations, id: string): Promise<number> {
  const { io, format } = context;
  const presenter = format === 'text' ? createPresenter(io, context) : null;
  let last: LiveStatus | null = null;
  let trouble = '';
  try {
    const onTrouble = (error: { code: string; message: string; fix: string }) => {
      if (trouble !== error.code) presenter?.note(wordError(error));
      trouble = error.code;
    };
    for await (const status of migrations.watch(id, { signal: io.signal, onTrouble })) {
      trouble = '';
      last = status;
      presenter?.show(status);
      if (format === 'jsonl') io.out.write(`${escapeJson(wordStatus(status))}\n`);
      if (status.outcome !== 'running') break;
    }
  } finally {
    presenter?.end();
  }
  if (format === 'json' && last) io.out.write(`${escapeJson(wordStatus(last))}\n`);
  return io.signal.aborted ? interrupted.exitCode : exitCodeOf(last);
}

/** 0 while it runs: asking for a status has not failed because there is no outcome yet. */
export function exitCodeOf(status: Pick<MigrationStatus, 'outcome'> | null): number {
  return status === null || status.outcome === 'running' ? 0 : exitCodes[status.outcome];
}
