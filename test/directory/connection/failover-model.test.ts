import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FailoverDirectory } from '../../../src/directory/connection/failover.ts';
import { serversOf } from '../../../src/directory/connection/servers.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { DmsaError, type ErrorCode } from '../../../src/domain/errors/errors.ts';
import { baseDn } from '../../lab/ldap/fixture.ts';
import { parseFilter } from '../../support/parse-filter.ts';

/** What happens at a server, one after the other: to attempts to open, and to operations; then all is well. */
interface Script {
  opening: (ErrorCode | 'ok')[];
  asking: (ErrorCode | 'ok')[];
}

const passing: ErrorCode[] = ['DIRECTORY_UNREACHABLE', 'DIRECTORY_TIMED_OUT', 'DIRECTORY_ANSWER_INVALID'];
const skipped: ErrorCode[] = [...passing, 'DIRECTORY_BUSY', 'CERTIFICATE_INVALID', 'STARTTLS_REFUSED'];
const final: ErrorCode[] = [
  'BIND_REFUSED',
  'DIRECTORY_REFUSED',
  'ACCESS_DENIED',
  'DIRECTORY_LIMIT',
  'DIRECTORY_REFERRAL',
];

/** Servers that do what their scripts say, and note it. */
function staged(scripts: Script[]) {
  const servers = serversOf({ urls: scripts.map((_, index) => `ldaps://dc${index}`) }, {});
  const notes = { opened: [] as number[], open: 0, asked: [] as number[] };
  const left = structuredClone(scripts);
  const step = (index: number, what: 'opening' | 'asking') => {
    const outcome = left[index]![what].shift() ?? 'ok';
    if (outcome !== 'ok') throw new DmsaError(outcome, `dc${index}`, `dc${index}: ${outcome}`);
  };
  const open = async (server: (typeof servers)[number]): Promise<Directory> => {
    const index = servers.indexOf(server);
    notes.opened.push(index);
    step(index, 'opening');
    notes.open++;
    const search = async (_: string, { onReference }: { onReference?: (url: string) => void }) => {
      notes.asked.push(index);
      onReference?.(`ldap://from-dc${index}`);
      step(index, 'asking');
      return [{ dn: `CN=${index},${baseDn}`, attributes: {} }];
    };
    let isOpen = true;
    const close = async () => {
      if (isOpen) notes.open--;
      isOpen = false;
    };
    const contexts = { baseDn, rootDomainDn: baseDn, configurationDn: 'x', schemaDn: 'x', clock: null };
    const rootDse = () => ({ server: server.url, dc: server.name, ...contexts });
    return { rootDse, read: async () => null, search, close };
  };
  return { servers, open, notes };
}

const outcomes = (codes: ErrorCode[]) => fc.array(fc.constantFrom('ok' as const, ...codes), { maxLength: 4 });
const scripts = (opening: ErrorCode[], asking: ErrorCode[]) =>
  fc.array(fc.record({ opening: outcomes(opening), asking: outcomes(asking) }), {
    minLength: 1,
    maxLength: 4,
  });

const options = { scope: 'sub' as const, filter: parseFilter('(cn=x)'), attributes: [] };

test('one operation asks each server once more at the most, tells references of one answer, and leaks no connection', async () => {
  await fc.assert(
    fc.asyncProperty(scripts([...skipped, ...final], [...passing, ...final]), async (all) => {
      const { servers, open, notes } = staged(all);
      const connecting = await FailoverDirectory.connect(servers, undefined, open).catch((error) => error);
      if (connecting instanceof DmsaError) {
        expect(notes.open).toBe(0);
        expect(notes.opened.length).toBeLessThanOrEqual(servers.length);
        return;
      }
      const directory = connecting as FailoverDirectory;
      const before = notes.opened.length;
      const told: string[] = [];
      const answer = await directory
        .search(baseDn, { ...options, onReference: (url) => told.push(url) })
        .catch((error: DmsaError) => error);
      expect(notes.asked.length).toBeLessThanOrEqual(1 + servers.length);
      const opened = notes.opened.slice(before);
      expect(new Set(opened).size).toBe(opened.length);
      if (answer instanceof DmsaError) {
        expect(told).toEqual([]);
        const isFinal = (final as string[]).includes(answer.code);
        // Given up only after all had their turn; what cannot pass is never kept trying.
        if (!isFinal) expect(opened.length).toBe(servers.length);
      } else {
        const by = notes.asked.at(-1)!;
        expect(answer.map(({ dn }) => dn)).toEqual([`CN=${by},${baseDn}`]);
        expect(told).toEqual([`ldap://from-dc${by}`]);
        expect(directory.rootDse().dc).toBe(`dc${by}`);
      }
      await directory.close();
      expect(notes.open).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('operations that are under way together end, each with an answer or a failure, whatever is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      scripts(passing, passing),
      fc.integer({ min: 2, max: 6 }),
      async (scheduler, all, count) => {
        const { servers, open, notes } = staged(all);
        const later = async (server: (typeof servers)[number]): Promise<Directory> => {
          await scheduler.schedule(Promise.resolve(), 'open');
          const directory = await open(server);
          const { search } = directory;
          return {
            ...directory,
            search: async (base, each) => {
              await scheduler.schedule(Promise.resolve(), 'search');
              return await search(base, each);
            },
          };
        };
        const work = async () => {
          const directory = await FailoverDirectory.connect(servers, undefined, later);
          const ended = await Promise.allSettled(
            Array.from({ length: count }, () => directory.search(baseDn, options)),
          );
          for (const each of ended) {
            if (each.status === 'rejected') expect(passing).toContain(each.reason.code);
            else expect(each.value).toHaveLength(1);
          }
          await directory.close();
        };
        const done = work().catch((error: DmsaError) => expect(passing).toContain(error.code));
        await scheduler.waitFor(done);
        expect(notes.asked.length).toBeLessThanOrEqual(count * (1 + servers.length));
      },
    ),
    { numRuns: 200 },
  );
});
