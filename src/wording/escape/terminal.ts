import { changeTexts, showControls } from './visible.ts';

/** A copy of plain data for a terminal, in which no text and no key moves the cursor or turns the line around. */
export function escapeTerminal<T>(value: T): T {
  return changeTexts(value, showControls);
}

/** `value` as JSON on one line, in which what a terminal would obey is written as `\u001b`: the same value when parsed. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
