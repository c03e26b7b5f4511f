import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** The pages that people read, by their path in the repository. */
export const pages: ReadonlyMap<string, string> = new Map(
  globSync('{*.md,docs/*.md}', { cwd: root })
    .sort()
    .map((path) => [path, readFileSync(resolve(root, path), 'utf8')]),
);

export function page(path: string): string {
  const text = pages.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}

/** The blocks between fences, with the language after the first of them. */
export function blocks(text: string): { language: string; text: string }[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }));
}

/** What stands between backticks in a line, fences left out. */
export function codeSpans(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
}

/** Targets of links and images. */
export function links(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
}

/** The cells of each row of the table under a heading, without its head. */
export function tableUnder(text: string, heading: string): string[][] {
  const section = text.slice(text.indexOf(`${heading}\n`) + heading.length);
  const [table] = /^\|.*(?:\n\|.*)*/m.exec(section) ?? [''];
  return table
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split(' | ')
        .map((cell) => cell.replace(/^\| | \|$/g, ''))
        .map((cell) => cell.replace(/^`(.*)`$/, '$1')),
    );
}

/** Command lines for a shell, those that end in a backslash joined with the next, comments left out. */
export function shellLines(text: string): string[] {
  return blocks(text)
    .filter(({ language }) => language === 'sh')
    .flatMap((block) => block.text.replace(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

function withoutBlocks(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}
