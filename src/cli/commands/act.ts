import type { Command } from 'commander';

import type { LiveStatus, Migrations } from '../../client/migrations.ts';
import { DmsaError } from '../../domain/errors.ts';
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
  const description = 'Let a migration that needs an operator try again what it could not undo.';
  const spec = act('retry', description, async (migrations, id, who, { context, options, status }) => {
    const accept = options.accept ?? false;
    if (accept) {
      context.tell(status.failure ? `${status.failure.code}: ${cleaned(status.failure.message)}` : '');
      await confirm(context, 'End the migration and accept that this is not as it was before?');
    }
    await migrations.retry(id, { ...who, accept });
    return accept ? `Ending ${id} with the differences accepted` : `Trying again: ${id}`;
  });
  spec.command.option('--accept', 'end the migration with the differences that its status names');
  return spec;
}

function allowCommand(): CommandSpec {
  const description = 'Allow a principal that is no known host of the account (finding PRINCIPAL_UNKNOWN).';
  return act('allow', description, allow, (command) => command.argument('<sid>', 'SID of the principal'));

  async function allow(migrations: Migrations, id: string, who: Who, { args }: Sent): Promise<string> {
    const sid = sidField.safeParse(args[0]);
    if (!sid.success) throw new DmsaError('PLAN_INVALID', 'sid', `<sid>: ${sid.error.issues[0]!.message}`);
    await migrations.allowPrincipal(id, { ...who, sid: sid.data });
    return `Allowed ${sid.data} in ${id}`;
  }
}

interface Sent {
  context: Context;
  options: ActOptions;
  status: LiveStatus;
  /** Arguments after the migration. */
  args: string[];
}

type Send = (migrations: Migrations, id: string, who: Who, sent: Sent) => Promise<string>;

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
        const text = await send(migrations, migrationId, who, { context, options, status, args });
        context.answer(text, { migrationId, sent: name, ...who });
        return 0;
      }),
  };
}

/** Asks where someone can be asked; a script that says so means it. */
async function confirm(context: Context, question: string): Promise<void> {
  if (context.yes || (await askYesNo(context.io, question)) !== false) return;
  throw new DmsaError('PLAN_INVALID', question, 'nothing was sent: the answer was no');
}
