/** One difference between two reads, as people are told it: `hosts.web02.build: 26100 → 20348`. */
export type Drift = string;

/**
 * Every leaf that differs between two plain JSON values, with its path. List members that have a `name` or a `sid`
 * are matched by it, so that an inserted member is one difference and not a shift of all that follow.
 */
export function drift(before: unknown, after: unknown, path = ''): Drift[] {
  if (Object.is(before, after)) return [];
  const left = members(before);
  const right = members(after);
  if (!left || !right || Array.isArray(before) !== Array.isArray(after))
    return [`${path || '(all)'}: ${show(before)} \u2192 ${show(after)}`];
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.flatMap((key) => drift(left.get(key), right.get(key), path ? `${path}.${key}` : key));
}

/** As one line: of many the first. */
export function driftText(differences: Drift[]): string {
  const most = 20;
  const more = differences.length - most;
  const first = differences.slice(0, most).join('; ');
  return more > 0 ? `${first}; and ${more} more` : first;
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
    // What comes twice is told apart: `HTTP/web`, `HTTP/web#2`.
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
