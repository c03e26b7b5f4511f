import { describe, expect, test } from 'vitest';
import { encodeSecurityDescriptor, principalsOf } from '../../../lab/formats/security-descriptor.ts';
import { setPrincipals } from '../../../lab/rules/dmsa.ts';
import { addPrincipal, type LogonHost, logOn } from '../../../lab/rules/logon.ts';
import { completeMigration, startMigration, undoMigration } from '../../../lab/rules/phases.ts';
import { octets } from '../../../src/directory/entry.ts';
import { attribute, uac } from '../../../src/directory/schema.ts';
import { type Ace, right } from '../../../src/directory/security/ace.ts';
import { decodeSecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { accountDn, dmsaDn, domainWithDmsa, linkedDomain, pair, type TestDomain } from './domain.ts';

const sid = 'S-1-5-21-1000-2000-3000-2001';

function host(changes: Partial<LogonHost> = {}): LogonHost {
  return {
    name: 'fin01.lab.example',
    computerSid: sid,
    build: 26100,
    policyEnabled: true,
    behindRodc: false,
    ...changes,
  };
}

async function principals({ dmsa }: TestDomain): Promise<string[]> {
  const descriptor = octets(await dmsa(), attribute.principals);
  return descriptor ? principalsOf(decodeSecurityDescriptor(descriptor)) : [];
}

async function addGroup({ store }: TestDomain, name: string, member: string) {
  const dn = `CN=${name},CN=Users,DC=lab,DC=example`;
  await store.add(dn, { objectClass: ['top', 'group'], sAMAccountName: [name], member: [member] });
  return { dn, sid: sidText(octets((await store.read(dn))!, 'objectSid')!) };
}

async function setAces({ store, dmsa }: TestDomain, aces: Ace[]): Promise<void> {
  const descriptor = decodeSecurityDescriptor(octets(await dmsa(), attribute.principals)!);
  const changed = encodeSecurityDescriptor({ ...descriptor, dacl: { ...descriptor.dacl!, aces } });
  await store.replace(dmsaDn, { [attribute.principals]: [changed] });
}

const asAccount = { succeeded: true, events: [] };
const failed = { succeeded: false, events: [] };
const discovered = {
  id: 307,
  fields: {
    'Old Account Name': 'svc-finance',
    'New Account Name': 'dmsa-finance$',
    'Domain Name': 'LAB.EXAMPLE',
    Status: '0x0',
    'Migration Complete': 'false',
  },
};
const joined = (before: boolean) => ({
  id: 308,
  fields: {
    'DC Used': '\\\\DC1',
    'DMSA Distinguished Name': dmsaDn,
    'Linked Account': 'svc-finance',
    'Domain Name': 'LAB.EXAMPLE',
    'Previously Authorized': String(before),
    Status: '0x0',
  },
});

async function disable({ store }: TestDomain): Promise<void> {
  const control = uac.normalAccount | uac.accountDisabled;
  await store.replace(accountDn, { userAccountControl: [String(control)] });
}

describe('a service logs on in state 0', () => {
  test('not as an account that is gone or disabled', async () => {
    const domain = await domainWithDmsa();
    expect(await logOn(domain.dc, host(), 'nobody')).toEqual(failed);
    await disable(domain);
    expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual(failed);
  });

  test('as the account, and joins nothing', async () => {
    const domain = await domainWithDmsa();
    expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual(asAccount);
    expect(await principals(domain)).toEqual([]);
  });
});

describe('a service logs on in state 1', () => {
  test.each([
    ['the policy is off', { policyEnabled: false }],
    ['the build is too old', { build: 26099 }],
  ])('as the account and unnoticed where %s', async (_why, changes) => {
    const domain = await linkedDomain();
    expect(await logOn(domain.dc, host(changes), 'svc-finance')).toEqual(asAccount);
    expect(await principals(domain)).toEqual([]);
  });

  test('behind an RODC it discovers the dMSA and cannot join', async () => {
    const domain = await linkedDomain();
    expect(await logOn(domain.dc, host({ behindRodc: true }), 'svc-finance')).toEqual({
      succeeded: true,
      events: [discovered],
    });
    expect(await principals(domain)).toEqual([]);
  });

  test('through a link that is one-sided it joins nothing', async () => {
    for (const [dn, name] of [
      [accountDn, attribute.supersededBy],
      [dmsaDn, attribute.precededBy],
    ] as const) {
      const domain = await linkedDomain();
      await domain.store.replace(dn, { [name]: [] });
      expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual(asAccount);
      expect(await principals(domain)).toEqual([]);
    }
  });

  test('not as a disabled account', async () => {
    const domain = await linkedDomain();
    await disable(domain);
    expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual(failed);
  });

  test('with 307 and 308, and its host is among the principals', async () => {
    const domain = await linkedDomain();
    expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual({
      succeeded: true,
      events: [discovered, joined(false)],
    });
    expect(await principals(domain)).toEqual([sid]);
  });

  test('a second time its host was there already, and nothing is written', async () => {
    const domain = await linkedDomain();
    await logOn(domain.dc, host(), 'svc-finance');
    const { updates } = domain.store;
    expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual({
      succeeded: true,
      events: [discovered, joined(true)],
    });
    expect(domain.store.updates).toBe(updates);
  });

  test('on many hosts at once: none overwrites another', async () => {
    const domain = await linkedDomain();
    const sids = Array.from({ length: 20 }, (_each, index) => `S-1-5-21-1000-2000-3000-${3000 + index}`);
    await Promise.all(sids.map((each) => logOn(domain.dc, host({ computerSid: each }), 'svc-finance')));
    expect(await principals(domain)).toEqual(sids);
  });
});

describe('a service logs on in state 2', () => {
  async function completedDomain(allowed: string[] = [sid]): Promise<TestDomain> {
    const domain = await linkedDomain();
    await setPrincipals(domain.dc, dmsaDn, allowed);
    await completeMigration(domain.dc, pair);
    return domain;
  }
  const refused = {
    succeeded: false,
    events: [{ id: 105, fields: { 'New Account Name': 'dmsa-finance$', Status: '0xc0000022' } }],
  };

  test.each<[string, Partial<LogonHost>, string[]]>([
    ['its host is no principal', {}, []],
    ['only other hosts are principals', {}, ['S-1-5-21-1000-2000-3000-9']],
    ['the policy is off', { policyEnabled: false }, [sid]],
    ['the build is too old', { build: 20348 }, [sid]],
  ])('not where %s: event 105, and no keys', async (_why, changes, allowed) => {
    const domain = await completedDomain(allowed);
    expect(await logOn(domain.dc, host(changes), 'svc-finance')).toEqual(refused);
    expect(await principals(domain)).toEqual(allowed);
    expect(domain.dc.events.filter((event) => event.id === 2946)).toEqual([]);
  });

  test('not through a link that is one-sided: the KDC refuses it', async () => {
    for (const [dn, name] of [
      [accountDn, attribute.supersededBy],
      [dmsaDn, attribute.precededBy],
    ] as const) {
      const domain = await completedDomain();
      await domain.store.replace(dn, { [name]: [] });
      expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual(failed);
    }
  });

  test('as the dMSA through a group in a group that its host is in, unless a refusal comes first', async () => {
    const domain = await completedDomain(['S-1-5-21-1000-2000-3000-9']);
    const computerSid = domain.sids.get('fin01.lab.example')!;
    const fin01 = 'CN=FIN01,CN=Computers,DC=lab,DC=example';
    const inner = await addGroup(domain, 'finance-hosts', fin01);
    const outer = await addGroup(domain, 'all-hosts', inner.dn);
    const attempt = async () => (await logOn(domain.dc, host({ computerSid }), 'svc-finance')).succeeded;
    expect(await attempt()).toBe(false);
    const grant: Ace = { kind: 'allow', flags: 0, mask: right.fullControl, sid: outer.sid };
    await setAces(domain, [grant]);
    expect(await attempt()).toBe(true);
    await setAces(domain, [{ ...grant, kind: 'deny', sid: inner.sid }, grant]);
    expect(await attempt()).toBe(false);
  });

  test('as the dMSA where every computer of the domain is let in by its primary group', async () => {
    const domain = await completedDomain(['S-1-5-21-1000-2000-3000-515']);
    const computerSid = domain.sids.get('fin01.lab.example')!;
    expect((await logOn(domain.dc, host({ computerSid }), 'svc-finance')).succeeded).toBe(true);
  });

  test('as the dMSA: 309 on the host, 2946 on the DC', async () => {
    const domain = await completedDomain();
    domain.clock.now = new Date('2025-07-01T00:00:00.000Z');
    expect(await logOn(domain.dc, host(), 'svc-finance')).toEqual({
      succeeded: true,
      events: [{ id: 309, fields: { 'New Account Name': 'dmsa-finance$', Status: '0x0' } }],
    });
    expect(domain.dc.events.at(-1)).toEqual({
      id: 2946,
      at: '2025-07-01T00:00:00.000Z',
      operation: 'KEYS-FETCHED',
      requestedBy: 'fin01.lab.example',
      errorCode: '0',
      account: accountDn,
      dmsa: dmsaDn,
    });
  });

  test('behind an RODC too, once its host is a principal', async () => {
    const domain = await completedDomain();
    expect((await logOn(domain.dc, host({ behindRodc: true }), 'svc-finance')).succeeded).toBe(true);
  });

  test('after both phases were undone, as the account again', async () => {
    const domain = await completedDomain();
    await undoMigration(domain.dc, pair);
    await undoMigration(domain.dc, pair);
    expect(await logOn(domain.dc, host({ policyEnabled: false }), 'svc-finance')).toEqual(asAccount);
    await startMigration(domain.dc, pair);
    expect((await logOn(domain.dc, host(), 'svc-finance')).events.map(({ id }) => id)).toEqual([307, 308]);
  });
});

describe('a principal that lets itself in', () => {
  test('is added to those who are there, once', async () => {
    const domain = await linkedDomain();
    await addPrincipal(domain.dc, await domain.dmsa(), sid);
    await addPrincipal(domain.dc, await domain.dmsa(), 'S-1-5-21-1000-2000-3000-2000');
    await addPrincipal(domain.dc, await domain.dmsa(), sid);
    expect(await principals(domain)).toEqual(['S-1-5-21-1000-2000-3000-2000', sid]);
  });
});
