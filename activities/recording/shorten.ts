import { createHash } from 'node:crypto';

const mostCharacters = 400;
const mostMembers = 40;
const mostOctets = 16_384;

/**
 * Plain data as it is, but for what is long: a text of more than 400 characters and a list of more than 40 members keep
 * their beginning, their length and their SHA-256; so does what is more than 16 KiB after that. Passwords in URLs are
 * left out. Undefined is nothing.
 */
export function shortened(value: unknown): unknown {
  const short = shorter(value);
  const json = JSON.stringify(short) ?? 'null';
  if (json.length <= mostOctets) return short;
  return `${json.slice(0, mostCharacters)}… (${json.length} characters of JSON, SHA-256 ${sha256(json)})`;
}

/** The same of one text. */
export function shortenedText(text: string): string {
  const told = withoutPassword(text);
  if (told.length <= mostCharacters) return told;
  // Not in the middle of a surrogate pair.
  const beginning = told.slice(0, mostCharacters / 2).replace(/[\ud800-\udbff]$/, '');
  return `${beginning}… (${told.length} characters, SHA-256 ${sha256(told)})`;
}

function shorter(value: unknown): unknown {
  if (typeof value === 'string') return shortenedText(value);
  if (Array.isArray(value)) return shorterList(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorter(member)]));
}

function shorterList(list: unknown[]): unknown[] {
  if (list.length <= mostMembers) return list.map(shorter);
  const digest = sha256(JSON.stringify(list));
  return [
    ...list.slice(0, mostMembers / 2).map(shorter),
    `… and ${list.length - mostMembers / 2} more, SHA-256 of all ${digest}`,
  ];
}

function withoutPassword(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi, '$1***@');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
