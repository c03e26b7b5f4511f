import { showControls } from './visible.ts';

/** HTML that is safe to write as it is. Only the tag `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | null | Markup | Part[];

/** Makes HTML. Escapes every part except Markup; joins lists; leaves null out. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...parts.map(textOf)));
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(textOf).join('');
  return escapeHtml(String(part));
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text and attribute values in double quotes: the five characters of the OWASP rule. */
export function escapeHtml(text: string): string {
  return showControls(text).replace(/[&<>"']/g, (character) => entities[character]!);
}
