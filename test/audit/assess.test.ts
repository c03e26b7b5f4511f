import { describe, expect, test } from 'vitest';
import { attribute } from '../../src/directory/schema.ts';
import { codes, domainOf, pairNamed, withGoodPair } from './in-domain.ts';

describe('what blocks in a domain', () => {
  test('a link that is not returned, whoever has written it', async () => {
    const domain = await domainOf();
    await domain.account('svc-a');
    await domain.dmsa('dmsa-a', { state: 2, link: domain.accountDn('svc-a') });
    await domain.dmsa('dmsa-b');
    await domain.account('svc-b', { state: 1, link: domain.dmsaDn('dmsa-b') });
    const audit = await domain.audit();
    expect(audit.findings.map(({ code, subject, evidence }) => [code, subject, evidence])).toEqual([
      [
        'LINK_ONE_SIDED',
        domain.accountDn('svc-a'),
        `${domain.dmsaDn('dmsa-a')} → the account, which → nothing`,
      ],
      [
        'LINK_ONE_SIDED',
        domain.accountDn('svc-b'),
        `the account → ${domain.dmsaDn('dmsa-b')}, which → nothing`,
      ],
    ]);
    expect(audit.pairs.map(({ linked, state, verdict }) => [linked, state, verdict])).toEqual([
      ['dmsa', 'differs', 'block'],
      ['account', 'differs', 'block'],
    ]);
    expect(audit.events).toEqual({ asked: false, why: 'there is no pair to ask for' });
  });

  test('a second dMSA that claims an account; the pair that holds together is left alone', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.dmsa('dmsa-thief', { state: 1, link: domain.accountDn('svc-web') });
    const audit = await domain.audit();
    expect(pairNamed(audit, 'svc-web', 'dmsa-web$').findings).toEqual([]);
    expect(pairNamed(audit, 'svc-web', 'dmsa-thief$').findings).toMatchObject([
      { code: 'LINK_ONE_SIDED', evidence: expect.stringMatching(/which → CN=dmsa-web,/) },
    ]);
    expect(audit.summary).toEqual({ pairs: 2, accounts: 1, dmsas: 2, block: 1, warn: 0, info: 0 });
  });

  test('an account that points at no dMSA, or at a dMSA of another account', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.account('svc-lost', { state: 1, link: 'CN=KIOSK07,CN=Computers,DC=lab,DC=example' });
    await domain.account('svc-second', { state: 1, link: domain.dmsaDn('dmsa-web') });
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['block LINK_ONE_SIDED', 'block LINK_ONE_SIDED']);
    expect(audit.findings[0]!.evidence).toMatch(
      / → CN=KIOSK07,CN=Computers,.*, which is a computer, no dMSA$/,
    );
    expect(audit.findings[1]!.evidence).toMatch(/CN=dmsa-web,.*, which → CN=svc-web,/);
    expect(pairNamed(audit, 'svc-lost', null).astray).toBe('CN=KIOSK07,CN=Computers,DC=lab,DC=example');
  });

  test('states that differ, and states without a link', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.set(domain.dmsaDn('dmsa-web'), { [attribute.dmsaState]: ['2'] });
    await domain.account('svc-alone', { state: 2, disabled: true });
    await domain.dmsa('dmsa-alone', { state: 1 });
    const audit = await domain.audit();
    expect(
      audit.findings.map(({ code, account, dmsa, evidence }) => [code, account, dmsa, evidence]),
    ).toEqual([
      ['STATE_WITHOUT_LINK', 'svc-alone', null, 'msDS-SupersededServiceAccountState is 2'],
      ['STATES_DIFFER', 'svc-web', 'dmsa-web$', 'account 1, dMSA 2'],
      ['SUPERSEDED_ACCOUNT_ENABLED', 'svc-web', 'dmsa-web$', 'userAccountControl lacks 0x2'],
      ['STATE_WITHOUT_LINK', null, 'dmsa-alone$', 'msDS-DelegatedMSAState is 1'],
    ]);
  });

  test('a superseded account that somebody enabled again', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.complete('svc-web', 'dmsa-web');
    expect(codes(await domain.audit())).toEqual([]);
    await domain.set(domain.accountDn('svc-web'), { userAccountControl: [String(0x220)] });
    expect(codes(await domain.audit())).toEqual(['block SUPERSEDED_ACCOUNT_ENABLED']);
  });

  test('a superseded account that was deleted: AD takes the links to it away', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.complete('svc-web', 'dmsa-web');
    await domain.lab.dc.store.remove(domain.accountDn('svc-web'));
    const audit = await domain.audit();
    expect(codes(audit)).toEqual(['block SUPERSEDED_ACCOUNT_DELETED']);
    expect(audit.findings[0]).toMatchObject({ subject: domain.dmsaDn('dmsa-web'), account: null });
  });

  test('a linked account that is privileged, be it through other groups or by adminCount', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    await domain.account('svc-admin');
    await domain.dmsa('dmsa-admin', { link: domain.accountDn('svc-admin') });
    await domain.account('svc-nobody');
    await domain.group('inner', [domain.accountDn('svc-admin')]);
    await domain.group('outer', [domain.accountDn('inner')]);
    await domain.set('CN=Backup Operators,CN=Builtin,DC=lab,DC=example', {
      member: [domain.accountDn('outer')],
    });
    await domain.set(domain.accountDn('svc-web'), { adminCount: ['1'] });
    const audit = await domain.audit();
    const privileged = audit.findings.filter(({ code }) => code === 'SUPERSEDED_ACCOUNT_PRIVILEGED');
    expect(privileged.map(({ account, evidence }) => [account, evidence])).toEqual([
      ['svc-admin', expect.stringMatching(/Backup Operators.*, linked to CN=dmsa-admin,/)],
      ['svc-web', expect.stringMatching(/^adminCount is 1, linked to CN=dmsa-web,/)],
    ]);
  });
});
