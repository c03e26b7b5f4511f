import fc from 'fast-check';
import { expect, test } from 'vitest';

import { escapeHtml, html } from '../../../src/wording/escape/html.ts';
import { showControls } from '../../../src/wording/escape/visible.ts';
import { hostile, obeyed } from './hostile.ts';

test('any text is the same text again for who reads HTML, and begins no element and ends no attribute', () => {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  fc.assert(
    fc.property(hostile, (text) => {
      const written = escapeHtml(text);
      expect(written.replace(/&([^;]+);/g, (_, name) => characters[name]!)).toBe(showControls(text));
      expect(written).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      expect(written).not.toMatch(obeyed);
    }),
  );
});

test('the tag escapes what is put into it but what it has made itself', () => {
  expect(html`<p title="${'"'}">${[html`<b>${'<i>'}</b>`, null, 1]}</p>`.text).toBe(
    '<p title="&quot;"><b>&lt;i&gt;</b>1</p>',
  );
});
