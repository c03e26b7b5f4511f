import { ask } from './ask.ts';

/** Servers that tests of this file use; false for one that was given back since the last test ended. */
const used = new Map<string, boolean>();

/** Notes that the running test uses a server, or that it has given it back. */
export function noteServer(name: string, inUse: boolean): void {
  used.set(name, inUse);
}

/** Forgets the servers of the file before in the same process. */
export function forgetServers(): void {
  used.clear();
}

/** Returns what the servers of a test printed last, once: those that it gave back are forgotten. */
export async function lastLinesOfServers(failed: boolean): Promise<string[]> {
  const names = [...used.keys()];
  for (const [name, inUse] of used) if (!inUse) used.delete(name);
  if (!failed) return [];
  const all = await Promise.all(names.map((name) => ask<string[]>('last-lines', name)));
  return all.flatMap((lines, index) => lines.map((line) => `${names[index]}: ${line}`));
}
