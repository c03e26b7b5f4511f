import fc from 'fast-check';
import { expect, test } from 'vitest';

import { escapeSlack, escapeSlackCode, escapeTeams } from '../../../src/wording/escape/chat.ts';
import { hostile, obeyed } from './hostile.ts';

test('a text for a chat is one line, whatever is in it', () => {
  expect(escapeTeams({ text: 'a\r\nb\u202ec', list: [null, 1] })).toEqual({ text: 'a b c', list: [null, 1] });
  fc.assert(fc.property(hostile, (text) => !obeyed.test(escapeTeams(text))));
});

test('escaping for Slack leaves no character with a meaning, and loses none', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const escaped = escapeSlack(text);
      expect(escaped).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(escaped).not.toMatch(obeyed);
      const read = escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
      expect(read).toBe(escapeTeams(text));
    }),
  );
});

test('a code block for Slack ends where its lines end', () => {
  expect(escapeSlackCode(['[click](https://evil.example) *x*', '```` `y`'])).toBe(
    "```\n[click](https://evil.example) *x*\n'''' `y`\n```",
  );
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1 }), (lines) => {
      const block = escapeSlackCode(lines);
      expect(block.split('\n')).toHaveLength(lines.length + 2);
      expect(block.match(/```/g)).toHaveLength(2);
      expect(block).not.toMatch(/[<>]/);
    }),
  );
});
