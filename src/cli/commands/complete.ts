import { Argument } from 'commander';
import { writableNames } from '../../config/keys.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import { type CompletionKind, completionKinds } from '../completion/tree.ts';
import type { Context } from '../context.ts';

/** What the scripts of `dmsa completion` ask while somebody types; not for people, and so in no list of commands. */
export function completeCommand(): CommandSpec {
  const command = newCommand(
    'complete',
    'Print values for the completion of a shell, one a line.',
  ).addArgument(new Argument('<what>', 'which values').choices(completionKinds));
  return { command, run: complete };
}

/** Whoever types has asked for no error: what cannot be learned soon is not suggested. */
async function complete(context: Context, _: unknown, what?: string): Promise<number> {
  const { assembly, io } = context;
  const sources: Record<CompletionKind, () => Promise<string[]>> = {
    migrations: () => assembly.runningAccounts(io.env),
    scenarios: () => assembly.scenarios(),
    settings: async () => writableNames.map((name) => `${name}=`),
  };
  const values = await sources[what as CompletionKind]().catch(() => []);
  // What a shell would read as anything but a word is left out: names come from a directory.
  io.out.write(values.map((value) => (/^[\w.@/$=+-]+$/.test(value) ? `${value}\n` : '')).join(''));
  return 0;
}
