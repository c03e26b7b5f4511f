import type { Command } from 'commander';

import type { LiveStatus, Migrations, SignalRequest } from '../../client/migrations.ts';
import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import { longestOfVote } from '../../domain/gates/votes.ts';
import type { RecordedSignal, Sender, SignalName } from '../../domain/migration/signals.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordSignalRefusal } from '../../wording/signal.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { declined } from '../failures.ts';
import { askYesNo, declaredUser } from '../io.ts';

/** Differences between signal commands. */
export interface SignalCommandOptions {
  /** Adds its own arguments and options. */
  configure?(command: Command): Command;
  /** Help of `--by` and `--reason`, if they mean something else than who acts and why. */
  help?: { by: string; reason: string };
  /** True if the command is for migrations that have ended, too. */
  evenEnded?: boolean;
}

export interface SignalOptions {
  by?: string;
  reason: string;
}

/** One use of a signal command. */
export interface SignalCall<Options extends SignalOptions = SignalOptions> {
  /** Name of the command. */
  name: string;
  context: Context;
  options: Options;
  migrations: Migrations;
  status: LiveStatus;
  /** Arguments after the migration. */
  args: string[];
}

/** Answer to the sender, in words and as JSON. */
export interface SignalAnswer {
  text: string;
  value: object;
}

/** A command that sends a signal to one migration, by someone and for a reason; `act` returns what was sent. */
export function signalCommand<Options extends SignalOptions>(
  name: string,
  description: string,
  act: (call: SignalCall<Options>) => Promise<SignalAnswer>,
  { configure, help = acting, evenEnded = false }: SignalCommandOptions = {},
): CommandSpec {
  const command = newCommand(name, description).argument('<migration>', 'its id, or the name of the account');
  configure?.(command);
  command.option('--by <who>', help.by).option('--reason <text>', help.reason, '');
  return {
    command,
    run: async (context, options: Options, id, ...args) => {
      requireShort(options);
      return await context.withMigrations(async (migrations) => {
        const status = await migrations.status(id!);
        if (!evenEnded) requireRunning(status);
        const { text, value } = await act({ name, context, options, migrations, status, args });
        context.answer(escapeTerminal(text), value);
        return 0;
      });
    },
  };
}

const acting = {
  by: 'who acts: DOMAIN\\name or name@domain (default: your login)',
  reason: 'why; kept with the migration',
};

/** Sends the signal in the name of the sender. Throws SIGNAL_REFUSED with the reason why it did nothing. */
export async function send(
  { context, options, migrations, status }: SignalCall,
  signal: SignalName,
  subject: Omit<SignalRequest, keyof Sender> = {},
): Promise<RecordedSignal> {
  const { migrationId, hosts } = status;
  const request = { ...declaredSender(context, options), ...subject };
  const recorded = await migrations.send(migrationId, signal, request);
  if (recorded.verdict === 'accepted') return recorded;
  const { code, about = migrationId } = recorded;
  const message = `${escapeTerminal(about)}: ${wordSignalRefusal(recorded)}`;
  const names = hosts.map(({ host }) => host);
  const hint = code === 'SIGNAL_NO_HOST' ? didYouMean(about, names) : undefined;
  throw new DmsaError('SIGNAL_REFUSED', about, message, { hint });
}

/** Answer of a command that is no vote: who sent what, with `more` of its own. */
export function sent(
  { name, context, options, status }: SignalCall,
  text: string,
  more: object = {},
): SignalAnswer {
  const { migrationId } = status;
  return { text, value: { migrationId, sent: name, ...declaredSender(context, options), ...more } };
}

/** Throws MIGRATION_ENDED. */
export function requireRunning({ ended, migrationId, outcome }: LiveStatus): void {
  if (ended) throw new DmsaError('MIGRATION_ENDED', migrationId, `${migrationId} is ${outcome}`);
}

/** Asks where there is a terminal: a script is taken at its word. Throws DECLINED. */
export async function confirm(context: Context, question: string): Promise<void> {
  if (context.yes || (await askYesNo(context.io, question)) !== false) return;
  throw declined('nothing was sent');
}

/** Sender by the options, else by the login. */
export function declaredSender({ io }: Context, { by, reason }: SignalOptions): Sender {
  return { by: by ?? declaredUser(io.env), reason };
}

/** Refuses texts that the migration would cut, or that would make a vote malformed. Throws ARGUMENT_INVALID. */
function requireShort({ reason, by = '' }: SignalOptions): void {
  const longest = longestOfVote;
  const [option, most, text] =
    by.length > longest.by ? ['--by', longest.by, by] : ['--reason', longest.reason, reason];
  if (text.length <= most) return;
  const why = `has ${text.length} characters, and at most ${most} are kept`;
  throw errorAbout(option, 'ARGUMENT_INVALID', why);
}
