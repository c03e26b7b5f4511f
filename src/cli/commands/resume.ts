import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import { durationPattern } from '../../domain/values/duration.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordUndo } from '../../wording/journal.ts';
import type { CommandSpec } from '../command.ts';
import { migrationWord } from '../shell.ts';
import {
  confirm,
  declaredSender,
  requireRunning,
  type SignalAnswer,
  type SignalCall,
  type SignalOptions,
  send,
  sent,
  signalCommand,
} from './signal-command.ts';

interface ResumeOptions extends SignalOptions {
  adopt?: boolean;
  wait: string;
}

export function resumeCommand(): CommandSpec {
  const description = 'Go on after a pause; or with a migration whose workflow was ended by hand.';
  const act = (call: SignalCall<ResumeOptions>) => (call.options.adopt ? adopt(call) : resume(call));
  return signalCommand('resume', description, act, {
    evenEnded: true,
    configure: (command) =>
      command
        .option('--adopt', 'go on with a migration that was terminated, from its own journal and evidence')
        .option('--wait <duration>', 'with --adopt: how long what it had under way gets to end', '5m'),
  });
}

async function resume(call: SignalCall): Promise<SignalAnswer> {
  requireRunning(call.status);
  await send(call, 'resume');
  return sent(call, `Resumed ${call.status.migrationId}`);
}

async function adopt(call: SignalCall<ResumeOptions>): Promise<SignalAnswer> {
  const { context, options, migrations, status } = call;
  const { migrationId, stage, account } = status;
  const adoption = { ...declaredSender(context, options), wait: waitOf(options) };
  if (!status.ended) {
    const message = `${migrationId} is running: there is nothing to adopt`;
    throw new DmsaError('MIGRATION_RUNNING', migrationId, message);
  }
  const steps = wordUndo(status);
  const ended = `It ended at stage ${stage}, with ${steps.length} steps that an undo would undo.`;
  context.tell(escapeTerminal(ended));
  await confirm(context, `Go on with ${migrationId}?`);
  await migrations.adopt(migrationId, adoption);
  const text = `Going on with ${migrationId}: dmsa status --watch ${migrationWord(migrationId, account)}`;
  return sent(call, text, { adopted: true });
}

function waitOf({ wait }: ResumeOptions): string {
  if (durationPattern.test(wait)) return wait;
  const why = `"${wait}" is not a duration: write 10s, 10m, 10h or 14d`;
  throw errorAbout('--wait', 'ARGUMENT_INVALID', why);
}
