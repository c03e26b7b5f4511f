import { readFile } from 'node:fs/promises';

import { Client } from 'ldapts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, startLab } from '../../lab/lab.ts';
import { createDmsa } from '../../lab/rules/dmsa.ts';
import { defaultTopology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { readAccount, readDmsa } from '../../src/directory/read/read-account.ts';
import { readDomain, readDomainNames } from '../../src/directory/read/read-domain.ts';
import { readProtectedGroups } from '../../src/directory/read/read-privileges.ts';
import { readSpnHolders } from '../../src/directory/read/read-spn-holders.ts';
import { attribute, dmsaClass, uac } from '../../src/directory/schema.ts';
import type { AccountFacts } from '../../src/domain/facts/facts.ts';
import { findAccount } from '../../src/plan/find-account.ts';
import { describeWithSamba, reserveSamba } from '../support/samba.ts';

interface SimpleLogin {
  caFile: string;
  user: string;
  password: { file: string };
}

const users = 'CN=Users,DC=lab,DC=example';
const managed = 'CN=Managed Service Accounts,DC=lab,DC=example';
const builtin = 'CN=Builtin,DC=lab,DC=example';
const enabled = uac.normalAccount | 0x20;

describeWithSamba('what preflight reads of a real directory', () => {
  let lab: Lab;
  let reserved: Awaited<ReturnType<typeof reserveSamba>>;
  let directory: Directory;
  let domainSid: string;

  beforeAll(async () => {
    const topology = { ...defaultTopology({ restartMs: 0 }), hosts: [] };
    reserved = await reserveSamba();
    lab = await startLab({ topology, directory: 'samba', samba: reserved.samba });
    directory = await connectionsOf(lab.settings).connectDirectory();
    domainSid = (await accountOf('svc-finance')).sid.replace(/-\d+$/, '');
  });
  afterAll(async () => {
    await directory?.close();
    await lab?.close();
    reserved?.release();
  });

  async function accountOf(name: string): Promise<AccountFacts> {
    const found = await findAccount(directory, name, { dnsName: 'lab.example', netbiosName: 'LAB' });
    return (await readAccount(directory, found.account!.guid))!;
  }

  async function addUser(name: string, attributes: Record<string, string[]> = {}): Promise<string> {
    const dn = `CN=${name},${users}`;
    const sAMAccountName = [name.replaceAll(/[()*]/g, '')];
    await lab.dc.store.add(dn, { objectClass: ['user'], sAMAccountName });
    await lab.dc.store.replace(dn, { userAccountControl: [String(enabled)], ...attributes });
    return dn;
  }

  async function addGroup(name: string, member: string[]): Promise<string> {
    const dn = `CN=${name},${users}`;
    await lab.dc.store.add(dn, { objectClass: ['group'], sAMAccountName: [name], member });
    return dn;
  }

  it('names the domain, its schema, its root key and its one DC, and no replication', async () => {
    const { kdsKeys, kdsEffectiveAt, ...domain } = await readDomain(directory);
    expect(domain).toEqual({
      schemaLacks: [],
      capableDcs: ['dc1.lab.example'],
      controllers: [
        { name: 'dc1.lab.example', site: 'Default-First-Site-Name', writable: true, build: 26100 },
      ],
      replication: null,
    });
    expect(kdsKeys).toEqual([
      { id: expect.any(String), effectiveAt: kdsEffectiveAt, createdAt: expect.any(String) },
    ]);
    expect(await readDomainNames(directory)).toEqual({
      baseDn: 'DC=lab,DC=example',
      dnsName: 'lab.example',
      netbiosName: 'LAB',
    });
  });

  it('does not count a computer that has the bit of a DC and no NTDS settings', async () => {
    const dn = 'CN=DC9,OU=Domain Controllers,DC=lab,DC=example';
    await lab.dc.store.add(dn, {
      objectClass: ['computer'],
      sAMAccountName: ['DC9$'],
      dNSHostName: ['dc9.lab.example'],
      userAccountControl: [String(uac.serverTrustAccount)],
      operatingSystemVersion: ['10.0 (26100)'],
    });
    expect((await readDomain(directory)).capableDcs).toEqual(['dc1.lab.example']);
  });

  it('shows an account as it was made, with nothing to report', async () => {
    await addUser('svc-plain');
    expect(await accountOf('svc-plain')).toMatchObject({
      kind: 'user',
      enabled: true,
      expiresAt: null,
      privilegedBecause: null,
      flags: [],
      encryptionTypes: null,
      claimedBy: [],
    });
    expect(await readProtectedGroups(directory, await accountOf('svc-plain'))).toEqual([]);
  });

  it('shows flags, expiry and encryption types', async () => {
    await addUser('svc-odd', {
      userAccountControl: [String(enabled | 0x400000 | 0x100000)],
      accountExpires: ['133000000000000000'],
      [attribute.encryptionTypes]: ['4'],
    });
    expect(await accountOf('svc-odd')).toMatchObject({
      kind: 'user',
      flags: ['DONT_REQ_PREAUTH', 'NOT_DELEGATED'],
      expiresAt: '2022-06-18T04:26:40.000Z',
      encryptionTypes: 4,
    });
  });

  it('shows the built-in accounts as privileged', async () => {
    expect((await accountOf('Administrator')).privilegedBecause).toEqual({
      kind: 'built-in',
      name: 'the built-in Administrator',
    });
    expect((await accountOf('krbtgt')).privilegedBecause).toEqual({ kind: 'built-in', name: 'krbtgt' });
    expect(await readProtectedGroups(directory, await accountOf('Administrator'))).toEqual([
      'Administrators (S-1-5-32-544)',
      `Domain Admins (${domainSid}-512)`,
      `Enterprise Admins (${domainSid}-519)`,
      `Schema Admins (${domainSid}-518)`,
    ]);
  });

  it('follows groups in groups, in a circle, by the links', async () => {
    const dn = await addUser('svc-(nested)*');
    const inner = await addGroup('inner', [dn]);
    const outer = await addGroup('outer', [inner]);
    await lab.dc.store.replace(inner, { member: [dn, outer] });
    await lab.dc.store.replace(`CN=Backup Operators,${builtin}`, { member: [outer] });
    expect(await readProtectedGroups(directory, await accountOf(dn))).toEqual([
      'Backup Operators (S-1-5-32-551)',
    ]);
  });

  it('knows the primary group, which no link leads to, by the token', async () => {
    const dn = await addUser('svc-primary');
    const group = `CN=Domain Controllers,${users}`;
    await lab.dc.store.replace(group, { member: [dn] });
    await lab.dc.store.replace(dn, { primaryGroupID: ['516'] });
    expect((await directory.read(group, ['member']))?.attributes).toEqual({});
    const account = await accountOf('svc-primary');
    expect(account.privilegedBecause).toEqual({
      kind: 'primary-group',
      group: `Domain Controllers (${domainSid}-516)`,
    });
    expect(await readProtectedGroups(directory, account)).toEqual([`Domain Controllers (${domainSid}-516)`]);
  });

  it('finds whoever else has a service principal name, in any case', async () => {
    const dn = await addUser('svc-twin', { [attribute.servicePrincipalName]: ['HTTP/Twin', 'HTTP/own'] });
    const account = await accountOf('svc-finance');
    const none = await readSpnHolders(directory, { account, dmsa: null });
    // Samba refuses a name that somebody has, as a DC does: the account is said to have it.
    const sharing = { ...account, servicePrincipalNames: [...account.servicePrincipalNames, 'http/twin'] };
    const found = await readSpnHolders(directory, { account: sharing, dmsa: null });
    expect({ none, found }).toEqual({ none: [], found: [{ dn, names: ['HTTP/Twin'] }] });
  });

  it('shows who points at the account and at the dMSA, and what was asked for at creation', async () => {
    const dn = await addUser('svc-linked');
    const made = async (name: string) => {
      const container = managed;
      const dnsHostName = `${name}.lab.example`;
      const created = await createDmsa(lab.dc, { name, dnsHostName, container, description: name });
      return created.distinguishedName;
    };
    const [dmsa, forged] = [await made('dmsa-linked'), await made('a-forged')];
    await lab.dc.store.replace(dn, { [attribute.supersededBy]: [dmsa] });
    await lab.dc.store.replace(dmsa, { [attribute.precededBy]: [dn] });
    await lab.dc.store.replace(forged, { [attribute.precededBy]: [dn] });
    expect(await accountOf('svc-linked')).toMatchObject({
      supersededBy: dmsa,
      claimedBy: [forged, dmsa],
    });
    expect(await readDmsa(directory, 'dmsa-linked$')).toMatchObject({
      isDmsa: true,
      precededBy: dn,
      claimedBy: [dn],
      encryptionTypes: 16,
    });
    expect(await readDmsa(directory, 'a-forged$')).toMatchObject({ precededBy: dn, claimedBy: [] });
    expect((await directory.read(dmsa, ['objectClass']))?.attributes.objectClass).toContain(dmsaClass);
  });

  it('shows an account that was moved and renamed as the same one', async () => {
    const dn = await addUser('svc-moving');
    const before = await accountOf('svc-moving');
    const moved = 'CN=svc-moved,CN=Computers,DC=lab,DC=example';
    expect(before.dn).toBe(dn);
    const { address, port } = lab.settings.hosts['dc1.lab.example']!;
    const { caFile, user, password } = lab.settings.directory as SimpleLogin;
    const ca = await readFile(caFile, 'utf8');
    const tlsOptions = { ca, servername: 'dc1.lab.example' };
    const client = new Client({ url: `ldaps://${address}:${port}`, tlsOptions });
    await client.bind(user, await readFile(password.file, 'utf8'));
    await client.modifyDN(dn, moved);
    await client.unbind();
    expect((await readAccount(directory, before.guid))?.dn).toBe(moved);
  });
});
