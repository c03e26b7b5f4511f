import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Notice, noticeEvents } from '../../src/domain/migration/notice.ts';
import { bodyOf } from '../../src/notify/body.ts';
import { wordNotice } from '../../src/wording/notice.ts';
import { failed, notice } from './sample-notice.ts';

test.each(['json', 'slack', 'teams'] as const)('of kind %s no text from outside ends its line', (kind) => {
  const failure = { code: 'TIMED_OUT', message: 'a\r\nb\u202ec\u0007d' };
  const texts: string[] = [];
  JSON.stringify(bodyOf(kind, { ...notice, failure }, 'k'), (_key, value) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  expect(texts.filter((text) => text.includes('a b c d')).length).toBeGreaterThan(0);
  expect(texts.join('')).not.toMatch(/\r|\p{Cf}/u);
});

test('of kind json it holds the notice, a key, a version and what to type', () => {
  const body = bodyOf('json', notice, 'the-key');
  expect(body).toEqual({
    version: 1,
    key: 'the-key',
    title: wordNotice(notice).title,
    ...notice,
    commands: wordNotice(notice).commands,
  });
});

describe('of kind slack', () => {
  test('its text is escaped, its blocks hold no markup', () => {
    const { text, blocks } = bodyOf('slack', failed, 'k') as { text: string; blocks: { type: string }[] };
    expect(text).toContain('web01.contoso.com TIMED_OUT: &lt;a|b&gt; &amp; *c*');
    expect(text).toMatch(/^```\n[^`]*\n```$/);
    expect(bodyOf('slack', notice, 'k')).toMatchObject({ text: expect.stringContaining('&lt;!channel&gt;') });
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'rich_text', 'rich_text']);
    expect(blocks[2]).toEqual({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_preformatted',
          elements: [{ type: 'text', text: 'web01.contoso.com TIMED_OUT: <a|b> & *c*' }],
        },
      ],
    });
    expect(textTypes(blocks)).toEqual(new Set(['plain_text']));
  });
});

test('of kind teams it is a message with one card, every text of which is a run that is no Markdown', () => {
  const { type, attachments } = bodyOf('teams', failed, 'k') as {
    type: string;
    attachments: {
      contentType: string;
      content: { type: string; body: { type: string; inlines: object[] }[] };
    }[];
  };
  expect(type).toBe('message');
  expect(attachments).toHaveLength(1);
  const [{ contentType, content }] = attachments as [(typeof attachments)[0]];
  expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
  expect(content.type).toBe('AdaptiveCard');
  expect(new Set(content.body.map((element) => element.type))).toEqual(new Set(['RichTextBlock']));
  expect(
    new Set(content.body.flatMap(({ inlines }) => inlines.map((run) => (run as { type: string }).type))),
  ).toEqual(new Set(['TextRun']));
  expect(JSON.stringify(content.body)).toContain('web01.contoso.com TIMED_OUT: <a|b> & *c*');
});

test('whatever a notice says, chats accept its size', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 });
  const list = fc.array(text, { minLength: 11, maxLength: 11 });
  const any = fc.record({
    account: text,
    dmsa: text,
    requestedBy: text,
    lines: list,
    message: text,
    code: text,
  });
  fc.assert(
    fc.property(any, fc.constantFrom(...noticeEvents), ({ lines, message, code, ...names }, event) => {
      const large: Notice = {
        ...notice,
        ...names,
        event,
        gate: { ...notice.gate!, awaited: lines, approved: lines },
        failure: { code, message },
        drift: lines.map((path) => ({ path, before: path, after: path })),
        hosts: lines.map((host) => ({ host, code, message })),
      };
      const slack = bodyOf('slack', large, 'k') as { text: string; blocks: Block[] };
      expect(slack.text.length).toBeLessThan(40_000);
      expect(slack.blocks.length).toBeLessThanOrEqual(50);
      const [header, section] = slack.blocks;
      expect(header!.text!.text.length).toBeLessThanOrEqual(150);
      expect(section!.fields!.length).toBeLessThanOrEqual(10);
      for (const field of section!.fields!) expect(field.text.length).toBeLessThanOrEqual(2_000);
      expect(Buffer.byteLength(JSON.stringify(bodyOf('teams', large, 'k')))).toBeLessThan(28 * 1024);
    }),
    { numRuns: 50 },
  );
});

interface Block {
  text?: { text: string };
  fields?: { text: string }[];
}

/** The types of all objects that have a `text` which is text, but for those of rich text. */
function textTypes(blocks: object[]): Set<unknown> {
  const types = new Set<unknown>();
  JSON.stringify(blocks, (_key, value) => {
    if (value?.type === 'rich_text') return undefined;
    if (typeof value?.text === 'string') types.add(value.type);
    return value;
  });
  return types;
}
