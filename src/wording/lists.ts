/**
 * src/wording turns data into English. Its functions are pure, take typed unions and facts, and return plain text without
 * line ends, never shortened for a screen and never escaped: who lays it out (command line, report, notices, Temporal's
 * details) escapes each whole text for its output, by src/wording/escape. Nothing that these functions return is stored,
 * compared or decided upon.
 */

/** Words a number of things: `1 host`, `3 hosts`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** Names the only one, or counts them: `3 hosts`. */
export function namedOrCounted(names: string[], thing: string): string {
  return names.length === 1 ? names[0]! : counted(names.length, thing);
}

/** Returns all items, or the first `most` and one that counts the others. */
export function firstOf<T>(items: T[], most: number, rest: (left: number) => T): T[] {
  return items.length <= most ? items : [...items.slice(0, most), rest(items.length - most)];
}

/** Words how many members of a list are left out: `and 3 more`. */
export function andMore(left: number): string {
  return `and ${left} more`;
}
