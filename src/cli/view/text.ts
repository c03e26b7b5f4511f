import { styleText } from 'node:util';

/** Columns that `text` takes; it may hold no control characters. */
export function columns(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : isWide(character) ? 2 : 1;
  return width;
}

/** Unicode Standard Annex 11, as far as names go: ideographs, kana, Hangul, full-width forms, pictures. */
function isWide(character: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u.test(
    character,
  );
}

/** `text` on exactly `width` columns: filled up with spaces, or cut with an ellipsis. */
export function padTo(text: string, width: number): string {
  const taken = columns(text);
  return taken <= width ? text + ' '.repeat(width - taken) : `${cut(text, width - 1)}…`;
}

/** Cuts `text` at `width` columns with an ellipsis; a shorter one stays as it is. */
export function shorten(text: string, width: number): string {
  return (columns(text) <= width ? text : padTo(text, width)).trimEnd();
}

function cut(text: string, width: number): string {
  let result = '';
  for (const character of text) {
    if (columns(result + character) > width) break;
    result += character;
  }
  return result + ' '.repeat(Math.max(0, width - columns(result)));
}

/** Columns that the cells of each column take at the most. */
export function widthsOf(rows: string[][]): number[] {
  return (rows[0] ?? []).map((_, at) => rows.reduce((most, row) => Math.max(most, columns(row[at]!)), 0));
}

/** Cells side by side, each on its width. */
export function tableLine(cells: string[], widths: number[], gap = '  '): string {
  return cells
    .map((cell, at) => padTo(cell, widths[at]!))
    .join(gap)
    .trimEnd();
}

/** Sections that have lines, with an empty line between them. */
export function joinSections(sections: string[][]): string {
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** Lines of at most `width` columns, broken between words, or within one that is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = '';
    }
    while (columns(word) > width) {
      const head = cut(word, width).trimEnd();
      lines.push(head);
      word = word.slice(head.length);
    }
    line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}

export type Paint = Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>;

/** Colours, or nothing at all. */
export function paint(color: boolean): Paint {
  const style = (format: keyof Paint) => (text: string) =>
    color && text ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    cyan: style('cyan'),
  };
}
