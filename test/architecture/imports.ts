import { globSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Every file of the product and of what stands beside it, from the disk: files that are not committed count too. */
export const files = globSync('{src,activities,workflows,lab,scripts,bench}/**/*.{ts,ps1}', {
  cwd: root,
}).sort();
export const sources = files.filter((file) => file.endsWith('.ts'));

const texts = new Map(files.map((file) => [file, readFileSync(resolve(root, file), 'utf8')]));

export function textOf(file: string): string {
  return texts.get(file)!;
}

export interface Import {
  from: string;
  /** A file of the repository, or a package. */
  to: string;
  /** Erased before it runs. */
  typeOnly: boolean;
  dynamic: boolean;
}

const statement = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\s+from\s+)?'([^']+)'/gms;
const call = /\bimport\(\s*'([^']+)'/g;

/** Imports of a file as they are written, statements first. */
export function importsOf(from: string): Import[] {
  const text = textOf(from);
  const resolved = (to: string) => (to.startsWith('.') ? posix.join(dirname(from), to) : to);
  const written = [...text.matchAll(statement)].map(([all, typeOnly, to]): Import => {
    const names = /\{([^}]*)\}/
      .exec(all)?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    const allTypes =
      names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type '));
    const others = /^(?:import|export)\s+[\w*]/.test(all) && !typeOnly;
    return { from, to: resolved(to!), typeOnly: Boolean(typeOnly) || (allTypes && !others), dynamic: false };
  });
  const called = [...text.matchAll(call)].map(([all, to]) => {
    const typeOnly = /typeof\s*$/.test(text.slice(0, text.indexOf(all)));
    return { from, to: resolved(to!), typeOnly, dynamic: true };
  });
  return [...written, ...called];
}

export const imports = sources.flatMap(importsOf);

/** Circles of a graph: sets of nodes that reach each other (Tarjan's strongly connected components), sorted. */
export function circles(edges: Iterable<readonly [string, string]>): string[][] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) {
    if (!next.has(to)) next.set(to, new Set());
    next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    path.push(node);
    for (const to of next.get(node)!) {
      if (!index.has(to)) visit(to);
      if (path.includes(to)) low.set(node, Math.min(low.get(node)!, low.get(to)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = path.splice(path.indexOf(node));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return found.sort();
}
