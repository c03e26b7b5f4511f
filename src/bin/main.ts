#!/usr/bin/env node
import type { Io } from '../cli/io.ts';
import { run } from './run.ts';

const interruption = new AbortController();

/** The first Ctrl-C asks to end and clean up, the second does not wait for that. */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort(new Error('interrupted'));
}
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// A terminal that is closed.
process.on('SIGHUP', interrupt);
// Whoever reads the output may stop reading: `dmsa list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const io: Io = {
  out: process.stdout,
  err: process.stderr,
  in: process.stdin,
  env: process.env,
  folder: process.cwd(),
  now: () => new Date(),
  signal: interruption.signal,
};

process.exitCode = await run(process.argv.slice(2), io);
