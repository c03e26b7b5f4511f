import { changeTexts, showControls } from './visible.ts';

/** Copies plain data for a terminal: no text and no key in it moves the cursor or turns the line around. */
export function escapeTerminal<T>(value: T): T {
  return changeTexts(value, showControls);
}

/** Writes JSON on one line, with `\u001b` for what a terminal would obey: the same value when parsed. */
export function escapeJson(value: unknown): string {
  return escapeJsonText(JSON.stringify(value));
}

/** Escapes JSON that is written already; a line feed stays, which stands in no text of JSON. */
export function escapeJsonText(json: string): string {
  return json.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
