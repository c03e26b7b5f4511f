import type { Excerpt } from '../domain/values/excerpt.ts';

/** Words a text that may have been too long to keep. */
export function wordExcerpt(text: string | Excerpt<string>): string {
  if (typeof text === 'string') return text;
  return `${text.beginning}… (${text.length} characters, SHA-256 ${text.sha256})`;
}
