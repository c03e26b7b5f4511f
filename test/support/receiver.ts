import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = { status: number; headers?: Record<string, string> } | 'hang' | 'drop';

export interface Receiver {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

/** A webhook on a free port of this machine, that answers the `count`th request (from 1) as it is told. */
export async function startReceiver(
  answer: (count: number) => Answer = () => ({ status: 200 }),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({ path: request.url!, headers: request.headers, body: await text(request) });
    const given = answer(received.length);
    if (given === 'drop') request.socket.destroy();
    else if (given !== 'hang') response.writeHead(given.status, given.headers).end('whatever');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, close };
}
