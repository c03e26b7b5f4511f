import type { SshConnection } from './ssh-connection.ts';

export interface SshPoolOptions {
  /** Most connections that may be open at once, the idle ones among them. */
  limit: number;
  /** Milliseconds for which an idle connection is kept. */
  idleMs: number;
  /** Milliseconds for which a connection is used again: then keys, passwords and host keys are read and checked anew. */
  oldestMs: number;
  connect(host: string, signal: AbortSignal): Promise<SshConnection>;
}

/**
 * Connections that are kept for a while after a run in order, for the next one to the same host. One run at a time has
 * a connection: what is cut off, hangs or floods takes no other run with it, and a host's limit of sessions in one
 * connection (`MaxSessions`) is never met.
 */
export interface SshPool {
  /** One that is idle, or null. It may have died without a word: nothing must be sent before it has answered. */
  takeIdle(host: string): SshConnection | null;
  /** A new one; the idle one that has waited longest makes room where the limit is reached. */
  takeNew(host: string, signal: AbortSignal): Promise<SshConnection>;
  /** After a run in order; a connection of any other run is closed instead, with `end`. */
  keep(host: string, connection: SshConnection): Promise<void>;
  end(connection: SshConnection): Promise<void>;
  /** Ends what is idle, now and from here on. */
  close(): Promise<void>;
}

interface Idle {
  host: string;
  connection: SshConnection;
  forget(): void;
}

export function sshPool({ limit, idleMs, oldestMs, connect }: SshPoolOptions): SshPool {
  const idle: Idle[] = [];
  const retired = new WeakSet<SshConnection>();
  const retirements = new Map<SshConnection, NodeJS.Timeout>();
  let used = 0;
  let closed = false;

  function leave(entry: Idle): SshConnection {
    idle.splice(idle.indexOf(entry), 1);
    entry.forget();
    return entry.connection;
  }

  async function discard(connection: SshConnection): Promise<void> {
    clearTimeout(retirements.get(connection));
    retirements.delete(connection);
    await connection.close();
  }

  return {
    takeIdle(host) {
      const entry = idle.findLast((each) => each.host === host.toLowerCase());
      if (!entry) return null;
      used += 1;
      return leave(entry);
    },

    async takeNew(host, signal) {
      used += 1;
      try {
        while (idle.length > 0 && used + idle.length > limit) await discard(leave(idle[0]!));
        const connection = await connect(host, signal);
        retirements.set(connection, setTimeout(() => retired.add(connection), oldestMs).unref());
        return connection;
      } catch (error) {
        used -= 1;
        throw error;
      }
    },

    async keep(host, connection) {
      used -= 1;
      if (closed || retired.has(connection) || !connection.isOpen()) return await discard(connection);
      const timer = setTimeout(() => void discard(leave(entry)), idleMs).unref();
      const unlisten = connection.onClose(() => void discard(leave(entry)));
      const entry: Idle = {
        host: host.toLowerCase(),
        connection,
        forget() {
          clearTimeout(timer);
          unlisten();
        },
      };
      idle.push(entry);
    },

    async end(connection) {
      used -= 1;
      await discard(connection);
    },

    async close() {
      closed = true;
      await Promise.all([...idle].map((entry) => discard(leave(entry))));
    },
  };
}
