import { type Command, Option } from 'commander';

import type { LiveStatus, Migrations } from '../../client/migrations.ts';
import type { ReadingSettings } from '../../config/settings.ts';
import { writtenSid } from '../../directory/names/principal-name.ts';
import type { ResolvedPrincipal } from '../../directory/names/resolve-principal.ts';
import { DmsaError } from '../../domain/errors.ts';
import type { HostDecision } from '../../domain/status.ts';
import { sid as sidField } from '../../plan/fields.ts';
import { type Context, newCommand } from '../context.ts';
import { askYesNo, declaredUser } from '../io.ts';
import type { CommandSpec } from '../program.ts';
import { cleaned } from '../render/text.ts';
import { undoSteps } from '../render/undo.ts';

interface ActOptions {
  by?: string;
  reason: string;
  accept?: boolean;
  host?: string;
}

type Who = { by: string; reason: string };

/** What people send to a migration that runs; each is a signal, and its effect is seen in the status. */
export function actCommands(): CommandSpec[] {
  return [
    act('pause', 'Hold the next step back; the one that runs is finished.', async (migrations, id, who) => {
      await migrations.pause(id, who);
      return `Pausing ${id} before its next step`;
    }),
    act('resume', 'Go on after a pause.', async (migrations, id, who) => {
      await migrations.resume(id, who);
      return `Resumed ${id}`;
    }),
    undoCommand(),
    retryCommand(),
    skipCommand(),
    allowCommand(),
  ];
}

function undoCommand(): CommandSpec {
  const description = 'Turn back: put directory and hosts back as they were before.';
  return act('undo', description, async (migrations, id, who, { context, status }) => {
    const steps = undoSteps(cleaned(status));
    const list = steps.map((step, index) => `  ${index + 1}  ${step}`).join('\n');
    context.tell(steps.length > 0 ? `This will\n${list}` : 'Nothing has been changed yet.');
    await confirm(context, `Undo ${id}?`);
    await migrations.undo(id, who);
    return `Undoing ${id}: dmsa status --watch ${status.account}`;
  });
}

function retryCommand(): CommandSpec {
  const description = 'Try again what a migration could not undo, or one host that failed.';
  const spec = act('retry', description, async (migrations, id, who, { context, options, status }) => {
    const { host } = options;
    if (host !== undefined) return accepted(await migrations.retryHost(id, { ...who, host }), 'Trying', id);
    const accept = options.accept ?? false;
    if (accept) {
      context.tell(status.failure ? `${status.failure.code}: ${cleaned(status.failure.message)}` : '');
      await confirm(context, 'End the migration and accept that this is not as it was before?');
    }
    await migrations.retry(id, { ...who, accept });
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

  async function skip(migrations: Migrations, id: string, who: Who, { args, context }: Sent): Promise<Told> {
    const [host] = args;
    context.tell(
      `The services of ${host} are not restarted any more: after Complete they cannot log on again.`,
    );
    await confirm(context, `Go on without ${host}, in ${id}?`);
    return accepted(await migrations.skipHost(id, { ...who, host: host! }), 'Skipping', id);
  }
}

/** Throws PLAN_INVALID where the migration did nothing about it, and says why. */
function accepted(decision: HostDecision, doing: string, id: string): Told {
  const { host, refused } = decision;
  if (refused !== null) {
    const message = `${host ?? 'the host'}: ${cleaned(refused)}`;
    throw new DmsaError('PLAN_INVALID', host ?? 'host', message);
  }
  return { text: `${doing} ${host} in ${id}`, value: { host } };
}

function allowCommand(): CommandSpec {
  const description = 'Allow a principal that is no known host of the account (finding PRINCIPAL_UNKNOWN).';
  return act('allow', description, allow, (command) =>
    command.argument(
      '<principal>',
      'its SID, or a DN, GUID, UPN, DOMAIN\\name or name, which needs [directory] settings',
    ),
  );

  async function allow(migrations: Migrations, id: string, who: Who, { args, context }: Sent): Promise<Told> {
    const principal = await lookedUp(context, args[0]!);
    const { sid, found } = principal;
    context.tell(
      found ? `${sid} is the ${found.kind} ${cleaned(found.dn)}` : `${sid}: ${cleaned(principal.why)}`,
    );
    await confirm(context, `Allow it to fetch the password of the dMSA, in ${id}?`);
    await migrations.allowPrincipal(id, { ...who, sid });
    const text = `Allowed ${found ? `${cleaned(found.name)} (${sid})` : sid} in ${id}`;
    return { text, value: { principal } };
  }
}

/** A SID works without a directory: it is told that it was not looked up, and why. */
async function lookedUp(context: Context, written: string): Promise<ResolvedPrincipal> {
  const sid = writtenSid(written, '<principal>');
  const usable = sid === null ? null : sidField.safeParse(sid);
  if (usable?.error) {
    const message = `<principal>: ${usable.error.issues[0]!.message}`;
    throw new DmsaError('PLAN_INVALID', 'principal', message);
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

interface Sent {
  context: Context;
  options: ActOptions;
  status: LiveStatus;
  /** Arguments after the migration. */
  args: string[];
}

/** What was sent, in words; `value` is told as JSON as well. */
type Told = string | { text: string; value: object };

type Send = (migrations: Migrations, id: string, who: Who, sent: Sent) => Promise<Told>;

/** A command that sends one signal, by someone and for a reason, to a migration that has not ended. */
function act(
  name: string,
  description: string,
  send: Send,
  more: (command: Command) => Command = (command) => command,
): CommandSpec {
  const command = newCommand(name, description).argument('<migration>', 'its id, or the name of the account');
  more(command)
    .option('--by <who>', 'who acts: DOMAIN\\name or name@domain (default: your login)')
    .option('--reason <text>', 'why; kept with the migration', '');
  return {
    command,
    run: async (context, options: ActOptions, id, ...args) =>
      await context.withMigrations(async (migrations) => {
        const status = await migrations.status(id!);
        const migrationId = status.migrationId;
        if (status.ended)
          throw new DmsaError('MIGRATION_ENDED', migrationId, `${migrationId} is ${status.outcome}`);
        const who = { by: options.by ?? declaredUser(context.io.env), reason: options.reason };
        const told = await send(migrations, migrationId, who, { context, options, status, args });
        const { text, value } = typeof told === 'string' ? { text: told, value: {} } : told;
        context.answer(text, { migrationId, sent: name, ...who, ...value });
        return 0;
      }),
  };
}

/** Asks where someone can be asked; a script that says so means it. */
async function confirm(context: Context, question: string): Promise<void> {
  if (context.yes || (await askYesNo(context.io, question)) !== false) return;
  throw new DmsaError('PLAN_INVALID', question, 'nothing was sent: the answer was no');
}
