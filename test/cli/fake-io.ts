import { PassThrough, Readable, Writable } from 'node:stream';

import type { Io, OutputStream } from '../../src/cli/io.ts';

export interface FakeIo extends Io {
  /** What has been written so far. */
  stdout(): string;
  stderr(): string;
  interrupt(): void;
}

export interface FakeOptions {
  folder?: string;
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  /** Makes all three streams a terminal, on which this is typed at each question; a list is one answer after the other. */
  answer?: string | string[];
  now?: Date;
}

/** A process to run commands in, that belongs to the test alone. */
export function fakeIo({ folder = '/nowhere', env = {}, stdin = '', answer, now }: FakeOptions = {}): FakeIo {
  const terminal = answer !== undefined;
  const input = terminal ? new PassThrough() : Readable.from([stdin]);
  const out = collector(terminal);
  const answers = typeof answer === 'object' ? [...answer] : null;
  const next = () => (answers ? (answers.shift() ?? '') : answer);
  const err = collector(terminal, (text) => {
    if (terminal && /\[y\/N\] $|\S: $/.test(text)) (input as PassThrough).write(`${next()}\n`);
  });
  const interruption = new AbortController();
  return {
    out: out.stream,
    err: err.stream,
    in: Object.assign(input, { isTTY: terminal }),
    env,
    folder,
    now: () => now ?? new Date(),
    signal: interruption.signal,
    stdout: out.text,
    stderr: err.text,
    interrupt: () => interruption.abort(),
  };
}

function collector(isTTY: boolean, onText: (text: string) => void = () => undefined) {
  let collected = '';
  const stream: OutputStream = new Writable({
    write(chunk, _, done) {
      collected += chunk;
      onText(String(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 80, rows: 60 }), text: () => collected };
}
