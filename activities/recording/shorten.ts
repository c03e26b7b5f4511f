import { createHash } from 'node:crypto';

import type { Excerpt } from '../../src/domain/values/excerpt.ts';

const mostCharacters = 400;
const mostMembers = 40;
const mostOctets = 16_384;

/**
 * Plain data as it is, but for what is long: a text of more than 400 characters, a list of more than 40 members, and all of
 * it where its JSON is more than 16 KiB after that, are excerpts. Passwords in URLs are left out. Undefined is null.
 */
export function shortened(value: unknown): unknown {
  const short = shorter(value);
  const json = JSON.stringify(short) ?? 'null';
  return json.length <= mostOctets ? short : excerpt(json);
}

/** Does the same with one text. */
export function shortenedText(text: string): string | Excerpt<string> {
  const safe = withoutPassword(text);
  return safe.length <= mostCharacters ? safe : excerpt(safe);
}

function shorter(value: unknown): unknown {
  if (typeof value === 'string') return shortenedText(value);
  if (Array.isArray(value)) return shorterList(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorter(member)]));
}

function shorterList(list: unknown[]): unknown[] | Excerpt<unknown[]> {
  if (list.length <= mostMembers) return list.map(shorter);
  const beginning = list.slice(0, mostMembers / 2).map(shorter);
  return { beginning, length: list.length, sha256: sha256(JSON.stringify(list)) };
}

function excerpt(text: string): Excerpt<string> {
  // Not in the middle of a surrogate pair.
  const beginning = text.slice(0, mostCharacters / 2).replace(/[\ud800-\udbff]$/, '');
  return { beginning, length: text.length, sha256: sha256(text) };
}

function withoutPassword(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi, '$1***@');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
