import { Option } from 'commander';
import type { ReadingSettings } from '../../config/settings.ts';
import { writtenSid } from '../../directory/names/principal-name.ts';
import type { ResolvedPrincipal } from '../../directory/names/resolve-principal.ts';
import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import type { RecordedSignal } from '../../domain/migration/status.ts';
import { sid as sidField } from '../../plan/values.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordUndo } from '../../wording/journal.ts';
import type { CommandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { shellWord } from '../shell.ts';
import { act, confirm, type Sent, type Told } from './acting.ts';
import { resumeCommand } from './resume.ts';

/** What people send to a migration that runs; each is a signal, and its verdict is waited for. */
export function actCommands(): CommandSpec[] {
  return [
    act('pause', 'Hold the next step back; the one that runs is finished.', async ({ id, send }) => {
      await send('pause');
      return `Pausing ${id} before its next step`;
    }),
    resumeCommand(),
    undoCommand(),
    retryCommand(),
    skipCommand(),
    extendCommand(),
    allowCommand(),
  ];
}

function undoCommand(): CommandSpec {
  const description = 'Turn back: put directory and hosts back as they were before.';
  return act('undo', description, async ({ id, send, context, status }) => {
    const steps = wordUndo(escapeTerminal(status));
    const list = steps.map((step, index) => `  ${index + 1}  ${step}`).join('\n');
    context.tell(steps.length > 0 ? `This will\n${list}` : 'Nothing has been changed yet.');
    await confirm(context, `Undo ${id}?`);
    await send('undo');
    return `Undoing ${id}: dmsa status --watch ${shellWord(status.account)}`;
  });
}

function retryCommand(): CommandSpec {
  const description = 'Try again what a migration could not undo, or one host that failed.';
  const spec = act('retry', description, async ({ id, send, context, options, status }) => {
    const { host } = options;
    if (host !== undefined) return ofHost('Trying', await send('retry', { host }), id);
    const accept = options.accept ?? false;
    if (accept) {
      context.tell(status.failure ? `${status.failure.code}: ${escapeTerminal(status.failure.message)}` : '');
      await confirm(context, 'End the migration and accept that this is not as it was before?');
    }
    await send('retry', { accept });
    return accept ? `Ending ${id} with the differences accepted` : `Trying again: ${id}`;
  });
  spec.command
    .addOption(
      new Option('--accept', 'end the migration with the differences that its status names').conflicts(
        'host',
      ),
    )
    .option('--host <host>', 'the failed host to try again');
  return spec;
}

function skipCommand(): CommandSpec {
  const description = 'Go on without a host, before its turn or after it failed; there is no way back.';
  return act('skip', description, skip, (command) =>
    command.argument('<host>', 'a host of the plan, by its DNS name or the first part of it'),
  );

  async function skip({ id, send, args, context }: Sent): Promise<Told> {
    const [host] = args;
    context.tell(
      `The services of ${host} are not restarted any more: after Complete they cannot log on again.`,
    );
    await confirm(context, `Go on without ${host}, in ${id}?`);
    return ofHost('Skipping', await send('skipHost', { host: host! }), id);
  }
}

function ofHost(doing: string, { about }: RecordedSignal, id: string): Told {
  return { text: `${doing} ${about} in ${id}`, value: { host: about } };
}

function extendCommand(): CommandSpec {
  const description = 'Make the observation that is under way longer.';
  return act('extend', description, extend, (command) =>
    command.argument('<duration>', 'how much is added, for example 7d'),
  );

  async function extend({ id, send, args }: Sent): Promise<Told> {
    const { about } = await send('extendObservation', { for: args[0]! });
    return { text: `Observing ${id} for ${about} more`, value: { for: about } };
  }
}

function allowCommand(): CommandSpec {
  const description = 'Allow a principal that is no known host of the account (finding PRINCIPAL_UNKNOWN).';
  return act('allow', description, allow, (command) =>
    command.argument(
      '<principal>',
      'its SID, or a DN, GUID, UPN, DOMAIN\\name or name, which needs [directory] settings',
    ),
  );

  async function allow({ id, send, args, context }: Sent): Promise<Told> {
    const principal = await lookedUp(context, args[0]!);
    const { sid, found } = principal;
    context.tell(
      found
        ? `${sid} is the ${found.kind} ${escapeTerminal(found.dn)}`
        : `${sid}: ${escapeTerminal(principal.why)}`,
    );
    await confirm(context, `Allow it to fetch the password of the dMSA, in ${id}?`);
    await send('allowPrincipal', { sid });
    const text = `Allowed ${found ? `${escapeTerminal(found.name)} (${sid})` : sid} in ${id}`;
    return { text, value: { principal } };
  }
}

/** A SID works without a directory: it is told that it was not looked up, and why. */
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
