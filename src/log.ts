import { DefaultLogger, type LogEntry, type LogLevel as TemporalLevel } from '@temporalio/worker';
import pino from 'pino';

import type { LogLevel } from './config/settings.ts';

export type Log = pino.Logger;

/** Names of fields whose values never reach a log, at the top and up to three levels down. */
const secretFields = [
  'password',
  'passphrase',
  'privateKey',
  'secret',
  'token',
  'apiKey',
  'credential',
  'authorization',
];

const redacted = secretFields.flatMap((name) => ['', '*.', '*.*.', '*.*.*.'].map((path) => `${path}${name}`));

/**
 * One JSON line an event, to standard error: standard output belongs to what was asked for.
 * `destination` is for tests.
 */
export function createLog(level: LogLevel, destination: pino.DestinationStream = pino.destination(2)): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: '[redacted]' },
    },
    destination,
  );
}

/** Temporal's own levels, as the log names them. */
const levels: Record<TemporalLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** For `Runtime.install({ logger })`: what Temporal logs goes through the same log, with its fields. */
export function temporalLogger(log: Log): DefaultLogger {
  const lowest = (Object.keys(levels) as TemporalLevel[]).find((level) => log.isLevelEnabled(levels[level]));
  return new DefaultLogger(lowest ?? 'ERROR', ({ level, message, meta }: LogEntry) => {
    log[levels[level]](meta ?? {}, message);
  });
}
