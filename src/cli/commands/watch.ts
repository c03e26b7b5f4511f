import { setTimeout as sleep } from 'node:timers/promises';

import { createLogUpdate } from 'log-update';
import type { Migrations } from '../../client/migrations.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import { waitReasonOf } from '../../domain/migration/waiting.ts';
import { canonicalJson } from '../../domain/values/canonical.ts';
import { escapeJson, escapeTerminal } from '../../wording/escape/terminal.ts';
import { stageTitles } from '../../wording/stage.ts';
import { wordStatus } from '../../wording/status.ts';
import { moment } from '../../wording/time.ts';
import { wordWaiting } from '../../wording/waiting.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { interrupted } from '../failures.ts';
import { renderBoard, type Watched } from '../view/board.ts';

export function watchCommand(): CommandSpec {
  const command = newCommand('watch', 'Show all migrations that run on one screen, until Ctrl-C.', [
    'text',
    'jsonl',
  ]).option('-a, --all', 'also those that have ended');
  return { command, run: watch };
}

/** As often as a person looks up; a list of Temporal is some seconds behind anyway. */
const everyMs = 2_000;

async function watch(context: Context, { all }: { all?: boolean }): Promise<number> {
  const { io, format } = context;
  const isScreen = format === 'text' && io.out.isTTY === true;
  const screen = isScreen ? createLogUpdate(io.out as NodeJS.WriteStream) : null;
  const told = new Map<string, string>();
  await context.withMigrations(async (migrations) => {
    while (!io.signal.aborted) {
      const board = await boardOf(migrations, all ?? false).catch((error) => {
        if (error instanceof DmsaError && error.retryable) return null;
        throw error;
      });
      if (screen) {
        const view = {
          color: context.color,
          width: context.width,
          now: io.now(),
          height: (io.out.rows ?? 24) - 1,
        };
        screen(board ? renderBoard(board, view) : 'Temporal does not answer; trying again.');
      } else if (board) for (const line of news(board, told, format)) io.out.write(`${line}\n`);
      await sleep(everyMs, undefined, { signal: io.signal }).catch(() => undefined);
    }
  });
  screen?.done();
  return interrupted.exitCode;
}

/** One status after the other where there are many: a worker answers each by replaying its history. */
async function boardOf(migrations: Migrations, all: boolean): Promise<Watched[]> {
  const board: Watched[] = [];
  for (const listed of await migrations.list(all ? { all } : {})) {
    const status = await migrations.status(listed.migrationId).catch((error) => {
      if (error instanceof DmsaError) return null;
      throw error;
    });
    board.push({ listed, status });
  }
  return board;
}

/** A line for each migration whose stage, need or outcome is another than the last time. */
function news(board: Watched[], told: Map<string, string>, format: string): string[] {
  return board.flatMap(({ listed, status }) => {
    const { migrationId, account, stage, outcome } = status ?? listed;
    const waitingFor = status && wordStatus(status).waitingFor;
    const waiting = waitingFor && wordWaiting(waitingFor);
    const seen = canonicalJson([stage, outcome, waitReasonOf(status?.waitingFor)]);
    if (told.get(migrationId) === seen) return [];
    told.set(migrationId, seen);
    if (format === 'jsonl') return [escapeJson({ ...listed, stage, outcome, waitingFor })];
    const at = moment(new Date().toISOString()).slice(11, 19);
    const where = outcome === 'running' ? (stageTitles[stage as keyof typeof stageTitles] ?? stage) : outcome;
    return [escapeTerminal(`${at} ${account}: ${where}${waiting ? `, waiting for ${waiting}` : ''}`)];
  });
}
