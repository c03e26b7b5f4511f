import fc from 'fast-check';
import { expect, test } from 'vitest';

import { escapeMarkdown, escapeMarkdownCode } from '../../../src/wording/escape/markdown.ts';
import { showControls } from '../../../src/wording/escape/visible.ts';
import { hostile, obeyed } from './hostile.ts';

test.each([
  ['[x](http://evil.example)', '\\[x\\]\\(http\\://evil.example\\)'],
  ['# heading', '\\# heading'],
  ['- item', '\\- item'],
  ['12. item', '12\\. item'],
  ['a | b\n---', 'a \\| b\\\\u\\{a\\}---'],
  ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
  ['www.evil.example', 'www\\.evil.example'],
  ['svc_web → dmsa_web$ on _x_', 'svc_web → dmsa_web$ on \\_x\\_'],
  ['LAB\\bob', 'LAB\\\\bob'],
])('%j is written as %j', (text, written) => {
  expect(escapeMarkdown(text)).toBe(written);
});

const escaped = /\\([!-/:-@[-`{-~])|&(amp|lt|gt);/g;

test('any text is the same text again for who reads CommonMark, and begins nothing', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const markdown = escapeMarkdown(text);
      const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>' };
      const read = markdown.replace(escaped, (_, character, name) => character ?? characters[name]);
      expect(read).toBe(showControls(text));
      expect(markdown).not.toMatch(obeyed);
      const left = markdown.replace(escaped, 'x');
      expect(left).not.toMatch(/[\\`*{}[\]()#!|~<>&]|:\/\/|www\./i);
      expect(left).not.toMatch(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\$\S/u);
      expect(left).not.toMatch(/^\s*([-+=]|\d+[.)](\s|$))/);
    }),
  );
});

test('code ends where its text ends, whatever backticks are in it', () => {
  expect(escapeMarkdownCode('CN=a_b,DC=c')).toBe('`CN=a_b,DC=c`');
  expect(escapeMarkdownCode('a`` b`')).toBe('``` a`` b` ```');
  fc.assert(
    fc.property(hostile, (text) => {
      const [, fence, code] = /^(`+)(.*[^`])\1$/s.exec(escapeMarkdownCode(text))!;
      expect(code!.match(/`+/g) ?? []).not.toContain(fence);
      expect(code).not.toMatch(obeyed);
      expect(code!.trim()).toBe(showControls(text).trim());
    }),
  );
});
