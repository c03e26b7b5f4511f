import { showControls } from './visible.ts';

/** A copy of plain data for a terminal, in which no text and no key moves the cursor or turns the line around. */
export function escapeTerminal<T>(value: T): T {
  if (typeof value === 'string') return showControls(value) as T;
  if (Array.isArray(value)) return value.map(escapeTerminal) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [showControls(key), escapeTerminal(member)]);
  return Object.fromEntries(members) as T;
}

/** `value` as JSON on one line, in which what a terminal would obey is written as `\u001b`: the same value when parsed. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
