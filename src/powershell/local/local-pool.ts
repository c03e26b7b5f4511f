import { sessionSlots } from '../ssh/session-slots.ts';
import type { ProgramOutput } from '../wire/output.ts';
import { type BrokerQuestion, type LocalProcess, startLocalProcess } from './local-process.ts';

export interface LocalPoolOptions {
  program: string;
  args: readonly string[];
  /** Processes that may be open at once, idle ones among them. */
  maxSessions: number;
  idleMs: number;
  graceMs: number;
  env?: NodeJS.ProcessEnv;
}

/** A process for one run. It is either given back or ended, once. */
export interface LocalSession {
  ask(question: BrokerQuestion): Promise<ProgramOutput>;
  giveBack(): Promise<void>;
  end(): Promise<void>;
}

export interface LocalPool {
  /** A warm process of that key, else a new one; waits for its turn. Aborting `signal` leaves the queue. */
  take(key: string, signal?: AbortSignal): Promise<LocalSession>;
  /** Ends the idle ones; one whose run is under way ends after it. */
  close(): Promise<void>;
}

/** Takes a process for a slot: where all are open, at least one of them is idle or about to end. */
export function localPool(options: LocalPoolOptions): LocalPool {
  const { program, args, maxSessions, idleMs, graceMs, env } = options;
  const slots = sessionSlots(maxSessions);
  const open = new Set<LocalProcess>();
  /** Oldest first. */
  const idle = new Map<LocalProcess, { key: string; timer: NodeJS.Timeout }>();
  const ending = new Map<LocalProcess, Promise<void>>();
  let closed = false;

  function end(process: LocalProcess): Promise<void> {
    wake(process);
    const ended =
      ending.get(process) ??
      process.end().then(() => {
        open.delete(process);
        ending.delete(process);
      });
    if (open.has(process)) ending.set(process, ended);
    return ended;
  }

  function keep(process: LocalProcess, key: string): void {
    const timer = setTimeout(() => void end(process), idleMs);
    timer.unref();
    process.idle();
    idle.set(process, { key, timer });
  }

  function wake(process: LocalProcess): void {
    clearTimeout(idle.get(process)?.timer);
    idle.delete(process);
  }

  async function warmOrNew(key: string): Promise<LocalProcess> {
    // The newest of its key: the others get old enough to be closed.
    const warm = [...idle].findLast(([process, each]) => each.key === key && process.alive)?.[0];
    if (warm) {
      wake(warm);
      return warm;
    }
    while (open.size >= maxSessions) {
      const [oldest] = idle.keys();
      await (oldest ? end(oldest) : Promise.race(ending.values()));
    }
    const started = startLocalProcess(program, args, { env, graceMs });
    open.add(started);
    return started;
  }

  return {
    async take(key, signal) {
      const giveSlotBack = await slots.take(signal);
      const process = await warmOrNew(key).catch((error: unknown) => {
        giveSlotBack();
        throw error;
      });
      return {
        ask: (question) => process.ask(question),
        async giveBack() {
          if (closed) await end(process);
          else keep(process, key);
          giveSlotBack();
        },
        async end() {
          await end(process);
          giveSlotBack();
        },
      };
    },
    async close() {
      closed = true;
      await Promise.all([...idle.keys()].map(end));
    },
  };
}
