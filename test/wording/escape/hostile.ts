import fc from 'fast-check';

/** What means something to a terminal, Markdown, HTML, a spreadsheet, a chat or a shell. */
const signs = [
  ...'\\`*_{}[]()#!|~$<>&"\'=+-@;:/.^%',
  ...['\n', '\r\n', '\t', ' ', '\0', '\u001b[2J', '\u009b', '\u202e', '\u2066', '\u2028', '\u200b', '\ufeff'],
  ...[
    'http://',
    'www.',
    '](',
    '```',
    '| --- |',
    '1. ',
    '# ',
    '<!channel>',
    '$(id)',
    '\u2019',
    '\u201c',
    '＝',
  ],
];

/** Any text, with many of those. */
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...signs), fc.string({ unit: 'grapheme', maxLength: 3 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** Characters that move a cursor, end a line, hide or turn text around. */
export const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
