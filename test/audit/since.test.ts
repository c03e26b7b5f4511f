import { describe, expect, test } from 'vitest';
import { codes, day, domainOf, seededAt, withGoodPair } from './in-domain.ts';

describe('a start state', () => {
  test('is forgotten after 28 days, counted from its Start', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    domain.clock.now = new Date(seededAt.getTime() + 28 * day);
    expect(codes(await domain.audit())).toEqual([]);
    domain.clock.now = new Date(seededAt.getTime() + 28 * day + 1);
    const audit = await domain.audit();
    expect(audit.findings).toMatchObject([
      {
        code: 'MIGRATION_FORGOTTEN',
        severity: 'warn',
        evidence: 'in state 1 since 2025-06-01T08:00:00.000Z',
      },
    ]);
  });

  test('of which nobody knows is as old as the object that has not changed for longest, or unknown', async () => {
    const domain = await domainOf();
    await domain.account('svc-x');
    await domain.dmsa('dmsa-x');
    await domain.forge('svc-x', 'dmsa-x', 1);
    domain.clock.now = new Date(seededAt.getTime() + 29 * day);
    const forgotten = async () =>
      (await domain.audit({}, { events: false })).findings.filter(
        ({ code }) => code === 'MIGRATION_FORGOTTEN',
      );
    await domain.set(domain.dmsaDn('dmsa-x'), { description: ['changed'] });
    expect(await forgotten()).toMatchObject([
      { severity: 'warn', evidence: 'in state 1 since 2025-06-01T08:00:00.000Z or longer' },
    ]);
    await domain.set(domain.accountDn('svc-x'), { description: ['changed'] });
    expect(await forgotten()).toMatchObject([
      {
        severity: 'info',
        evidence: 'unknown: nobody knows of its Start, and it was changed 2025-06-30T08:00:00.000Z',
      },
    ]);
    domain.clock.now = new Date(seededAt.getTime() + 20 * day);
    expect(await forgotten()).toEqual([]);
  });
});
