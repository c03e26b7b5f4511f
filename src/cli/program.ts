import { Command, CommanderError } from 'commander';

import { didYouMean } from '../domain/values/nearest.ts';
import { version } from '../version.ts';
import { escapeJson } from '../wording/escape/terminal.ts';
import type { Assembly } from './assembly.ts';
import type { CommandSpec } from './command.ts';
import { actCommands } from './commands/act.ts';
import { auditCommand } from './commands/audit.ts';
import { codecServerCommand } from './commands/codec-server.ts';
import { completeCommand } from './commands/complete.ts';
import { completionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { discoverCommand } from './commands/discover.ts';
import { doctorCommand } from './commands/doctor.ts';
import { encryptionKeyCommand } from './commands/encryption-key.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { labCommand } from './commands/lab.ts';
import { listCommand } from './commands/list.ts';
import { planCommand } from './commands/plan.ts';
import { reportCommand } from './commands/report.ts';
import { schemaCommand } from './commands/schema.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { verifyCommand } from './commands/verify.ts';
import { voteCommands } from './commands/vote.ts';
import { watchCommand } from './commands/watch.ts';
import { workerCommand } from './commands/worker.ts';
import { type CommonOptions, makeContext } from './context.ts';
import { interrupted, tellError } from './failures.ts';
import { columnsOf, type Io } from './io.ts';

export const commandSpecs = (): CommandSpec[] => [
  demoCommand(),
  initCommand(),
  doctorCommand(),
  planCommand(),
  startCommand(),
  statusCommand(),
  listCommand(),
  watchCommand(),
  auditCommand(),
  discoverCommand(),
  ...voteCommands(),
  ...actCommands(),
  reportCommand(),
  verifyCommand(),
  workerCommand(),
  keysCommand(),
  encryptionKeyCommand(),
  codecServerCommand(),
  labCommand(),
  schemaCommand(),
  completionCommand(),
];

/** For programs: in no list, no page and no completion. */
const hiddenSpecs = (): CommandSpec[] => [completeCommand()];

/** Runs `dmsa` with these arguments and returns the exit code; it never ends the process itself. */
export async function runProgram(args: string[], io: Io, assembly: Assembly): Promise<number> {
  let exitCode = 0;
  const program = newProgram(io, (spec, command) => async () => {
    const options = command.opts();
    const context = makeContext(io, assembly, options as CommonOptions);
    try {
      exitCode = await spec.run(context, options, ...command.processedArgs);
    } catch (thrown) {
      const told = io.signal.aborted ? interrupted : tellError(thrown);
      io.err.write(`${told.line}\n`);
      if (context.format.startsWith('json')) io.out.write(`${escapeJson({ error: told.error })}\n`);
      exitCode = told.exitCode;
    }
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return thrown.exitCode === 0 ? 0 : usageError;
  }
  return exitCode;
}

/** Usage errors are refused input. */
const usageError = 2;

type Bind = (spec: CommandSpec, command: Command) => () => Promise<void>;

export function newProgram(io: Pick<Io, 'out' | 'err'>, bind: Bind): Command {
  const program = inherited(new Command('dmsa'), io)
    .description(
      'Migrates Active Directory service accounts to delegated Managed Service Accounts, and back again.',
    )
    .version(version)
    .helpCommand(false);
  const add = (spec: CommandSpec, hidden: boolean) => {
    inherited(spec.command, io, program);
    spec.command.action(bind(spec, spec.command));
    program.addCommand(spec.command, { hidden });
  };
  for (const spec of commandSpecs()) add(spec, false);
  for (const spec of hiddenSpecs()) add(spec, true);
  return program;
}

/** What was meant by a command, option or choice that there is not, by commander's own words. */
function meant(message: string, of: Command): string | undefined {
  const command = /^unknown command '([^']+)'/.exec(message)?.[1];
  if (command !== undefined)
    return didYouMean(
      command,
      of
        .createHelp()
        .visibleCommands(of)
        .map((each) => each.name()),
    );
  const option = /^unknown option '([^'=]+)/.exec(message)?.[1];
  if (option !== undefined)
    return didYouMean(option, [...of.options.flatMap(({ long }) => long ?? []), '--help']);
  const [, choice, allowed] =
    /(?:argument|value) '([^']*)' is invalid.*\. Allowed choices are (.+)\.$/.exec(message) ?? [];
  return allowed === undefined ? undefined : didYouMean(choice!, allowed.split(', '));
}

/** Errors as one line with where to look, help on the given streams, and no exit of the process. */
function inherited(command: Command, io: Pick<Io, 'out' | 'err'>, parent?: Command): Command {
  const name = parent ? `${parent.name()} ${command.name()}` : command.name();
  return command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => void io.out.write(text),
      writeErr: (text) => void io.err.write(text),
      outputError: (text, write) => {
        const message = text
          .trim()
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ');
        const hint = meant(message, command);
        write(`USAGE: ${message} (fix: ${hint ? `${hint} ` : ''}${name} --help)\n`);
      },
      getOutHelpWidth: () => columnsOf(io.out),
      getErrHelpWidth: () => columnsOf(io.err),
    });
}
