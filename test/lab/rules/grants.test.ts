import { describe, expect, test } from 'vitest';
import { grant, takeBack } from '../../../lab/rules/grants.ts';
import { completeMigration, startMigration, undoMigration } from '../../../lab/rules/phases.ts';
import { octets } from '../../../src/directory/entry.ts';
import { type Ace, right } from '../../../src/directory/security/ace.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { aces, domainWithDmsa, linkedDomain, pair, type TestDomain } from './domain.ts';

/** schemaIDGUID of msDS-GroupMSAMembership (MS-ADA2). */
const membership = '888eedd6-ce04-df40-b462-b8a50e41ba38';

async function accountSid({ account }: TestDomain): Promise<string> {
  return sidText(octets(await account(), 'objectSid')!);
}

/** The ACEs on the dMSA that are for the account. */
async function grants(domain: TestDomain): Promise<Ace[]> {
  const sid = await accountSid(domain);
  return aces(await domain.dmsa()).filter((ace) => ace.kind !== 'raw' && ace.sid === sid);
}

describe('the two grants to the superseded account', () => {
  test('are not there before Start', async () => {
    expect(await grants(await domainWithDmsa())).toEqual([]);
  });

  test('are added by Start: generic read, and write on the principals alone', async () => {
    const domain = await linkedDomain();
    const sid = await accountSid(domain);
    expect(await grants(domain)).toEqual([
      { kind: 'allow', flags: 0, mask: right.genericRead, sid },
      {
        kind: 'allow-object',
        flags: 0,
        mask: right.writeProperty,
        sid,
        objectType: membership,
        inheritedObjectType: null,
      },
    ]);
  });

  test('are taken back by Complete, and nobody else’s', async () => {
    const domain = await domainWithDmsa();
    const before = aces(await domain.dmsa());
    await startMigration(domain.dc, pair);
    await completeMigration(domain.dc, pair);
    expect(aces(await domain.dmsa())).toEqual(before);
  });

  test('are there again after Complete was undone, and gone after Start was', async () => {
    const domain = await linkedDomain();
    await completeMigration(domain.dc, pair);
    await undoMigration(domain.dc, pair);
    expect(await grants(domain)).toHaveLength(2);
    await undoMigration(domain.dc, pair);
    expect(await grants(domain)).toEqual([]);
  });

  test('are not doubled where they are there already, and taking them back twice harms nothing', async () => {
    const domain = await linkedDomain();
    await grant(domain.store, await domain.account(), await domain.dmsa());
    expect(await grants(domain)).toHaveLength(2);
    await takeBack(domain.store, await domain.account(), await domain.dmsa());
    await takeBack(domain.store, await domain.account(), await domain.dmsa());
    expect(await grants(domain)).toEqual([]);
  });
});
