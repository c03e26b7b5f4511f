import { type Command, Option } from 'commander';

import type { ReadingSettings } from '../../config/settings.ts';
import { writtenSid } from '../../directory/names/principal-name.ts';
import type { ResolvedPrincipal } from '../../directory/names/resolve-principal.ts';
import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import type { RecordedSignal } from '../../domain/migration/signals.ts';
import { sid as sidField } from '../../plan/values.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordFailure } from '../../wording/failure.ts';
import { wordUndo } from '../../wording/journal.ts';
import type { CommandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { migrationWord } from '../shell.ts';
import { resumeCommand } from './resume.ts';
import {
  confirm,
  type SignalAnswer,
  type SignalCall,
  type SignalOptions,
  send,
  sent,
  signalCommand,
} from './signal-command.ts';

/** Commands that send a signal other than a vote, and wait for its verdict. */
export function actCommands(): CommandSpec[] {
  const taking = (name: string, what: string) => ({
    configure: (command: Command) => command.argument(name, what),
  });
  const accept = new Option('--accept', 'end the migration with the differences that its status names');
  const retrying = (command: Command) =>
    command.addOption(accept.conflicts('host')).option('--host <host>', 'the failed host to try again');
  return [
    signalCommand('pause', 'Hold the next step back; the one that runs is finished.', pause),
    resumeCommand(),
    signalCommand('undo', 'Turn back: put directory and hosts back as they were before.', undo),
    signalCommand('retry', 'Try again what a migration could not undo, or one host that failed.', retry, {
      configure: retrying,
    }),
    signalCommand(
      'skip',
      'Go on without a host, before its turn or after it failed; there is no way back.',
      skip,
      taking('<host>', 'a host of the plan, by its DNS name or the first part of it'),
    ),
    signalCommand(
      'extend',
      'Make the observation that is under way longer.',
      extend,
      taking('<duration>', 'how much is added, for example 7d'),
    ),
    signalCommand(
      'allow',
      'Allow a principal that is no known host of the account (finding PRINCIPAL_UNKNOWN).',
      allow,
      taking(
        '<principal>',
        'its SID, or a DN, GUID, UPN, DOMAIN\\name or name, which needs [directory] settings',
      ),
    ),
  ];
}

async function pause(call: SignalCall): Promise<SignalAnswer> {
  await send(call, 'pause');
  return sent(call, `Pausing ${call.status.migrationId} before its next step`);
}

async function undo(call: SignalCall): Promise<SignalAnswer> {
  const { context, status } = call;
  const { migrationId, account } = status;
  const steps = wordUndo(escapeTerminal(status));
  const list = steps.map((step, index) => `  ${index + 1}  ${step}`).join('\n');
  context.tell(steps.length > 0 ? `This will\n${list}` : 'Nothing has been changed yet.');
  await confirm(context, `Undo ${migrationId}?`);
  await send(call, 'undo');
  return sent(call, `Undoing ${migrationId}: dmsa status --watch ${migrationWord(migrationId, account)}`);
}

interface RetryOptions extends SignalOptions {
  accept?: boolean;
  host?: string;
}

async function retry(call: SignalCall<RetryOptions>): Promise<SignalAnswer> {
  const { context, status, options } = call;
  const { host, accept = false } = options;
  const { migrationId, failure } = status;
  if (host !== undefined) return sentForHost(call, 'Trying', await send(call, 'retry', { host }));
  if (accept) {
    context.tell(failure ? escapeTerminal(wordFailure(failure)) : '');
    await confirm(context, 'End the migration and accept that this is not as it was before?');
  }
  await send(call, 'retry', { accept });
  return sent(
    call,
    accept ? `Ending ${migrationId} with the differences accepted` : `Trying again: ${migrationId}`,
  );
}

async function skip(call: SignalCall): Promise<SignalAnswer> {
  const { context, status, args } = call;
  const host = args[0]!;
  context.tell(
    `The services of ${host} are not restarted any more: after Complete they cannot log on again.`,
  );
  await confirm(context, `Go on without ${host}, in ${status.migrationId}?`);
  return sentForHost(call, 'Skipping', await send(call, 'skipHost', { host }));
}

function sentForHost(call: SignalCall, doing: string, { about }: RecordedSignal): SignalAnswer {
  return sent(call, `${doing} ${about} in ${call.status.migrationId}`, { host: about });
}

async function extend(call: SignalCall): Promise<SignalAnswer> {
  const { about } = await send(call, 'extendObservation', { for: call.args[0]! });
  return sent(call, `Observing ${call.status.migrationId} for ${about} more`, { for: about });
}

async function allow(call: SignalCall): Promise<SignalAnswer> {
  const { context, status, args } = call;
  const principal = await lookedUp(context, args[0]!);
  const { sid, found } = principal;
  context.tell(
    found
      ? `${sid} is the ${found.kind} ${escapeTerminal(found.dn)}`
      : `${sid}: ${escapeTerminal(principal.why)}`,
  );
  await confirm(context, `Allow it to fetch the password of the dMSA, in ${status.migrationId}?`);
  await send(call, 'allowPrincipal', { sid });
  const named = found ? `${found.name} (${sid})` : sid;
  return sent(call, `Allowed ${named} in ${status.migrationId}`, { principal });
}

/** Looks a principal up. A SID works without a directory: then the answer says why it was not looked up. */
async function lookedUp(context: Context, written: string): Promise<ResolvedPrincipal> {
  const sid = writtenSid(written, '<principal>');
  const usable = sid === null ? null : sidField.safeParse(sid);
  if (usable?.error) {
    throw errorAbout('<principal>', 'ARGUMENT_INVALID', usable.error.issues[0]!.message);
  }
  try {
    return await context.assembly.principal(written, await directorySettings(context, written));
  } catch (error) {
    if (sid === null || !(error instanceof DmsaError)) throw error;
    return { sid, found: null, why: `not looked up: ${error.message}` };
  }
}

async function directorySettings(context: Context, written: string): Promise<ReadingSettings> {
  try {
    return await context.directorySettings();
  } catch (error) {
    if (!(error instanceof DmsaError)) throw error;
    const message = `<principal>: ${written} is looked up in the directory, whose settings are missing or wrong: ${error.message}`;
    throw new DmsaError(error.code, 'principal', message, { cause: error });
  }
}
