import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { MigrationStatus } from '../../src/domain/status.ts';
import { renderReport } from '../../src/report/html.ts';
import { html } from '../../src/report/markup.ts';
import { reportName, writeReport } from '../../src/report/write.ts';
import { after, at, before, completed, gate, now, undone, vote, waiting } from '../cli/fixtures.ts';

/** Every text of a status replaced by something hostile, wherever it stands. */
function poisoned<T>(value: T): T {
  if (typeof value === 'string') {
    const enumerated = /^(\d{4}-|yes|no|unknown|Running|running|[a-z-]+$|VOTE_)/.test(value);
    return (enumerated ? value : `<script>alert("1")</script>'&\u202e${value}`) as T;
  }
  if (Array.isArray(value)) return value.map(poisoned) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, poisoned(member)])) as T;
}

describe('a report', () => {
  test('escapes everything that came from directory, hosts and people.', () => {
    for (const status of [completed, undone, waiting]) {
      const report = renderReport(poisoned({ ...status, allowedPrincipals: [allowed] }), now);
      expect(report).not.toContain('<script');
      expect(report).not.toContain('\u202e');
      expect(report).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;\\u{202e}');
    }
  });

  test('needs nothing but itself and runs nothing.', () => {
    const report = renderReport(completed, now);
    expect(report).not.toMatch(/(src|href)=|url\(|@import|<script|\son[a-z]+=/i);
    expect(report).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('is well formed: every element that is opened is closed.', () => {
    for (const status of [completed, undone, waiting]) {
      const open: string[] = [];
      const body = renderReport(status, now).replace(/<style>.*<\/style>/s, '');
      for (const [, closing, name, empty] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
        if (empty || name === 'meta' || name === 'br') continue;
        if (closing) expect(open.pop()).toBe(name);
        else open.push(name!);
      }
      expect(open).toEqual([]);
    }
  });

  test('shows outcome, stages, gates, facts, evidence, findings and journal.', () => {
    const report = renderReport(completed, now);
    expect(report).toContain('<p class="outcome completed">Completed and verified</p>');
    expect(report).toContain('2025-06-01 08:01:00 UTC, after 1m 00s');
    expect(report.match(/<rect class="bar /g)).toHaveLength(completed.stages.length);
    expect(report).toContain('svc-web disabled, SPNs moved to dmsa-web$');
    expect(report).toContain('Gate “complete” <span class="tag approved">approved</span>');
    expect(report).toContain('<del>HTTP/web.lab.example</del>');
    expect(report).toContain('<ins>HTTP/web.lab.example</ins>');
    expect(report).toContain('<th>3 hosts alike: web01.lab.example'.replace('<th>', '<th colspan="3">'));
    expect(report.match(/<tr><td>web0\d\.lab\.example<\/td>/g)).toHaveLength(3);
    expect(report).toContain('<code>HOST_REBOOT_PENDING</code>');
    expect(
      report.match(/<tr><td class="time">[^<]+<\/td><td>(prepare-host|create-dmsa|link|restart-services)</g),
    ).toHaveLength(completed.journal.length);
    expect(report).toContain('Written 2025-06-01 08:01:00 UTC by dmsa 0.1.0.');
  });

  test('shows why it was undone, refused votes, early votes, drift and allowed principals.', () => {
    const status: MigrationStatus = {
      ...undone,
      earlyVotes: [vote('LAB\\early', { refused: 'VOTE_WRONG_GATE' })],
      gates: [
        gate({
          drift: ['account.enabled: true → false'],
          votes: [vote('LAB\\rosa', { refused: 'VOTE_BY_REQUESTER' })],
        }),
      ],
      allowedPrincipals: [allowed],
    };
    const report = renderReport(status, now);
    expect(report).toContain(
      '<code>GATE_REJECTED</code> gate &quot;complete&quot;: LAB\\bob rejected: change freeze',
    );
    expect(report).toContain('class="bar failed"');
    expect(report).toContain('class="bar undo"');
    expect(report).toContain('does not count: whoever asked for the migration may not approve it');
    expect(report).toContain('Before any gate was open');
    expect(report).toContain('<li>changed since: account.enabled: true → false</li>');
    expect(report).toContain('<td>S-1-5-21-9</td><td>LAB\\ann</td>');
  });

  test('marks no difference where before equals after.', () => {
    expect(renderReport({ ...undone, before, after: before }, now)).not.toMatch(/<(del|ins)>/);
    expect(renderReport({ ...undone, before, after }, now)).toMatch(/<(del|ins)>/);
  });

  test('is written to a folder that need not be there, under a name that Windows takes.', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dmsa-report-'));
    try {
      const file = await writeReport(completed, join(folder, 'a', 'b'), now);
      expect(file).toBe(join(folder, 'a', 'b', 'dmsa-lab.example-svc-web-20250601T080000000Z.html'));
      expect(await readFile(file, 'utf8')).toBe(renderReport(completed, now));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('has another name for every account and every run.', () => {
    const name = (migrationId: string, startedAt = at(0)) => reportName({ migrationId, startedAt });
    const names = ['dmsa/a/grün', 'dmsa/a/grön', 'dmsa/a/g:n', 'dmsa/a/svc', `dmsa/a/${'x'.repeat(300)}`].map(
      (id) => name(id),
    );
    expect(new Set([...names, name('dmsa/a/svc', at(1))]).size).toBe(6);
    for (const each of names) expect(each).toMatch(/^[a-zA-Z0-9._-]{1,180}\.html$/);
  });
});

const allowed = { sid: 'S-1-5-21-9', by: 'LAB\\ann', reason: 'known', at: at(40) };

test('the tag escapes what is put into it once, and only that.', () => {
  const inner = html`<b>${'<&>'}</b>`;
  expect(html`<i title="${'"x"'}">${[inner, 'a', null, 1]}</i>`.text).toBe(
    '<i title="&quot;x&quot;"><b>&lt;&amp;&gt;</b>a1</i>',
  );
});
