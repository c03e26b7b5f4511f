import type { DevServer } from '../../../src/temporal/dev-server.ts';
import type { LastLines } from './last-lines.ts';

export interface TemporalAddress {
  address: string;
  namespace: string;
}

const namespace = 'default';

/** Starts one development server for the whole run when a test first needs it. */
export class TemporalServer {
  readonly #executable: string;
  readonly #lastLines: LastLines;
  #server: Promise<DevServer> | null = null;

  constructor(executable: string, lastLines: LastLines) {
    this.#executable = executable;
    this.#lastLines = lastLines;
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
    // Loaded late: it takes longer to load than a pure test file takes to run.
    const { startDevServer } = await import('../../../src/temporal/dev-server.ts');
    const onLine = this.#lastLines.follow('temporal');
    return await startDevServer({ executable: this.#executable, namespace, onLine });
  }
}
