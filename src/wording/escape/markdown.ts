import { showControls } from './visible.ts';

/**
 * Escapes text for CommonMark, wherever in a line or a table's cell it stands, on one line. What would begin emphasis,
 * code, a link, an image, HTML, a cell or a formula is escaped, as CommonMark 2.4 has it; angle brackets and ampersands are
 * character references, as some renderers pass HTML on. So is what would begin a list or a rule at the start of a line, and
 * what makes GitHub link an address (`://`, `www.`). No escape keeps GitHub from linking e-mail addresses, @mentions,
 * numbers of issues and hashes of commits.
 */
export function escapeMarkdown(text: string): string {
  return showControls(text)
    .replace(special, (character, word) => word ?? `\\${character}`)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/:\/\//g, '\\://')
    .replace(/(www)\./gi, '$1\\.')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** Characters to escape, but for an underscore within a word and a dollar before a space, of which names are full. */
const special = /((?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))|[\\`*_{}[\]()#!|~]|\$(?=\S)/gu;

/** Writes text as code within a line (CommonMark 6.1): the fence differs from every run of backticks in it. */
export function escapeMarkdownCode(text: string): string {
  const code = showControls(text);
  const runs = [...code.matchAll(/`+/g)].map(([run]) => run.length);
  if (runs.length === 0 && code.trim() !== '') return `\`${code}\``;
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  return `${fence} ${code} ${fence}`;
}
