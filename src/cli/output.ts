import type { LogLevel } from '../config/settings.ts';
import type { Log } from '../telemetry/log.ts';
import type { Io } from './io.ts';

export type OutputFormat = 'text' | 'json' | 'jsonl' | 'csv';

/** Where a command writes, and how. */
export interface Output {
  io: Io;
  format: OutputFormat;
  color: boolean;
  /** Columns of standard output. */
  width: number;
  /** To standard error, at the level of the settings, else at `fallback`. */
  log(fallback: LogLevel): Promise<Log>;
  /** The answer: `text` for people, or `value` as the one JSON object on standard output. */
  answer(text: string, value: unknown): void;
  /** For people alone, to standard error; nothing where the output is JSON. */
  tell(text: string): void;
}
