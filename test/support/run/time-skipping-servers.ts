import { access, rename, rm } from 'node:fs/promises';

import { type GuardedProcess, startGuarded } from '../../../lab/processes/guarded.ts';
import { freePorts, untilListening } from '../../../lab/processes/ports.ts';
import { Found, tell } from './found.ts';
import type { LastLines } from './last-lines.ts';
import { findTimeSkippingProgram } from './time-skipping-program.ts';

interface TimeSkippingServer {
  address: string;
  reusable: boolean;
  stop(): Promise<void>;
}

/** How a server uses an archive of classes, or writes it. */
interface Archive {
  args: string[];
  write?: (server: GuardedProcess) => Promise<void>;
}

/** Java needs more than a few seconds where other tests keep all cores busy. */
const readyWithinMs = 60_000;

/** Starts a time-skipping server when one is needed and none is free. Each serves one test at a time. */
export class TimeSkippingServers {
  readonly #program = new Found(() => findTimeSkippingProgram(tell));
  readonly #lastLines: LastLines;
  readonly #all = new Set<Promise<TimeSkippingServer>>();
  readonly #free: TimeSkippingServer[] = [];
  #archiving = false;

  constructor(lastLines: LastLines) {
    this.#lastLines = lastLines;
  }

  /** Returns why there is no server, or null. */
  lack(): Promise<string | null> {
    return this.#program.lack();
  }

  /** Lends a server until `ended`, which tells whether the next test may have it. */
  async lend(ended: Promise<boolean>): Promise<{ address: string }> {
    const server = this.#free.pop() ?? (await this.#start());
    void ended.then((reusable) => {
      if (reusable && server.reusable) this.#free.push(server);
      else void server.stop();
    });
    return { address: server.address };
  }

  async close(): Promise<void> {
    const servers = await Promise.allSettled(this.#all);
    await Promise.all(servers.map((each) => each.status === 'fulfilled' && each.value.stop()));
  }

  #start(): Promise<TimeSkippingServer> {
    const starting = this.#startOne();
    this.#all.add(starting);
    return starting;
  }

  async #startOne(): Promise<TimeSkippingServer> {
    const [port] = (await freePorts(1)) as [number];
    const address = `127.0.0.1:${port}`;
    const { program, args, classes } = await this.#program.program();
    const archive = await this.#archive(classes);
    const server = startGuarded(program, [...archive.args, ...args, `${port}`]);
    server.onLine(this.#lastLines.follow(address));
    const stop = async () => {
      await archive.write?.(server).catch(() => undefined);
      await server.stop();
    };
    try {
      await untilReady(server, port);
      return { address, reusable: !archive.write, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  /** The first server without an archive of classes serves one test, and writes the archive when it is asked to end. */
  async #archive(classes: string | null): Promise<Archive> {
    if (!classes) return { args: [] };
    const there = await access(classes).then(
      () => true,
      () => false,
    );
    if (there) return { args: [`-XX:SharedArchiveFile=${classes}`, '-Xlog:disable'] };
    if (this.#archiving) return { args: [] };
    this.#archiving = true;
    const temporary = `${classes}-${process.pid}`;
    const write = async (server: GuardedProcess) => {
      process.kill(server.pid, 'SIGTERM');
      await server.exited;
      await rename(temporary, classes).catch(() => rm(temporary, { force: true }));
    };
    return { args: [`-XX:ArchiveClassesAtExit=${temporary}`, '-Xlog:disable'], write };
  }
}

async function untilReady(server: GuardedProcess, port: number): Promise<void> {
  const failed = new AbortController();
  const limit = setTimeout(
    () =>
      failed.abort(new Error(`the time-skipping server did not listen within ${readyWithinMs / 1_000} s`)),
    readyWithinMs,
  );
  void server.exited.then(({ message }) => failed.abort(new Error(`the time-skipping server: ${message}`)));
  await untilListening('127.0.0.1', port, failed.signal).finally(() => clearTimeout(limit));
}
