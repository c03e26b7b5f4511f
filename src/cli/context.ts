import type { Migrations } from '../client/migrations.ts';
import {
  loadClientSettings,
  loadDirectorySettings,
  loadSettings,
  loadSettingsIfAny,
} from '../config/load.ts';
import type { ClientSettings, ReadingSettings, Settings } from '../config/settings.ts';
import { createLog } from '../telemetry/log.ts';
import { escapeJson } from '../wording/escape/terminal.ts';
import type { Assembly } from './assembly.ts';
import { type ColorChoice, columnsOf, type Io, wantsColor } from './io.ts';
import type { Output, OutputFormat } from './output.ts';

/** What every command is given, made of the options that every command takes. */
export interface Context extends Output {
  assembly: Assembly;
  /** A yes to whatever a person would be asked. */
  yes: boolean;
  settings(): Promise<Settings>;
  /** The same; null on a machine that only talks to Temporal. */
  settingsIfAny(): Promise<Settings | null>;
  clientSettings(): Promise<ClientSettings>;
  directorySettings(): Promise<ReadingSettings>;
  /** Connects to Temporal for as long as `work` runs. Throws TEMPORAL_UNAVAILABLE. */
  withMigrations<T>(work: (migrations: Migrations) => Promise<T>): Promise<T>;
}

/** The options of every command, as commander parses them. */
export interface CommonOptions {
  output: OutputFormat;
  color: ColorChoice;
  config?: string;
  set?: Record<string, string>;
  yes?: boolean;
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
