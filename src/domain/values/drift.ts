/** One difference between two reads: a leaf whose value is not the same. Plain JSON. */
export interface Drift {
  /** Names of fields and keys of list members, joined by dots; empty where the whole differs. */
  path: string;
  /** Undefined where the leaf was not there. */
  before?: unknown;
  /** Undefined where the leaf is not there. */
  after?: unknown;
}

/**
 * Finds every leaf that differs between two plain JSON values. List members that have a `name` or a `sid` are matched
 * by it, so that an inserted member is one difference and not a shift of all that follow.
 */
export function findDrift(before: unknown, after: unknown, path = ''): Drift[] {
  if (Object.is(before, after)) return [];
  const left = members(before);
  const right = members(after);
  if (!left || !right || Array.isArray(before) !== Array.isArray(after)) return [{ path, before, after }];
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.flatMap((key) => findDrift(left.get(key), right.get(key), path ? `${path}.${key}` : key));
}

/** Notation of one difference: `hosts.web02.build: 26100 → 20348`. */
export function driftText({ path, before, after }: Drift): string {
  return `${path || '(all)'}: ${show(before)} \u2192 ${show(after)}`;
}

function members(value: unknown): Map<string, unknown> | null {
  if (Array.isArray(value)) return listMembers(value);
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value));
  return null;
}

function listMembers(list: unknown[]): Map<string, unknown> {
  const keyed = new Map<string, unknown>();
  for (const [index, item] of list.entries()) {
    const key = memberKey(item, index);
    // Equal members get a number: `HTTP/web`, `HTTP/web#2`.
    let free = key;
    for (let count = 2; keyed.has(free); count++) free = `${key}#${count}`;
    keyed.set(free, item);
  }
  return keyed;
}

function memberKey(item: unknown, index: number): string {
  if (typeof item === 'string') return item;
  if (typeof item === 'object' && item !== null) {
    const { name, sid } = item as { name?: unknown; sid?: unknown };
    const key = sid ?? name;
    if (typeof key === 'string') return key;
  }
  return String(index);
}

function show(value: unknown): string {
  if (value === undefined) return 'absent';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
