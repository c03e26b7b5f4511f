import { onTestFinished } from 'vitest';
import type { MemoryStore } from '../../lab/directory/memory-store.ts';
import type { SeedEntry } from '../../lab/directory/seed-entry.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { serve, settingsFor } from '../lab/ldap/fixture.ts';

/** A connection to a server of the test's own, which serves that store; and how many operations it has been asked. */
export async function directoryOf(store: MemoryStore): Promise<{ directory: Directory; searches(): number }> {
  const server = await serve(store);
  const { settings, hosts } = await settingsFor(server.port);
  const directory = await connectDirectory(settings, hosts)();
  onTestFinished(() => directory.close());
  return { directory, searches: () => server.counts.search ?? 0 };
}

export async function addAll(store: MemoryStore, entries: SeedEntry[]): Promise<void> {
  for (const { dn, attributes } of entries) await store.add(dn, attributes);
}
