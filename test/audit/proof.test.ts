import { describe, expect, test } from 'vitest';
import { codes, day, domainOf, pairNamed, seededAt, withGoodPair } from './in-domain.ts';

describe('a pair whose links both hold', () => {
  test('is unproven where every log of the domain reaches back far enough and has no Start of it', async () => {
    const domain = await domainOf();
    await domain.account('svc-x', { disabled: true });
    await domain.dmsa('dmsa-x');
    await domain.forge('svc-x', 'dmsa-x', 2);
    const audit = await domain.audit();
    expect(audit.findings).toMatchObject([
      {
        code: 'LINK_UNPROVEN',
        severity: 'block',
        evidence:
          'no Start is in our records, nor in event 3085 of dc1.lab.example since both objects are there (2025-06-01T08:00:00.000Z)',
      },
    ]);
    expect(pairNamed(audit, 'svc-x', 'dmsa-x$').start!.verdict).toBe('no');
  });

  test('is not called forged where the log was cut off, cannot be read, or was not asked', async () => {
    const domain = await domainOf({
      faults: { ssh: { onSession: (_, operation) => (refusing && operation ? 'refuse' : null) } },
    });
    let refusing = false;
    await domain.account('svc-x', { disabled: true });
    await domain.dmsa('dmsa-x');
    await domain.forge('svc-x', 'dmsa-x', 2);
    domain.lab.dc.logBeganAt = '2025-06-01T08:00:01.000Z';
    const cutOff = await domain.audit();
    expect(codes(cutOff)).toEqual(['warn LINK_UNPROVEN']);
    expect(cutOff.findings[0]!.evidence).toBe(
      'unknown: no Start is in our records, nor in an event 3085; the log of dc1.lab.example reaches back to 2025-06-01T08:00:01.000Z, and the pair can be as old as 2025-06-01T08:00:00.000Z',
    );
    refusing = true;
    const unread = await domain.audit();
    expect(codes(unread)).toEqual(['warn LINK_UNPROVEN']);
    expect(unread.findings[0]!.evidence).toMatch(/; not read: dc1\.lab\.example \([A-Z_]+: /);
    const notAsked = await domain.audit({}, { events: false });
    expect(notAsked.findings).toEqual([]);
    expect(pairNamed(notAsked, 'svc-x', 'dmsa-x$').start).toEqual({
      verdict: 'unknown',
      evidence: 'not in our records; events were left out',
    });
    expect(notAsked.events).toEqual({ asked: false, why: 'events were left out' });
  });

  test('is proven by event 3085 until a later Reset or Undo takes that back, and never by a Complete alone', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    domain.clock.now = new Date(seededAt.getTime() + day);
    await domain.complete('svc-web', 'dmsa-web');
    const proven = pairNamed(await domain.audit(), 'svc-web', 'dmsa-web$');
    expect(proven.start).toEqual({
      verdict: 'yes',
      evidence: 'event 3085 has its Start, 2025-06-01T08:00:00.000Z, by LAB\\rosa',
    });
    expect(proven.since).toEqual({ at: '2025-06-02T08:00:00.000Z', exact: true });
    const [start, complete] = domain.lab.dc.events.splice(0);
    domain.lab.dc.events.push(complete!);
    expect(codes(await domain.audit())).toEqual(['block LINK_UNPROVEN']);
    domain.lab.dc.events.push(start!, {
      ...start!,
      operation: 'RESET-MIGRATION',
      at: '2025-06-03T00:00:00.000Z',
    });
    expect(codes(await domain.audit())).toEqual(['block LINK_UNPROVEN']);
    domain.lab.dc.events.pop();
    domain.lab.dc.events.push({ ...start!, operation: 'RESET-MIGRATION', errorCode: '5' });
    expect(codes(await domain.audit())).toEqual([]);
  });

  test('is told apart from one that was moved since its Start', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    for (const event of domain.lab.dc.events) event.account = 'CN=svc-web,OU=Old,DC=lab,DC=example';
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['warn LINK_UNPROVEN']);
    expect(audit.findings[0]!.evidence).toContain('CN=svc-web,OU=Old,DC=lab,DC=example');
  });

  test('in states that no Start leaves is unproven whatever the log says', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.forge('svc-web', 'dmsa-web', 0);
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['block LINK_UNPROVEN']);
    expect(audit.findings[0]!.evidence).toBe('no Start leaves these states with links: account 0, dMSA 0');
  });
});
