import { type Context, newCommand } from '../context.ts';
import type { CommandSpec } from '../program.ts';

export function workerCommand(): CommandSpec {
  return {
    command: newCommand('worker', 'Carry out migrations, until it is asked to end (Ctrl-C).'),
    run: work,
  };
}

async function work(context: Context): Promise<number> {
  const { io, assembly } = context;
  const settings = await context.settings();
  const log = await context.log('info');
  const taskQueue = settings.worker.taskQueue;
  const onReady = (address: string) => log.info({ address, taskQueue }, 'the worker takes work');
  await assembly.worker({ settings, log, env: io.env, signal: io.signal, onReady });
  context.answer('The worker has ended.', { taskQueue, ended: true });
  return 0;
}
