import type { Command } from 'commander';
import type { LiveStatus, SignalPayload } from '../../client/migrations.ts';
import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import { longestOfVote } from '../../domain/gates/gates.ts';
import type { RecordedSignal, SignalName } from '../../domain/migration/status.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import type { CommandSpec } from '../command.ts';
import { newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { declined } from '../failures.ts';
import { askYesNo, declaredUser } from '../io.ts';

export interface ActOptions {
  by?: string;
  reason: string;
  accept?: boolean;
  host?: string;
}

export interface Sent {
  /** Of the migration. */
  id: string;
  context: Context;
  options: ActOptions;
  status: LiveStatus;
  /** Arguments after the migration. */
  args: string[];
  /** Sends it as whoever acts. Throws SIGNAL_REFUSED with the reason that the migration gives. */
  send(signal: SignalName, about?: Omit<SignalPayload, 'by' | 'reason'>): Promise<RecordedSignal>;
}

/** What was sent, in words; `value` is told as JSON as well. */
export type Told = string | { text: string; value: object };

type Act = (sent: Sent) => Promise<Told>;

/** A command that sends one signal, by someone and for a reason, to a migration that has not ended. */
export function act(
  name: string,
  description: string,
  work: Act,
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
        const who = whoOf(context, options);
        const send: Sent['send'] = async (signal, about) =>
          accepted(await migrations.send(migrationId, signal, { ...who, ...about }), status);
        const told = await work({ id: migrationId, context, options, status, args, send });
        const { text, value } = typeof told === 'string' ? { text: told, value: {} } : told;
        context.answer(text, { migrationId, sent: name, ...who, ...value });
        return 0;
      }),
  };
}

/** Throws SIGNAL_REFUSED where the migration did nothing about it, and says why. */
function accepted(recorded: RecordedSignal, { migrationId, hosts }: LiveStatus): RecordedSignal {
  const { signal, about, refused } = recorded;
  if (refused === null) return recorded;
  const message = `${escapeTerminal(about ?? migrationId)}: ${escapeTerminal(refused)}`;
  const names = hosts.map((each) => each.host);
  const isOther = (signal === 'retry' || signal === 'skipHost') && about !== null && !names.includes(about);
  const hint = isOther ? didYouMean(about, names) : undefined;
  throw new DmsaError('SIGNAL_REFUSED', about ?? migrationId, message, { hint });
}

/** Asks where there is a terminal: a script is taken at its word. Throws DECLINED. */
export async function confirm(context: Context, question: string): Promise<void> {
  if (context.yes || (await askYesNo(context.io, question)) !== false) return;
  throw declined('nothing was sent');
}

/** Who acts, and why. */
export function whoOf({ io }: Context, { by, reason }: ActOptions): { by: string; reason: string } {
  requireShort({ by, reason });
  return { by: by ?? declaredUser(io.env), reason };
}

/** What is longer is cut by the migration, or makes a vote malformed. Throws ARGUMENT_INVALID. */
export function requireShort({ reason, by = '' }: { reason: string; by?: string }): void {
  const longest = longestOfVote;
  const [option, most, text] =
    by.length > longest.by ? ['--by', longest.by, by] : ['--reason', longest.reason, reason];
  if (text.length <= most) return;
  const why = `has ${text.length} characters, and at most ${most} are kept`;
  throw errorAbout(option, 'ARGUMENT_INVALID', why);
}
