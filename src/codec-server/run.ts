import { readNamedFile, readPrivateFile } from '../config/files.ts';
import type { ClientSettings } from '../config/settings.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { dataConverterOf } from '../temporal/data-converter.ts';
import { authentication } from './access.ts';
import { isLoopback, parseOrigins } from './cross-origin.ts';
import { startCodecServer } from './server.ts';

export interface RunCodecServerOptions {
  settings: ClientSettings;
  log: Log;
  host: string;
  port: number;
  /** Origins of Temporal's UI, as written. */
  origins: string[];
  encode: boolean;
  certificateFile: string | null;
  privateKeyFile: string | null;
  signal: AbortSignal;
  onReady(url: string): void;
}

/** Runs `dmsa codec-server`: answers until `signal` aborts. Throws the codes of settings, files and keys. */
export async function runCodecServer(options: RunCodecServerOptions): Promise<void> {
  const { settings, log, host, port, encode, signal, onReady } = options;
  const [authenticate, tls, { payloadCodecs }] = await Promise.all([
    authentication(settings.codecServer),
    readTls(options),
    dataConverterOf(settings.encryption),
  ]);
  const origins = parseOrigins(options.origins);
  const server = await startCodecServer({
    ...{ codecs: payloadCodecs ?? [], host, port, origins, authenticate, encode, tls, log },
  });
  try {
    if (!settings.encryption) log.warn('there is no key ring: only what is compressed is decoded');
    if (!tls && !isLoopback(host))
      log.warn('tokens and clear text go over the network as they are: set --tls-cert');
    onReady(server.url);
    await aborted(signal);
  } finally {
    await server.close();
  }
}

async function readTls({ certificateFile, privateKeyFile }: RunCodecServerOptions) {
  if (certificateFile === null && privateKeyFile === null) return null;
  if (certificateFile === null) throw errorAbout('--tls-key', 'ARGUMENT_INVALID', 'needs --tls-cert');
  if (privateKeyFile === null) throw errorAbout('--tls-cert', 'ARGUMENT_INVALID', 'needs --tls-key');
  const cert = await readNamedFile('--tls-cert', certificateFile);
  return { cert, key: await readPrivateFile('--tls-key', privateKeyFile) };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
