import type { Logger, LogMetadata, LogLevel as TemporalLevel } from '@temporalio/common';
import pino from 'pino';

import type { LogLevel } from '../config/settings.ts';
import { escapeJsonText } from '../wording/escape/terminal.ts';

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
  // Whoever has it may answer in an activity's place.
  'taskToken',
  // Whoever knows a webhook's may write there.
  'url',
  // Of a key ring; and the private part of a JWK (RFC 8037 2).
  'keys',
  'key',
  'd',
];

const redacted = secretFields.flatMap((name) => ['', '*.', '*.*.', '*.*.*.'].map((path) => `${path}${name}`));

/**
 * One JSON line an event, to standard error: standard output belongs to what was asked for. No character in it is obeyed
 * by a terminal: pino itself escapes only some of them.
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
      serializers: { error: toldError },
    },
    { write: (line) => destination.write(escapeJsonText(line)) },
  );
}

/** What Temporal logs of a failure, in few words: its details may hold what was read of hundreds of hosts. */
function toldError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  const code = 'type' in error ? error.type : undefined;
  return {
    name,
    code,
    message,
    stack,
    cause: error.cause === undefined ? undefined : toldError(error.cause),
  };
}

/** Temporal's own levels, as the log names them. */
const levels: Record<TemporalLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Of a migration, and of a child that tells people of one. */
const migrationOf = /^(?:dmsa-notify\/)?(dmsa\/[^/]+\/[^/]+)/;

/** What of a migration's lines is the same in all of them, or lets who reads it answer in an activity's name. */
const left = ['sdkComponent', 'namespace', 'taskQueue', 'workflowType', 'isLocal', 'taskToken', 'activityId'];
const ofTraces = ['trace_id', 'span_id', 'trace_flags'];

/**
 * For `Runtime.install({ logger })`: what Temporal logs, and what workflows and activities log through it, goes through
 * the same log. Lines of a migration have its id as `migration`, and `activity` where one is about it. The ids of spans
 * are logged where spans are sent (`traced`).
 */
export function temporalLogger(log: Log, traced = false): Logger {
  const write: Logger['log'] = (level, message, fields = {}) => {
    const [, migration] = migrationOf.exec(String(fields.workflowId ?? '')) ?? [];
    log[levels[level]](migration ? ofMigration(migration, fields, traced) : fields, message);
  };
  return {
    log: write,
    trace: (message, fields) => write('TRACE', message, fields),
    debug: (message, fields) => write('DEBUG', message, fields),
    info: (message, fields) => write('INFO', message, fields),
    warn: (message, fields) => write('WARN', message, fields),
    error: (message, fields) => write('ERROR', message, fields),
  };
}

function ofMigration(migration: string, fields: LogMetadata, traced: boolean): object {
  const { stage, activityType, workflowId, ...others } = fields;
  const kept = Object.entries(others).filter(
    ([name]) => !left.includes(name) && (traced || !ofTraces.includes(name)),
  );
  return {
    migration,
    ...(workflowId !== migration && { workflowId }),
    ...(stage !== undefined && { stage }),
    ...(activityType !== undefined && { activity: activityType }),
    ...Object.fromEntries(kept),
  };
}
