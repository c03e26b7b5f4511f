import { Command, InvalidArgumentError, Option } from 'commander';

import type { Migrations } from '../client/migrations.ts';
import {
  loadClientSettings,
  loadDirectorySettings,
  loadSettings,
  loadSettingsIfAny,
} from '../config/load.ts';
import type { ClientSettings, LogLevel, ReadingSettings, Settings } from '../config/settings.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { escapeJson } from '../wording/escape/terminal.ts';
import type { Assembly } from './assembly.ts';
import { examplesText } from './examples.ts';
import { type ColorChoice, columnsOf, type Io, wantsColor } from './io.ts';

export type OutputFormat = 'text' | 'json' | 'jsonl' | 'csv';

/** What every command is given, made of the options that every command takes. */
export interface Context {
  io: Io;
  assembly: Assembly;
  format: OutputFormat;
  color: boolean;
  width: number;
  /** A yes to whatever a person would be asked. */
  yes: boolean;
  settings(): Promise<Settings>;
  /** The same; null on a machine that only talks to Temporal. */
  settingsIfAny(): Promise<Settings | null>;
  clientSettings(): Promise<ClientSettings>;
  directorySettings(): Promise<ReadingSettings>;
  /** To standard error, at the level of the settings, else at `fallback`. */
  log(fallback: LogLevel): Promise<Log>;
  /** The answer: `text` for people, or `value` as the one JSON object on standard output. */
  answer(text: string, value: unknown): void;
  /** For people alone, to standard error; nothing where the output is JSON. */
  tell(text: string): void;
  /** Connects to Temporal for as long as `work` runs. Throws TEMPORAL_UNAVAILABLE. */
  withMigrations<T>(work: (migrations: Migrations) => Promise<T>): Promise<T>;
}

/** The options of every command, as commander parses them. */
interface CommonOptions {
  output: OutputFormat;
  color: ColorChoice;
  config?: string;
  set?: Record<string, string>;
  yes?: boolean;
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
      collectSetting,
    )
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examplesText(name));
}

/** Collects an option that may be repeated. */
export function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

function collectSetting(value: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = value.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write section.key=value.');
  return { ...earlier, [value.slice(0, at)]: value.slice(at + 1) };
}

export function makeContext(io: Io, assembly: Assembly, options: CommonOptions): Context {
  const sources = {
    configFile: options.config ?? null,
    env: io.env,
    flags: options.set ?? {},
    folder: io.folder,
  };
  const clientSettings = () => loadClientSettings(sources);
  const context: Context = {
    io,
    assembly,
    format: options.output,
    color: wantsColor(options.color, io.out, io.env),
    width: columnsOf(io.out),
    yes: options.yes ?? false,
    settings: () => loadSettings(sources),
    settingsIfAny: () => loadSettingsIfAny(sources),
    clientSettings,
    directorySettings: () => loadDirectorySettings(sources),
    log: async (fallback) => createLog((await clientSettings()).log?.level ?? fallback, io.err),
    answer: (text, value) => {
      io.out.write(context.format === 'text' ? `${text}\n` : `${escapeJson(value)}\n`);
    },
    tell: (text) => {
      if (context.format === 'text') io.err.write(`${text}\n`);
    },
    withMigrations: async (work) => {
      const { worker, encryption } = await clientSettings();
      const { migrations, close } = await assembly.connect(worker.taskQueue, io.env, encryption);
      try {
        return await work(migrations);
      } finally {
        await close();
      }
    },
  };
  return context;
}
