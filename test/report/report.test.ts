import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { reportName } from '../../src/report/name.ts';
import type { Recorded } from '../../src/report/recorded.ts';
import { render, save, sealed } from '../../src/report/reports.ts';
import { html } from '../../src/wording/escape/html.ts';
import {
  after,
  at,
  before,
  completed,
  gate,
  now,
  plan,
  undone,
  vote,
  waiting,
} from '../domain/migration/sample-status.ts';
import { full, poisoned, records, sealedOf } from './samples.ts';

const htmlOf = (status: MigrationStatus, recorded?: Recorded | null) =>
  renderHtml(sealedOf(status, recorded), null).replaceAll('<wbr>', '');

describe('a report as HTML', () => {
  test('escapes everything that came from directory, hosts and people.', () => {
    for (const status of [full, undone, waiting]) {
      const report = htmlOf(poisoned(status), poisoned(records));
      expect(report).not.toContain('<script');
      expect(report.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(report).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;\\u{202e}\\u{1b}');
    }
  });

  test('needs nothing but itself and runs nothing.', () => {
    const report = htmlOf(full);
    expect(report).not.toMatch(/src=|url\((?!#)|@import|<script|\son[a-z]+=|href="(?!#)/i);
    expect(report).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('is well formed: every element that is opened is closed, and every id is there once.', () => {
    for (const status of [full, undone, waiting]) {
      const open: string[] = [];
      const body = htmlOf(status).replace(/<style>.*<\/style>/s, '');
      for (const [, closing, name, empty] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/gi)) {
        if (empty || name === 'meta') continue;
        if (closing) expect(open.pop()).toBe(name);
        else open.push(name!);
      }
      expect(open).toEqual([]);
      const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id] of body.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
    }
  });

  test('has a drawing of every stage, with the votes in it', () => {
    const report = htmlOf(undone);
    expect(report.match(/<svg class="wide".*?<\/svg>/s)![0].match(/<rect class="bar /g)).toHaveLength(
      undone.stages.length,
    );
    expect(report).toContain('class="bar failed"');
    expect(report).toContain('class="bar undo"');
    expect(report).toContain('class="sign undo"');
    expect(report).toContain('<title>LAB\\ann approves &quot;looks good&quot; (counts)</title>');
  });
});

describe.each([
  ['HTML', (status: MigrationStatus, recorded?: Recorded | null) => plainHtml(htmlOf(status, recorded))],
  [
    'Markdown',
    (status: MigrationStatus, recorded?: Recorded | null) =>
      renderMarkdown(sealedOf(status, recorded), null).replace(/\\([!-/:-@[-`{-~])/g, '$1'),
  ],
])('a report as %s', (_, textOf) => {
  test('tells outcome, stages, votes, facts, evidence, findings, journal, commands, reads and hashes', () => {
    const text = textOf(full);
    for (const words of [
      'Completed and verified',
      'svc-web → dmsa-web$',
      'svc-web is superseded and disabled',
      'Gate “complete”',
      '“looks good”',
      'declared, not signed',
      'does not count: that gate is not open',
      '− HTTP/web.lab.example',
      '+ HTTP/web.lab.example',
      'AES256 (0x10)',
      '3 hosts alike: web01.lab.example',
      '2025-06-01 08:00:40 UTC, the host: policy, build',
      '2025-06-01 08:00:42 UTC, skipped by LAB\\carol: is being replaced',
      'skipHost',
      'not done: it names no host of the plan',

      'HOST_REBOOT_PENDING',
      'policy not set; event log off',
      'set-host',
      'policy: value 1, keyExists true',
      'eventLogEnabled: none',
      'done after 250 ms',
      'attempt 2',
      'ACCESS_DENIED after 1.5s',
      'access is denied',
      'observe, 3 times, from 2025-06-01 08:00:01 UTC to 2025-06-01 08:00:30 UTC',
      '(sAMAccountName=dmsa-web$)',
      'cn, objectSid',
      'DIRECTORY_BUSY',
      plan.hash,
      'e'.repeat(64),
      'd'.repeat(64),
      'This report is not signed',
    ])
      expect(text.replaceAll('- HTTP', '− HTTP')).toContain(words);
  });

  test('tells why it was undone, refused votes and drift', () => {
    const text = textOf({
      ...undone,
      gates: [
        gate({
          drift: [{ path: 'account.enabled', before: true, after: false }],
          votes: [vote('LAB\\rosa', { verdict: 'refused', code: 'VOTE_BY_REQUESTER' })],
        }),
      ],
    });
    expect(text).toContain('GATE_REJECTED: gate "complete": LAB\\bob rejected: change freeze');
    expect(text).toContain('does not count: the requester may not approve the migration');
    expect(text).toContain('changed since: account.enabled: true → false');
  });

  test('says that nothing differs where before equals after, and how much does else', () => {
    expect(textOf({ ...undone, before, after: before })).toContain('Nothing differs');
    expect(textOf({ ...undone, before, after })).toMatch(/\d+ things differ/);
    expect(textOf({ ...waiting, before, after: null })).toContain('It was not read again');
  });

  test('says that commands and reads are elsewhere where there are none', () => {
    expect(textOf(full, null)).toContain('a machine that has no records of the migration');
    expect(textOf(full)).not.toContain('a machine that has no records of the migration');
  });

  test('has the key of a vote that was signed', () => {
    const signed = vote('LAB\\ann', { kid: 'ann-2025' });
    expect(textOf({ ...completed, gates: [gate({ votes: [signed] })] })).toContain(
      'signed with key ann-2025',
    );
  });
});

function plainHtml(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/<[^>]*>/g, '').replace(/&(#?\w+);/g, (_, name) => entities[name]!);
}

test('as Markdown, whatever people have written stays text on its own line', () => {
  for (const status of [full, undone, waiting]) {
    const text = renderMarkdown(sealedOf(poisoned(status), poisoned(records)), null);
    expect(text).not.toMatch(/<(?!br>)/);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    expect(text).not.toMatch(/(?<!\\)\*\*x/);
    // The headings are the report's own: an attack brings no line of its own.
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
    for (const table of text.match(/^\|.*(?:\n\|.*)*/gm)!) {
      const columns = table.split('\n').map((line) => line.replace(/\\\|/g, '').split('|').length);
      expect(new Set(columns).size).toBe(1);
    }
  }
});

test('a report is written to a folder that need not be there, for its owner alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-report-'));
  try {
    const file = join(folder, 'a', 'b', 'report.html');
    const report = await sealed({ status: completed, plan, records, madeAt: now });
    await save(await render(report, 'html'), file);
    expect(await readFile(file, 'utf8')).toBe(renderHtml(report, null));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a report has another name for every account and every run, that Windows takes', () => {
  const name = (migrationId: string, startedAt = at(0)) => reportName({ migrationId, startedAt });
  expect(name('dmsa/lab.example/svc-web')).toBe('dmsa-lab.example-svc-web-20250601T080000000Z');
  const names = ['dmsa/a/grün', 'dmsa/a/grön', 'dmsa/a/g:n', 'dmsa/a/svc', `dmsa/a/${'x'.repeat(300)}`].map(
    (id) => name(id),
  );
  expect(new Set([...names, name('dmsa/a/svc', at(1))]).size).toBe(6);
  for (const each of names) expect(each).toMatch(/^[a-zA-Z0-9._-]{1,180}$/);
});

test('the tag escapes what is put into it once, and only that.', () => {
  const inner = html`<b>${'<&>'}</b>`;
  expect(html`<i title="${'"x"'}">${[inner, 'a', null, 1]}</i>`.text).toBe(
    '<i title="&quot;x&quot;"><b>&lt;&amp;&gt;</b>a1</i>',
  );
});
