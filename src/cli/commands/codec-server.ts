import { resolve } from 'node:path';

import { InvalidArgumentError } from 'commander';

import { type CommandSpec, collect, newCommand } from '../command.ts';
import type { Context } from '../context.ts';

interface CodecServerCommandOptions {
  port: number;
  host: string;
  origin?: string[];
  encode?: boolean;
  tlsCert?: string;
  tlsKey?: string;
}

export function codecServerCommand(): CommandSpec {
  const command = newCommand(
    'codec-server',
    'Decrypt payloads for Temporal’s UI and its command line, for those who may see them.',
  )
    .option('--port <port>', 'port to listen on; 0 for a free one', port, 8888)
    .option('--host <address>', 'address to listen on; without a token only a loopback one', '127.0.0.1')
    .option('--origin <url>', 'where Temporal’s UI is: browsers may ask from there; may be repeated', collect)
    .option('--encode', 'also encrypt, so that payloads can be written in the UI')
    .option('--tls-cert <file>', 'PEM file of a certificate, with those between it and its CA')
    .option('--tls-key <file>', 'PEM file of its private key');
  return { command, run: serve };
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('Write a port, 0 to 65535.');
}

async function serve(context: Context, options: CodecServerCommandOptions): Promise<number> {
  const { io, assembly } = context;
  const path = (file: string | undefined) => (file === undefined ? null : resolve(io.folder, file));
  await assembly.codecServer({
    settings: await context.clientSettings(),
    log: await context.log('info'),
    host: options.host,
    port: options.port,
    origins: options.origin ?? [],
    encode: options.encode ?? false,
    certificateFile: path(options.tlsCert),
    privateKeyFile: path(options.tlsKey),
    signal: io.signal,
    onReady(url) {
      context.answer(`The codec server listens at ${url}.`, { url });
      context.tell('It runs until Ctrl-C.');
    },
  });
  return 0;
}
