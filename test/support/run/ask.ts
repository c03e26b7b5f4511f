import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

import { inject } from 'vitest';

/** Something that this process has for itself until it gives it back; the end of the process gives it back, too. */
export interface Lease<Value> {
  value: Value;
  giveBack(options: { reusable: boolean }): void;
}

/** Borrows what the test run provides under `name`. Rejects with the run's own reason. */
export async function borrow<Value>(name: string, question: unknown = null): Promise<Lease<Value>> {
  const socket = connect({ host: '127.0.0.1', port: inject('run') });
  await once(socket, 'connect');
  socket.write(`${JSON.stringify({ name, question })}\n`);
  const lines = createInterface({ input: socket });
  const [line] = await once(lines, 'line');
  const { value, error } = JSON.parse(line as string) as { value: Value; error?: string };
  const giveBack = ({ reusable }: { reusable: boolean }) => socket.end(reusable ? 'reusable\n' : '');
  if (error === undefined) {
    // The lease must not keep a process alive that has nothing else to do.
    socket.unref();
    return { value, giveBack };
  }
  giveBack({ reusable: true });
  throw new Error(error);
}

/** Asks for something that all processes use at once, and that the run keeps. */
export async function ask<Value>(name: string, question: unknown = null): Promise<Value> {
  const { value, giveBack } = await borrow<Value>(name, question);
  giveBack({ reusable: true });
  return value;
}
