import { InvalidArgumentError } from 'commander';

import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';

/** The port that OpenTelemetry's own exporters for Prometheus take. */
const defaultMetrics = '127.0.0.1:9464';

export function workerCommand(): CommandSpec {
  const command = newCommand('worker', 'Carry out migrations, until it is asked to end (Ctrl-C).').option(
    '--metrics [address:port]',
    `answer Prometheus under /metrics (without a value: setting worker.metrics, else ${defaultMetrics})`,
    addressAndPort,
  );
  return { command, run: work };
}

async function work(context: Context, { metrics: asked }: { metrics?: string | true }): Promise<number> {
  const { io, assembly } = context;
  const settings = await context.settings();
  const log = await context.log('info');
  const { taskQueue, metrics: set } = settings.worker;
  const metrics = typeof asked === 'string' ? asked : (set ?? (asked ? defaultMetrics : null));
  const onReady = (address: string) =>
    log.info({ address, taskQueue, ...(metrics !== null && { metrics }) }, 'the worker takes work');
  await assembly.worker({ settings, log, env: io.env, signal: io.signal, onReady, metrics });
  context.answer('The worker has ended.', { taskQueue, ended: true });
  return 0;
}

function addressAndPort(value: string): string {
  if (/^(?:[0-9.]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/.test(value)) return value;
  throw new InvalidArgumentError('Write an address and a port, such as 127.0.0.1:9464.');
}
