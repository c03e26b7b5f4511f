import { describe, expect, test } from 'vitest';
import { errorKinds } from '../../src/domain/errors/errors.ts';
import { noticeEvents } from '../../src/domain/migration/notice.ts';
import { wordNotice } from '../../src/wording/notice.ts';
import { failed, hash, notice } from '../notify/sample-notice.ts';

describe('a message', () => {
  test('at a gate says who is missing, until when, for which evidence, and how to vote', () => {
    expect(wordNotice(notice)).toEqual({
      title: 'svc_web → dmsa-web$: Gate "start" is open: votes are needed',
      mood: 'attention',
      facts: [
        ['Account', 'svc_web in contoso.com'],
        ['dMSA', 'dmsa-web$'],
        ['Stage', 'Gate "start"'],
        ['Votes', '1 of 2 votes, by CONTOSO\\ann; missing: 1 of CONTOSO\\bob, <!channel>'],
        ['Until', '2025-06-08 08:00:00 UTC'],
        ['Evidence', hash],
        ['Asked for by', 'CONTOSO\\rosa'],
      ],
      lines: [],
      commands: [
        'dmsa status svc_web',
        `dmsa approve svc_web --hash ${hash.slice(0, 16)} --reason "…"`,
        `dmsa reject svc_web --hash ${hash.slice(0, 16)} --reason "…"`,
      ],
    });
  });

  test('of a host that failed says how to try it again and how to go on without it', () => {
    const { title, mood, lines, commands } = wordNotice({ ...failed, account: "o'svc web" });
    expect({ title, mood, lines, commands }).toEqual({
      title: "o'svc web → dmsa-web$: web01.contoso.com failed",
      mood: 'warning',
      lines: ['web01.contoso.com TIMED_OUT: <a|b> & *c*'],
      commands: [
        'dmsa status "o\'svc web"',
        'dmsa retry "o\'svc web" --host web01.contoso.com',
        'dmsa skip "o\'svc web" web01.contoso.com',
      ],
    });
  });

  test('of a failure says what to do about it', () => {
    const failure = { code: 'LINK_UNPROVEN', message: 'whose link is it?' };
    const { facts } = wordNotice({ ...notice, event: 'needs-operator', gate: null, failure });
    expect(facts).toContainEqual(['What to do', errorKinds.LINK_UNPROVEN.fix]);
  });

  test('of names that no quotes hold in every shell leaves them to the reader', () => {
    const hosts = [{ host: "$(id)'", code: 'TIMED_OUT', message: '' }];
    expect(wordNotice({ ...failed, account: '--yes', hosts }).commands).toEqual([
      'dmsa status ACCOUNT',
      'dmsa retry ACCOUNT --host HOST',
      'dmsa skip ACCOUNT HOST',
    ]);
  });

  test('of many names, differences and hosts says how many are left out', () => {
    const names = Array.from({ length: 10 }, (_, index) => `h${index}`);
    const { title, facts, lines, commands } = wordNotice({
      ...failed,
      gate: { ...notice.gate!, missing: 0, required: 12, approved: names, awaited: null },
      drift: [{ path: 'hosts.h1.build', before: 26100, after: 20348 }],
      hosts: names.map((host) => ({ host, code: 'TIMED_OUT', message: 'm' })),
      leftOut: { approved: 2, awaited: 0, drift: 1, hosts: 5 },
    });
    expect(title).toContain('15 hosts failed');
    expect(facts).toContainEqual(['Votes', `12 of 12 votes, by ${names.join(', ')}, and 2 more`]);
    expect([lines[0], lines[1], lines.at(-1)]).toEqual([
      'hosts.h1.build: 26100 → 20348',
      'h0 TIMED_OUT: m',
      'and 6 more',
    ]);
    expect(commands[0]).toBe('dmsa status svc_web');
  });

  test.each([
    ['completed', 'good', 'Completed and verified'],
    ['undone', 'attention', 'Undone: everything is as it was before'],
    ['refused', 'attention', 'Refused: nothing was changed'],
  ] as const)('of the end (%s) says how it ended', (outcome, mood, words) => {
    expect(wordNotice({ ...notice, event: 'done', gate: null, outcome })).toMatchObject({
      mood,
      title: `svc_web → dmsa-web$: ${words}`,
    });
  });

  test.each(noticeEvents)('of %s has words of its own', (event) => {
    expect(wordNotice({ ...failed, gate: notice.gate, event }).title).not.toMatch(/undefined|null/);
  });
});
