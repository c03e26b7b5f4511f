import { afterAll, beforeAll, expect, test } from 'vitest';

import { describeWithSamba, reserveSamba } from '../support/samba.ts';
import { type AuditedDomain, codes, pairNamed, startDomain } from './in-domain.ts';

describeWithSamba('an audit of a real Samba domain', () => {
  let domain: AuditedDomain;
  let reserved: Awaited<ReturnType<typeof reserveSamba>>;

  beforeAll(async () => {
    reserved = await reserveSamba();
    domain = await startDomain({ directory: 'samba', samba: reserved.samba, clock: () => new Date() });
    domain.clock.now = new Date();
  });
  afterAll(async () => {
    await domain?.lab.close();
    reserved?.release();
  });

  test('finds nothing where nothing was migrated', async () => {
    const audit = await domain.audit();
    expect([audit.pairs, audit.findings]).toEqual([[], []]);
  });

  test('reads pairs, one-sided links and nested privileges as they are', async () => {
    const host = domain.lab.seeded.computerSids.get('fin01.lab.example')!;
    await domain.account('svc-good');
    await domain.dmsa('dmsa-good', { principals: [host] });
    await domain.start('svc-good', 'dmsa-good');
    await domain.complete('svc-good', 'dmsa-good');
    await domain.account('svc-admin');
    await domain.group('inner', [domain.accountDn('svc-admin')]);
    const admins = 'CN=Domain Admins,CN=Users,DC=lab,DC=example';
    await domain.set(admins, { member: [domain.accountDn('inner'), domain.accountDn('Administrator')] });
    await domain.dmsa('dmsa-thief', { state: 2, link: domain.accountDn('svc-admin') });
    const audit = await domain.audit();
    expect(pairNamed(audit, 'svc-good', 'dmsa-good$')).toMatchObject({
      linked: 'both',
      state: 'completed',
      verdict: 'ok',
      start: { verdict: 'yes' },
      dmsa: { principals: [{ name: 'FIN01$', kind: 'computer' }] },
    });
    expect(codes({ findings: pairNamed(audit, 'svc-admin', 'dmsa-thief$').findings as never })).toEqual([
      'block LINK_ONE_SIDED',
      'block SUPERSEDED_ACCOUNT_PRIVILEGED',
    ]);
    expect(audit.findings.find(({ code }) => code === 'SUPERSEDED_ACCOUNT_PRIVILEGED')!.evidence).toMatch(
      /Domain Admins/,
    );
  });

  test('says that a superseded account was deleted', async () => {
    await domain.account('svc-gone');
    await domain.dmsa('dmsa-gone');
    await domain.start('svc-gone', 'dmsa-gone');
    await domain.complete('svc-gone', 'dmsa-gone');
    await domain.lab.dc.store.remove(domain.accountDn('svc-gone'));
    const audit = await domain.audit({ dmsa: 'dmsa-gone' });
    expect(codes(audit)).toEqual(['block SUPERSEDED_ACCOUNT_DELETED']);
  });
});
