import type { DevServer } from '../../../lab/temporal/dev-server.ts';
import { Found, tell } from './found.ts';
import type { LastLines } from './last-lines.ts';
import { progressLines } from './progress-lines.ts';

export interface TemporalAddress {
  address: string;
  namespace: string;
}

const namespace = 'default';

/** Starts one development server for the whole run when a test first needs it. */
export class TemporalServer {
  readonly #executable = new Found(findTemporal);
  readonly #lastLines: LastLines;
  #server: Promise<DevServer> | null = null;

  constructor(lastLines: LastLines) {
    this.#lastLines = lastLines;
  }

  /** Returns why there is no server, or null. */
  lack(): Promise<string | null> {
    return this.#executable.lack();
  }

  async start(): Promise<TemporalAddress> {
    this.#server ??= this.#start();
    const { address } = await this.#server;
    return { address, namespace };
  }

  async close(): Promise<void> {
    const server = await this.#server?.catch(() => null);
    await server?.close();
  }

  async #start(): Promise<DevServer> {
    const executable = await this.#executable.program();
    const { startDevServer } = await import('../../../lab/temporal/dev-server.ts');
    const onLine = this.#lastLines.follow('temporal');
    return await startDevServer({ executable, namespace, onLine });
  }
}

/** Modules of the servers are loaded late: that takes longer than a pure test file takes to run. */
async function findTemporal(): Promise<string> {
  const { findExecutable } = await import('../../../lab/temporal/executable.ts');
  const tellSlow = progressLines(tell);
  return await findExecutable({
    env: process.env,
    // What is at hand needs no words.
    onProgress: (progress) => ['path', 'cache'].includes(progress.step) || tellSlow(progress),
  });
}
