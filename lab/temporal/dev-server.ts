import { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { type GuardedProcess, startGuarded } from '../processes/guarded.ts';
import { freePorts, untilListening } from '../processes/ports.ts';

export interface DevServerOptions {
  executable: string;
  namespace: string;
  /** SQLite file that keeps the histories; in memory where null. */
  historyFile?: string | null;
  /** Settings of the server itself, `key=value`, as its `--dynamic-config-value` takes them. */
  dynamicConfig?: string[];
  /** URL of a codec server, which its UI asks for clear text. */
  uiCodecEndpoint?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Receives every line that the server prints. */
  onLine?: (line: string) => void;
}

export interface DevServer {
  address: string;
  uiUrl: string;
  close(): Promise<void>;
}

const attempts = 3;
const readyWithinMs = 60_000;

/** Starts `temporal server start-dev` on free loopback ports, ready for requests. Throws TEMPORAL_NOT_STARTED. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  for (let attempt = 1; ; attempt += 1) {
    const [port, uiPort] = (await freePorts(2)) as [number, number];
    const server = startGuarded(options.executable, startArgs(port, uiPort, options), {
      env: options.env,
      graceful: Boolean(options.historyFile),
    });
    if (options.onLine) server.onLine(options.onLine);
    const address = `127.0.0.1:${port}`;
    try {
      await untilReady(server, address, port, options);
      return { address, uiUrl: `http://127.0.0.1:${uiPort}`, close: server.stop };
    } catch (error) {
      await server.stop();
      options.signal?.throwIfAborted();
      // Another program may have taken a port between its choice and its use.
      if (attempt === attempts) throw error;
    }
  }
}

function startArgs(port: number, uiPort: number, options: DevServerOptions): string[] {
  const { namespace, historyFile, dynamicConfig = [], uiCodecEndpoint } = options;
  // One history shard is read 20 times a second by default: each task would wait for the next 50 ms tick.
  const dynamic = ['history.transferProcessorMaxPollRPS=10000', 'history.timerProcessorMaxPollRPS=10000'];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`],
    ...['--namespace', namespace, '--log-level', 'error', '--color', 'never'],
    // What profiles say is for clients of another server.
    ...['--disable-config-file', '--disable-config-env'],
    ...[...dynamic, ...dynamicConfig].flatMap((value) => ['--dynamic-config-value', value]),
    ...Object.values(searchAttributes).flatMap((key) => [
      '--search-attribute',
      `${key.name}=${cliType(key.type)}`,
    ]),
    ...(uiCodecEndpoint ? ['--ui-codec-endpoint', uiCodecEndpoint] : []),
    ...(historyFile ? ['--db-filename', historyFile] : []),
  ];
}

/** KEYWORD_LIST is KeywordList to the command line. */
function cliType(type: SearchAttributeType): string {
  return type.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

async function untilReady(
  server: GuardedProcess,
  address: string,
  port: number,
  { namespace, signal }: DevServerOptions,
): Promise<void> {
  const gone = new AbortController();
  const limit = AbortSignal.timeout(readyWithinMs);
  void server.exited.then(({ message }) => gone.abort(unavailable(message)));
  const stopped = AbortSignal.any([gone.signal, limit, ...(signal ? [signal] : [])]);
  try {
    await untilListening('127.0.0.1', port, stopped);
    await untilServing(address, namespace, stopped);
  } catch (error) {
    throw limit.aborted ? unavailable(`${address} is not ready after ${readyWithinMs / 1_000} s`) : error;
  }
}

async function untilServing(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    while (true) {
      try {
        await connection.workflowService.describeNamespace({ namespace });
        return;
      } catch {
        // The namespace comes a moment after the port.
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  } finally {
    await connection.close();
  }
}

function unavailable(why: string): DmsaError {
  return new DmsaError('TEMPORAL_NOT_STARTED', 'Temporal', `The Temporal server did not start: ${why}.`);
}
