import { Command, InvalidArgumentError, Option } from 'commander';

import type { Context } from './context.ts';
import { examplesText } from './examples.ts';
import type { OutputFormat } from './output.ts';

/** A command and what it does; `run` gets the arguments and options as commander parsed them, and returns the exit code. */
export interface CommandSpec {
  command: Command;
  // biome-ignore lint/suspicious/noExplicitAny: commander's own type of parsed options
  run(context: Context, options: any, ...args: string[]): Promise<number>;
}

/**
 * A command with the options that every command takes, and its examples. `formats` beyond text and json are its own.
 */
export function newCommand(
  name: string,
  description: string,
  formats: OutputFormat[] = ['text', 'json'],
): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option('-o, --output <format>', 'what to print').choices(formats).default('text'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('--config <file>', 'settings file (default: $DMSA_CONFIG, else dmsa.toml where there is one)')
    .option(
      '--set <section.key=value>',
      'a setting over environment and file; may be repeated',
      repeating(collectSetting),
    )
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examplesText(name));
}

/** Marks the parser of an option that may be repeated: it gets what was collected before, too. */
export function repeating<P extends object>(parse: P): P & { repeats: true } {
  return Object.assign(parse, { repeats: true as const });
}

/** Collects an option that may be repeated. */
export const collect = repeating(collectText);

function collectText(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

function collectSetting(value: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = value.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write section.key=value.');
  return { ...earlier, [value.slice(0, at)]: value.slice(at + 1) };
}
