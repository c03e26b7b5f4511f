import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { defaultTopology, domainControllerName, labDomain, managementHost } from '../../lab/topology.ts';
import { type Room, rooms } from '../../rooms.ts';
import { circles, files, type Import, imports, importsOf, root, sources, textOf } from './imports.ts';

const byPath = new Map(rooms.map((room) => [room.path, room]));

/** The room that a file stands in: its folder, or the file itself where it stands alone in `src`. */
function roomOf(file: string): string {
  return dirname(file) === 'src' ? file : dirname(file);
}

/** The room that is not part of another: what imports between rooms are about. */
function outermost(file: string): string {
  const [first, second] = file.split('/');
  return first === 'src' || first === 'scripts' ? `${first}/${second}` : first!;
}

/** The nearest room around a file that says of itself what it may import. */
function permissionsOf(file: string): Room {
  for (let path = roomOf(file); ; path = dirname(path)) {
    const room = byPath.get(path);
    if (room?.mayImport) return room;
    if (path === '.') throw new Error(`${file} stands in no room of rooms.ts`);
  }
}

const isIn = (path: string) => (room: string) => path === room || path.startsWith(`${room}/`);
const isLocal = ({ to }: Import) =>
  to.includes('/') && /^(src|activities|workflows|lab|scripts|bench)\//.test(to);

function isAllowed({ from, to, typeOnly }: Import): boolean {
  if (outermost(from) === outermost(to)) return true;
  const { mayImport = [], mayImportTypes = [] } = permissionsOf(from);
  const { door } = byPath.get(outermost(to)) ?? {};
  if (door && !isIn(from)('bench') && to !== door) return false;
  return mayImport.some(isIn(to)) || (typeOnly && mayImportTypes.some(isIn(to)));
}

describe('the table of rooms', () => {
  test('lists every folder, and nothing else', () => {
    expect(rooms.map(({ path }) => path).sort()).toEqual([...new Set(files.map(roomOf))].sort());
  });

  test('gives no leave that nobody takes', () => {
    const unused = rooms.flatMap(({ path, mayImport = [], mayImportTypes = [] }) =>
      [...mayImport, ...mayImportTypes]
        .filter((leave) => !imports.some(({ from, to }) => isIn(from)(path) && isIn(to)(leave)))
        .map((leave) => `${path} → ${leave}`),
    );
    expect(unused).toEqual([]);
  });

  test('reads imports as they are written', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(importsOf('workflows/hosts/waves.ts')).toContainEqual({
      from: 'workflows/hosts/waves.ts',
      to: 'activities/hosts/each-host.ts',
      typeOnly: true,
      dynamic: false,
    });
    expect(importsOf('src/bin/assembly.ts')).toContainEqual({
      from: 'src/bin/assembly.ts',
      to: 'lab/index.ts',
      typeOnly: false,
      dynamic: true,
    });
  });
});

describe('imports go one way', () => {
  test('every relative import names a file that exists', () => {
    const known = new Set(sources);
    expect(imports.filter((each) => isLocal(each) && !known.has(each.to))).toEqual([]);
  });

  test('a room imports what the table lets it import', () => {
    const forbidden = imports.filter((each) => isLocal(each) && !isAllowed(each));
    expect(forbidden.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('a room imports the packages that the table lets it import', () => {
    const forbidden = imports.filter((each) => {
      const { packages } = permissionsOf(each.from);
      return packages && /^[@a-z]/.test(each.to) && !isLocal(each) && !packages.includes(each.to);
    });
    expect(forbidden.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('no two rooms import each other, by however many others', () => {
    const between = imports.filter(isLocal).map(({ from, to }) => [outermost(from), outermost(to)] as const);
    expect(circles(between.filter(([from, to]) => from !== to))).toEqual([]);
  });

  test('no files form a circle', () => {
    const found = circles(imports.filter(isLocal).map(({ from, to }) => [from, to] as const));
    expect(found).toEqual([]);
  });

  test('a circle is found wherever it is', () => {
    const line = [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ] as const;
    expect(circles(line)).toEqual([]);
    expect(circles([...line, ['c', 'b'], ['d', 'a'], ['e', 'f'], ['f', 'e']])).toEqual([
      ['b', 'c'],
      ['e', 'f'],
    ]);
  });
});

test('every type has one name and one home', () => {
  const homes = new Map<string, string[]>();
  for (const file of sources)
    for (const [, name] of textOf(file).matchAll(/^(?:export )?(?:interface|type) (\w+)/gm))
      homes.set(name!, [...(homes.get(name!) ?? []), file]);
  expect([...homes].filter(([, where]) => where.length > 1)).toEqual([]);
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
  const production = files.filter((file) => /^(src|activities|workflows)\//.test(file));
  const found = production.flatMap((file) => {
    const text = textOf(file).toLowerCase();
    return names.filter((name) => text.includes(name)).map((name) => `${file}: ${name}`);
  });
  expect(found).toEqual([]);
});

test('no file is longer than 260 lines', () => {
  const lines = files.map((file) => `${file}: ${textOf(file).split('\n').length - 1}`);
  expect(lines.filter((line) => Number(line.split(' ')[1]) > 260)).toEqual([]);
});

/** Folders of tests without a counterpart in the source, each with what it is for. */
const testRooms: Record<string, string> = {
  'test/architecture': 'the shape of source and tests',
  'test/directory/security/descriptors': 'descriptors of a Samba domain, and how they were collected',
  'test/docs': 'pages for people, held to the code',
  'test/histories': 'recorded migrations, and how they are recorded',
  'test/integration': 'the product with real servers: Samba and OpenSSH',
  'test/lab/ldap/like-samba': 'requests that the lab and Samba are both sent',
  'test/packaging': 'the package and the container image',
  'test/pictures': 'screenshots for the documentation',
  'test/support': 'what tests of several rooms share',
  'test/support/run': 'what is set up once a test run',
  'test/support/windows': 'stand-ins for Windows',
};
const tests = globSync('test/**/*.ts', { cwd: root }).sort();

test('tests have the shape of the source', () => {
  const sourceFolders = new Set(files.map((file) => dirname(file)));
  const without = [...new Set(tests.map((file) => dirname(file)))].filter((folder) => {
    const mirrored = folder.replace(/^test\//, '');
    return !sourceFolders.has(mirrored) && !sourceFolders.has(`src/${mirrored}`);
  });
  expect(without.sort()).toEqual(Object.keys(testRooms).sort());
});

test('no test file is longer than 300 lines', () => {
  const lines = tests.map(
    (file) => `${file}: ${readFileSync(resolve(root, file), 'utf8').split('\n').length - 1}`,
  );
  expect(lines.filter((line) => Number(line.split(' ')[1]) > 300)).toEqual([]);
});
