import type { Logger, LogLevel as TemporalLevel } from '@temporalio/common';
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
export function temporalLogger(log: Log): Logger {
  const write: Logger['log'] = (level, message, fields) => log[levels[level]](fields ?? {}, message);
  return {
    log: write,
    trace: (message, fields) => write('TRACE', message, fields),
    debug: (message, fields) => write('DEBUG', message, fields),
    info: (message, fields) => write('INFO', message, fields),
    warn: (message, fields) => write('WARN', message, fields),
    error: (message, fields) => write('ERROR', message, fields),
  };
}
