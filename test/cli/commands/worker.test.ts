import { expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { assembly, folder, useFolder } from '../dmsa.ts';
import { fakeIo } from '../fake-io.ts';

useFolder();

test('the worker gets the settings and ends when it is asked to.', async () => {
  const started: Settings[] = [];
  const io = fakeIo({ folder });
  const exitCode = await run(
    ['worker', '--set', 'worker.task-queue=mine'],
    io,
    assembly({
      async worker({ settings, signal, onReady }) {
        started.push(settings);
        onReady('127.0.0.1:7233');
        const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
        io.interrupt();
        await ended;
      },
    }),
  );
  expect(exitCode).toBe(0);
  expect(started[0]!.worker.taskQueue).toBe('mine');
  expect(JSON.parse(io.stderr())).toMatchObject({
    level: 'info',
    msg: 'the worker takes work',
    taskQueue: 'mine',
  });
  expect(io.stdout()).toBe('The worker has ended.\n');
});

test.each([
  ['without a word, nowhere', [], null],
  ['at its own port', ['--metrics'], '127.0.0.1:9464'],
  ['where it is told to', ['--metrics', '0.0.0.0:1234'], '0.0.0.0:1234'],
  ['where the settings say', ['--set', 'worker.metrics=[::1]:99'], '[::1]:99'],
  ['where the settings say, asked again', ['--set', 'worker.metrics=[::1]:99', '--metrics'], '[::1]:99'],
  [
    'where it is told to over the settings',
    ['--set', 'worker.metrics=1.1.1.1:9', '--metrics', '2.2.2.2:8'],
    '2.2.2.2:8',
  ],
])('the worker answers for its metrics %s', async (_where, args, expected) => {
  const asked: unknown[] = [];
  const worker: Assembly['worker'] = async ({ metrics }) => void asked.push(metrics);
  expect(await run(['worker', ...args], fakeIo({ folder }), assembly({ worker }))).toBe(0);
  expect(asked).toEqual([expected]);
});

test('an address for metrics that is none is refused.', async () => {
  for (const args of [
    ['--metrics', 'localhost'],
    ['--metrics', '9464'],
  ]) {
    const io = fakeIo({ folder });
    expect(await run(['worker', ...args], io, assembly({}))).toBe(2);
    expect(io.stderr()).toContain('127.0.0.1:9464');
  }
  const io = fakeIo({ folder });
  expect(await run(['worker', '--set', 'worker.metrics=localhost'], io, assembly({}))).toBe(2);
  expect(io.stderr()).toContain('metrics = "127.0.0.1:9464"');
});
