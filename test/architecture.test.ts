import { globSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { defaultTopology, domainControllerName, labDomain, managementHost } from '../lab/topology.ts';

const root = resolve(import.meta.dirname, '..');

/** Every file of the product, from the disk: what is not committed yet counts too. */
const files = globSync('{src,activities,workflows,lab}/**/*.{ts,ps1}', { cwd: root }).sort();
const contents = new Map(files.map((file) => [file, readFileSync(resolve(root, file), 'utf8')]));
const sources = files.filter((file) => file.endsWith('.ts'));

interface Import {
  /** A file of the repository, or a package. */
  to: string;
  /** Erased before it runs. */
  typeOnly: boolean;
  dynamic: boolean;
}

const statement = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\s+from\s+)?'([^']+)'/gms;
const call = /\bimport\(\s*'([^']+)'/g;

function importsOf(file: string): Import[] {
  const text = contents.get(file)!;
  const resolved = (to: string) => (to.startsWith('.') ? posix.join(dirname(file), to) : to);
  const written = [...text.matchAll(statement)].map(([all, typeOnly, to]): Import => {
    const names = /\{([^}]*)\}/
      .exec(all)?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    const allTypes =
      names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type '));
    const others = /^(?:import|export)\s+[\w*]/.test(all) && !typeOnly;
    return { to: resolved(to!), typeOnly: Boolean(typeOnly) || (allTypes && !others), dynamic: false };
  });
  const called = [...text.matchAll(call)].map(([, to]) => ({
    to: resolved(to!),
    typeOnly: false,
    dynamic: true,
  }));
  return [...written, ...called];
}

/** `from → to` of every import of `from` that is not allowed. */
function forbidden(
  from: (file: string) => boolean,
  allowed: (each: Import, file: string) => boolean,
): string[] {
  return sources.filter(from).flatMap((file) =>
    importsOf(file)
      .filter((each) => !allowed(each, file))
      .map(({ to }) => `${file} → ${to}`),
  );
}

const within =
  (...folders: string[]) =>
  (file: string) =>
    folders.some((folder) => file.startsWith(folder));

describe('imports go one way', () => {
  test('the test reads imports as they are written', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(importsOf('workflows/hosts/waves.ts')).toEqual([
      { to: '@temporalio/workflow', typeOnly: false, dynamic: false },
      { to: 'activities/hosts/each-host.ts', typeOnly: true, dynamic: false },
      { to: 'src/domain/migration/journal.ts', typeOnly: false, dynamic: false },
      { to: 'workflows/state.ts', typeOnly: true, dynamic: false },
    ]);
    expect(importsOf('src/bin/assembly.ts')).toContainEqual({
      to: 'lab/index.ts',
      typeOnly: false,
      dynamic: true,
    });
  });

  test('every relative import names a file that exists', () => {
    const known = new Set(sources);
    const missing = forbidden(
      () => true,
      ({ to }) => !/^(src|activities|workflows|lab)\//.test(to) || known.has(to),
    );
    expect(missing).toEqual([]);
  });

  test('workflows import Temporal’s workflow side, the domain, its words, each other, and types of activities', () => {
    const allowed = ({ to, typeOnly }: Import) =>
      ['@temporalio/workflow', '@temporalio/common'].includes(to) ||
      within('workflows/', 'src/domain/', 'src/wording/')(to) ||
      (typeOnly && within('activities/')(to));
    expect(forbidden(within('workflows/'), allowed)).toEqual([]);
  });

  test('the domain imports itself alone', () => {
    expect(forbidden(within('src/domain/'), ({ to }) => to.startsWith('src/domain/'))).toEqual([]);
  });

  test('the words import themselves and the domain alone', () => {
    const allowed = ({ to }: Import) => within('src/wording/', 'src/domain/')(to);
    expect(forbidden(within('src/wording/'), allowed)).toEqual([]);
  });

  test('activities import no workflow, no lab, no command line, no client', () => {
    const outside = within('workflows/', 'lab/', 'lab/demo/', 'src/cli/', 'src/client/', 'src/report/');
    expect(forbidden(within('activities/'), ({ to }) => !outside(to))).toEqual([]);
  });

  test('nothing imports the lab but the lab, the demonstration, and the assembly of commands, when one needs it', () => {
    const free = within('lab/', 'lab/demo/');
    const allowed = ({ to, dynamic }: Import, file: string) =>
      !to.startsWith('lab/') || (file === 'src/bin/assembly.ts' && dynamic && to === 'lab/index.ts');
    expect(forbidden((file) => !free(file), allowed)).toEqual([]);
  });

  test('what reaches the world knows nothing of those who call it', () => {
    const lower = within('src/directory/', 'src/powershell/', 'src/inspection/', 'src/config/', 'src/plan/');
    const upper = within(
      'src/cli/',
      'lab/demo/',
      'src/client/',
      'src/report/',
      'src/temporal/',
      'activities/',
      'workflows/',
    );
    expect(forbidden(lower, ({ to }) => !upper(to))).toEqual([]);
  });
});

test('no production file mentions a name of the lab', () => {
  const topology = defaultTopology();
  const names = [
    labDomain.dnsName,
    labDomain.baseDn,
    managementHost,
    domainControllerName,
    topology.account.name,
    topology.dmsa,
    ...topology.bystanders,
    ...topology.hosts.map((host) => host.name.split('.')[0]!),
  ].map((name) => name.toLowerCase());
  const production = files.filter((file) => !within('lab/', 'lab/demo/')(file));
  const found = production.flatMap((file) => {
    const text = contents.get(file)!.toLowerCase();
    return names.filter((name) => text.includes(name)).map((name) => `${file}: ${name}`);
  });
  expect(found).toEqual([]);
});

test('no file is longer than 260 lines', () => {
  const lines = files.map((file) => `${file}: ${contents.get(file)!.split('\n').length - 1}`);
  expect(lines.filter((line) => Number(line.split(' ')[1]) > 260)).toEqual([]);
});
