import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  descriptorForPrincipals,
  encodeSecurityDescriptor,
  principalsOf,
} from '../../lab/formats/security-descriptor.ts';
import type { Samba } from '../../lab/samba/samba.ts';
import { SambaStore } from '../../lab/samba/store.ts';
import { LdapFailure } from '../../lab/store.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import { childDn } from '../../src/directory/dn.ts';
import { integer, octets, text, texts, type Value } from '../../src/directory/entry.ts';
import { equals } from '../../src/directory/filters.ts';
import { attribute, dmsaClass, uac } from '../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { sidText } from '../../src/directory/sid.ts';
import { describeWithSamba, openSamba } from '../support/samba.ts';

const passwordNotRequired = 0x20;

function account(name: string): Record<string, Value[]> {
  return {
    objectClass: ['top', 'person', 'organizationalPerson', 'user'],
    sAMAccountName: [name],
  };
}

function dmsa(name: string): Record<string, Value[]> {
  return {
    objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer', dmsaClass],
    sAMAccountName: [`${name}$`],
    dNSHostName: [`${name}.lab.example`],
    userAccountControl: [`${uac.workstationTrustAccount}`],
    [attribute.dmsaState]: ['0'],
    [attribute.passwordInterval]: ['30'],
  };
}

describeWithSamba('a real Samba domain', () => {
  let samba: Samba;
  let store: SambaStore;
  const managed = (name: string) => childDn('CN', name, `CN=Managed Service Accounts,${store.baseDn}`);
  const user = (name: string) => childDn('CN', name, `CN=Users,${store.baseDn}`);

  beforeAll(async () => {
    samba = await openSamba();
    store = await SambaStore.connect(samba);
  });
  afterAll(async () => {
    await store?.close();
    await samba?.close();
  });

  it('shows a certificate that names the host in the common name and as an alternative', async () => {
    const socket = connectTls({
      host: samba.address,
      port: samba.port,
      ca: samba.caPem,
      servername: samba.host,
    });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const { subject, subjectaltname } = socket.getPeerCertificate();
    const trusted = socket.authorized;
    socket.destroy();
    expect({ trusted, name: subject.CN, subjectaltname }).toEqual({
      trusted: true,
      name: 'dc1.lab.example',
      subjectaltname: 'DNS:dc1.lab.example',
    });
  });

  it('is read by the worker’s own client, over a certificate that is verified', async () => {
    const { user: name, password } = samba.admin;
    const settings = {
      urls: [samba.ldapsUrl],
      caFile: samba.caFile,
      user: name,
      password: { command: [process.execPath, '-e', `process.stdout.write(${JSON.stringify(password)})`] },
    };
    const directory = await connectDirectory(settings, { [samba.host]: samba })();
    const dn = `CN=krbtgt,CN=Users,${samba.baseDn}`;
    const entry = await directory.read(dn, ['objectSid', 'sAMAccountName', 'nTSecurityDescriptor', 'info']);
    const bySid = equals.sid('objectSid', sidText(octets(entry!, 'objectSid')!));
    const same = await directory.search(samba.baseDn, { scope: 'sub', filter: bySid, attributes: ['cn'] });
    await directory.close();
    expect(directory.rootDse().baseDn).toBe(samba.baseDn);
    expect(Object.keys(entry!.attributes)).toHaveLength(3);
    expect(same.map((each) => text(each, 'cn'))).toEqual(['krbtgt']);
    const decoded = decodeSecurityDescriptor(octets(entry!, 'nTSecurityDescriptor')!);
    expect(decoded.dacl?.aces.some((ace) => ace.kind === 'allow-object')).toBe(true);
    expect(decodeSecurityDescriptor(encodeSecurityDescriptor(decoded))).toEqual(decoded);
  });

  it('refuses a wrong password with result 49', async () => {
    const wrong = { ...samba, admin: { ...samba.admin, password: 'wrong' } };
    await expect(SambaStore.connect(wrong)).rejects.toMatchObject({ name: 'Error', code: 49 });
    await expect(SambaStore.connect(wrong)).rejects.toBeInstanceOf(LdapFailure);
  });

  it('has the class of dMSAs with both mandatory attributes', async () => {
    const schema = `CN=Schema,CN=Configuration,${store.baseDn}`;
    const [found, ...others] = await store.find(schema, 'lDAPDisplayName', dmsaClass);
    expect(others).toEqual([]);
    expect(texts(found!, 'systemMustContain').sort()).toEqual([
      'msDS-DelegatedMSAState',
      'msDS-ManagedPasswordInterval',
    ]);
  });

  it('answers for what is not there as a directory does', async () => {
    expect(await store.read(user('nobody'))).toBeNull();
    expect(await store.find(store.baseDn, 'sAMAccountName', 'nobody')).toEqual([]);
    await expect(store.remove(user('nobody'))).rejects.toMatchObject({ code: 32 });
    await expect(store.replace(user('nobody'), { description: ['x'] })).rejects.toMatchObject({ code: 32 });
    await expect(store.add(`CN=a,OU=nowhere,${store.baseDn}`, account('a'))).rejects.toMatchObject({
      code: 32,
    });
  });

  it('refuses to add an account twice, or a dMSA without its mandatory attributes', async () => {
    await store.add(user('svc-twice'), account('svc-twice'));
    await expect(store.add(user('svc-twice'), account('svc-other'))).rejects.toMatchObject({ code: 68 });
    const lacking = { ...dmsa('lacking'), [attribute.dmsaState]: [] };
    await expect(store.add(managed('lacking'), lacking)).rejects.toMatchObject({ code: 65 });
  });

  it('says why in the server’s words, without what the LDAP library adds', async () => {
    await expect(store.add(user('svc-bad'), { ...account('svc-bad'), noSuch: ['x'] })).rejects.toMatchObject({
      code: 16,
      message: `0000200A: objectclass_attrs: attribute 'noSuch' on entry '${user('svc-bad')}' was not found in the schema!`,
    });
    const link = { [attribute.supersededBy]: [user('nobody')] };
    await store.add(user('svc-dangling'), account('svc-dangling'));
    await expect(store.replace(user('svc-dangling'), link)).rejects.toMatchObject({
      code: 19,
      message: expect.stringMatching(/^000020B5: /),
    });
  });

  it('keeps an account without a password, which can be enabled and disabled', async () => {
    const dn = user('svc-plain');
    await store.add(dn, account('svc-plain'));
    expect(integer((await store.read(dn))!, 'userAccountControl')! & uac.accountDisabled).toBe(2);
    await store.replace(dn, { userAccountControl: [`${uac.normalAccount | passwordNotRequired}`] });
    expect(integer((await store.read(dn))!, 'userAccountControl')).toBe(0x220);
    await store.replace(dn, {
      userAccountControl: [`${uac.normalAccount | passwordNotRequired | uac.accountDisabled}`],
    });
    expect(integer((await store.read(dn))!, 'userAccountControl')).toBe(0x222);
  });

  it('takes a password as unicodePwd over LDAPS', async () => {
    const dn = user('svc-password');
    await store.add(dn, {
      ...account('svc-password'),
      unicodePwd: [Buffer.from('"Correct-Horse-1"', 'utf16le')],
      userAccountControl: [`${uac.normalAccount}`],
    });
    await (await SambaStore.connect({ ...samba, admin: { user: dn, password: 'Correct-Horse-1' } })).close();
    expect(integer((await store.read(dn))!, 'userAccountControl')).toBe(uac.normalAccount);
  });

  it('keeps names that need escaping', async () => {
    for (const name of ['Smith, "J" \\ Söhne', ' leading', '#sharp + plus']) {
      await store.add(user(name), account(`svc-${name.length}`));
      expect(text((await store.read(user(name)))!, 'cn')).toBe(name);
      await store.remove(user(name));
      expect(await store.read(user(name))).toBeNull();
    }
  });

  it('keeps computers and groups, and the back link of a member', async () => {
    const computer = childDn('CN', 'WEB01', `CN=Computers,${store.baseDn}`);
    await store.add(computer, {
      objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
      sAMAccountName: ['WEB01$'],
      dNSHostName: ['web01.lab.example'],
      userAccountControl: [`${uac.workstationTrustAccount}`],
    });
    await store.add(user('Web hosts'), {
      objectClass: ['top', 'group'],
      sAMAccountName: ['Web hosts'],
      member: [computer],
    });
    const [found] = await store.find(store.baseDn, 'dNSHostName', 'WEB01.lab.example');
    expect(found?.dn).toBe(computer);
    expect(texts(found!, 'memberOf')).toEqual([user('Web hosts')]);
    const sid = octets(found!, 'objectSid')!;
    expect(sidText(sid)).toMatch(/^S-1-5-21-\d+-\d+-\d+-\d+$/);
    expect((await store.find(store.baseDn, 'objectSid', sid)).map(({ dn }) => dn)).toEqual([computer]);
  });

  it('links an account and its dMSA: both states, both back links, the principals', async () => {
    const [sa, dMSA] = [user('svc-link'), managed('dmsa-link')];
    await store.add(sa, account('svc-link'));
    await store.add(dMSA, dmsa('dmsa-link'));
    expect(integer((await store.read(dMSA))!, attribute.dmsaState)).toBe(0);

    const host = sidText(octets((await store.read(sa))!, 'objectSid')!);
    await store.replace(dMSA, {
      [attribute.dmsaState]: ['1'],
      [attribute.precededBy]: [sa],
      [attribute.principals]: [descriptorForPrincipals([host])],
    });
    await store.replace(sa, { [attribute.accountState]: ['1'], [attribute.supersededBy]: [dMSA] });

    const [account1, dmsa1] = [(await store.read(sa))!, (await store.read(dMSA))!];
    expect(text(account1, attribute.supersededBy)).toBe(dMSA);
    expect(text(account1, 'msDS-ManagedAccountPrecededByLinkBL')).toBe(dMSA);
    expect(integer(account1, attribute.accountState)).toBe(1);
    expect(text(dmsa1, attribute.precededBy)).toBe(sa);
    expect(text(dmsa1, 'msDS-SupersededManagedAccountLinkBL')).toBe(sa);
    expect(integer(dmsa1, attribute.dmsaState)).toBe(1);
    expect(principalsOf(decodeSecurityDescriptor(octets(dmsa1, attribute.principals)!))).toEqual([host]);

    await store.replace(sa, { [attribute.accountState]: [], [attribute.supersededBy]: [] });
    const after = (await store.read(dMSA))!;
    expect(text(after, 'msDS-SupersededManagedAccountLinkBL')).toBeNull();
    expect(text(after, attribute.precededBy)).toBe(sa);
  });

  it('moves service principal names from the account to the dMSA', async () => {
    const [sa, dMSA] = [user('svc-spn'), managed('dmsa-spn')];
    const spns = ['HTTP/app', 'HTTP/app.lab.example'];
    await store.add(sa, { ...account('svc-spn'), servicePrincipalName: spns });
    await store.add(dMSA, dmsa('dmsa-spn'));
    await store.replace(sa, { servicePrincipalName: [] });
    await store.replace(dMSA, { servicePrincipalName: spns });
    expect(texts((await store.read(sa))!, 'servicePrincipalName')).toEqual([]);
    expect(texts((await store.read(dMSA))!, 'servicePrincipalName').sort()).toEqual(spns);
  });

  it('reads a security descriptor and writes it back without a difference', async () => {
    const dn = managed('dmsa-rights');
    await store.add(dn, dmsa('dmsa-rights'));
    const before = octets((await store.read(dn))!, 'nTSecurityDescriptor')!;
    expect(decodeSecurityDescriptor(before).owner).toMatch(/-512$/);
    await store.replace(dn, { nTSecurityDescriptor: [before] });
    expect(decodeSecurityDescriptor(octets((await store.read(dn))!, 'nTSecurityDescriptor')!)).toEqual(
      decodeSecurityDescriptor(before),
    );
  });

  it('replaces all the attributes or none', async () => {
    const dn = user('svc-atomic');
    await store.add(dn, account('svc-atomic'));
    const change = store.replace(dn, { description: ['new'], [attribute.accountState]: ['not a number'] });
    await expect(change).rejects.toBeInstanceOf(LdapFailure);
    expect(text((await store.read(dn))!, 'description')).toBeNull();
  });
});
