import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Answers one question. `ended` resolves when the asker lets go of the answer: with `true` if it can be used again. */
export type Handler = (question: never, ended: Promise<boolean>) => Promise<unknown>;

export interface Service {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves what the processes of a test run share, in the process that outlives them. A connection asks one question, and
 * lasts as long as the answer is needed: whatever ends a test process also gives back what it had.
 */
export async function startService(handlers: Record<string, Handler>): Promise<Service> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    void answer(socket, handlers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

async function answer(socket: Socket, handlers: Record<string, Handler>): Promise<void> {
  const lines = createInterface({ input: socket });
  let reusable = false;
  const ended = once(socket, 'close').then(() => reusable);
  const asked = new Promise<string>((resolve) => lines.once('line', resolve));
  const { name, question } = JSON.parse(await asked);
  lines.once('line', (line) => {
    reusable = line === 'reusable';
  });
  const answered = await handlers[name]!(question as never, ended).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  socket.write(`${JSON.stringify(answered)}\n`);
}
