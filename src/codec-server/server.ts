import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { PayloadCodec } from '@temporalio/common';

import { errorAbout } from '../domain/errors/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Authenticate } from './access.ts';
import { checkLoopbackName, crossOriginHeaders, isLoopback, preflightHeaders } from './cross-origin.ts';
import { convert, mostOctetsAsked, readPayloads, writePayloads } from './payloads.ts';
import { Refusal } from './refusal.ts';

export interface CodecServerOptions {
  codecs: PayloadCodec[];
  host: string;
  /** Port; 0 for a free one. */
  port: number;
  origins: ReadonlySet<string>;
  /** Null lets every caller in: then it listens on loopback alone. */
  authenticate: Authenticate | null;
  /** True if it encodes, too: then every caller can write payloads that look like ours. */
  encode: boolean;
  /** PEM; plain HTTP where null. */
  tls: { cert: string; key: string } | null;
  log: Log;
}

export interface CodecServer {
  url: string;
  close(): Promise<void>;
}

/**
 * Temporal's remote codec (docs.temporal.io/codec-server): POST /decode and /encode with payloads as JSON. Refusals are
 * `{ "error": { "code", "message" } }`. Throws ADDRESS_UNUSABLE, PEM_INVALID, and
 * ARGUMENT_INVALID if it would answer the network without a token.
 */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const { host, port, tls } = options;
  if (!options.authenticate && !isLoopback(host))
    throw errorAbout(
      '--host',
      'ARGUMENT_INVALID',
      `${host} is reached from elsewhere: set [codec-server] token-file`,
    );
  const limits = { requestTimeout: 30_000, headersTimeout: 10_000 };
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void serve(options, request, response);
  const server = tls ? tlsServer({ ...limits, ...tls }, listener) : createServer(limits, listener);
  server.maxConnections = 256;
  await listening(server, host, port);
  const { address, family, port: taken } = server.address() as AddressInfo;
  const name =
    host === 'localhost' || family === 'IPv4' ? (host === 'localhost' ? host : address) : `[${address}]`;
  return { url: `${tls ? 'https' : 'http'}://${name}:${taken}`, close: () => closed(server) };
}

function tlsServer(
  options: Parameters<typeof createTlsServer>[0],
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  try {
    return createTlsServer({ ...options, minVersion: 'TLSv1.2' }, listener);
  } catch {
    throw errorAbout('--tls-cert', 'PEM_INVALID', 'certificate and key are not a pair in PEM form');
  }
}

async function serve(options: CodecServerOptions, request: IncomingMessage, response: ServerResponse) {
  const { method, url } = request;
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  const entry: Record<string, unknown> = { method, path: url, namespace: request.headers['x-namespace'] };
  let status = 200;
  let body = '';
  try {
    Object.assign(headers, crossOriginHeaders(request, options.origins));
    body = await answer(options, request, entry, headers);
    if (method === 'OPTIONS') status = 204;
  } catch (error) {
    const refusal = asRefusal(error);
    status = refusal.status;
    Object.assign(entry, { code: refusal.code }, error instanceof Refusal ? {} : { err: error });
    Object.assign(headers, refusal.headers);
    body = JSON.stringify({ error: { code: refusal.code, message: refusal.message } });
  }
  options.log[status < 500 ? 'info' : 'error']({ ...entry, status }, 'codec request');
  await discardRest(request);
  response
    .writeHead(status, { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) })
    .end(body);
}

async function answer(
  { authenticate, encode, codecs }: CodecServerOptions,
  request: IncomingMessage,
  entry: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<string> {
  if (!authenticate) checkLoopbackName(request);
  const direction = directions[request.url?.split('?')[0] ?? ''];
  if (!direction) throw new Refusal(404, 'NOT_FOUND', 'ask POST /decode');
  if (request.method === 'OPTIONS') {
    Object.assign(headers, preflightHeaders(request));
    return '';
  }
  if (request.method !== 'POST')
    throw new Refusal(405, 'METHOD_REFUSED', `ask POST /${direction}`, { allow: 'POST, OPTIONS' });
  if (authenticate) entry.by = await authenticate(request.headers.authorization);
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new Refusal(415, 'TYPE_REFUSED', 'send application/json');
  const payloads = readPayloads(await readBody(request));
  entry.payloads = payloads.length;
  // The `temporal` command line has nothing encoded before it sends a query without arguments.
  if (direction === 'encode' && !encode && payloads.length > 0)
    throw new Refusal(403, 'ENCODE_REFUSED', 'this server only decodes; see --encode');
  return writePayloads(await convert(codecs, direction, payloads));
}

const directions: Record<string, 'encode' | 'decode' | undefined> = {
  '/decode': 'decode',
  '/encode': 'encode',
};

async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = () =>
    new Refusal(413, 'TOO_LARGE', `a request holds at most ${mostOctetsAsked / 1024 / 1024} MiB`);
  if (Number(request.headers['content-length'] ?? 0) > mostOctetsAsked) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Ended early, the loop would destroy the connection, and the refusal with it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > mostOctetsAsked) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * Reads the rest of a request: a client that still sends when the connection is closed loses the answer. A rest that is
 * far too long is cut off, so that it is not taken for the next request.
 */
async function discardRest(request: IncomingMessage): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > 4 * mostOctetsAsked) return;
    }
  } catch {
    // The client has gone.
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(500, 'UNEXPECTED', 'the codec server failed; its log says why');
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        errorAbout('--port', 'ADDRESS_UNUSABLE', `it cannot listen at ${host}, port ${port} (${cause.code})`),
      ),
    );
    server.listen(port, host, resolve);
  });
}

async function closed(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await ended;
}
