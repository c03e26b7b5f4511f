import { describe, expect, test } from 'vitest';
import { principalsOf } from '../../../lab/formats/security-descriptor.ts';
import { createDmsa, removeDmsa, setPrincipals } from '../../../lab/rules/dmsa.ts';
import { octets, text, texts } from '../../../src/directory/entry.ts';
import { guidText } from '../../../src/directory/guid.ts';
import { attribute, dmsaClass } from '../../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';
import { dmsaDn, domainWithDmsa, managed, newDomain, refusalOf } from './domain.ts';

const request = {
  name: 'dmsa-finance',
  dnsHostName: 'dmsa-finance.lab.example',
  container: managed,
  description: 'mine',
};

describe('New-ADServiceAccount', () => {
  test('is refused where the place is not there', async () => {
    const { dc } = await newDomain();
    const failure = await refusalOf(createDmsa(dc, { ...request, container: 'OU=No,DC=lab,DC=example' }));
    expect(failure.code).toBe('SCRIPT_FAILED');
    expect(failure.message).toMatch(/NO_OBJECT/);
  });

  test('is refused where the name is taken, at the same place or elsewhere', async () => {
    const { dc, store } = await domainWithDmsa();
    const { updates } = store;
    expect(await refusalOf(createDmsa(dc, request))).toMatchObject({
      code: 'DMSA_NAME_TAKEN',
      category: 'ResourceExists',
      target: dmsaDn,
    });
    const elsewhere = createDmsa(dc, { ...request, container: 'CN=Computers,DC=lab,DC=example' });
    expect(await refusalOf(elsewhere)).toMatchObject({ code: 'DMSA_NAME_TAKEN' });
    expect(store.updates).toBe(updates);
  });

  test('creates a dMSA in state 0 with AES256 and nobody among its principals', async () => {
    const { dc, dmsa } = await newDomain();
    const created = await createDmsa(dc, request);
    const entry = await dmsa();
    expect(created).toEqual({
      distinguishedName: dmsaDn,
      objectGuid: guidText(octets(entry, 'objectGUID')!),
    });
    expect(texts(entry, 'objectClass')).toContain(dmsaClass);
    expect(text(entry, 'sAMAccountName')).toBe('dmsa-finance$');
    expect(text(entry, 'dNSHostName')).toBe('dmsa-finance.lab.example');
    expect(text(entry, 'description')).toBe('mine');
    expect(text(entry, attribute.dmsaState)).toBe('0');
    expect(text(entry, attribute.passwordInterval)).toBe('30');
    expect(text(entry, attribute.encryptionTypes)).toBe('16');
    expect(octets(entry, attribute.principals)).toBeNull();
  });

  test('escapes its name', async () => {
    const { dc } = await newDomain();
    const { distinguishedName } = await createDmsa(dc, { ...request, name: 'a, b' });
    expect(distinguishedName).toBe(`CN=a\\, b,${managed}`);
  });
});

describe('Remove-ADServiceAccount', () => {
  test('is refused where the description is another one, and removes nothing', async () => {
    const { dc, store } = await domainWithDmsa();
    expect(await refusalOf(removeDmsa(dc, dmsaDn, 'theirs'))).toMatchObject({
      code: 'DMSA_NOT_OURS',
      category: 'PermissionDenied',
      target: dmsaDn,
    });
    expect(await store.read(dmsaDn)).not.toBeNull();
  });

  test('removes what carries the description, and says so once', async () => {
    const { dc, store } = await domainWithDmsa();
    expect(await removeDmsa(dc, dmsaDn, 'mine')).toEqual({ removed: true });
    expect(await store.read(dmsaDn)).toBeNull();
    expect(await removeDmsa(dc, dmsaDn, 'mine')).toEqual({ removed: false });
  });
});

describe('Set-ADServiceAccount', () => {
  const [one, two] = ['S-1-5-21-1000-2000-3000-1', 'S-1-5-21-1000-2000-3000-2'] as const;

  test('is refused where there is no such account', async () => {
    const { dc } = await newDomain();
    expect(await refusalOf(setPrincipals(dc, dmsaDn, [one]))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('replaces the principals, and with none removes them', async () => {
    const { dc, dmsa } = await domainWithDmsa();
    const principals = async () =>
      principalsOf(decodeSecurityDescriptor(octets(await dmsa(), attribute.principals)!));
    await setPrincipals(dc, dmsaDn, [one]);
    await setPrincipals(dc, dmsaDn, [two]);
    expect(await principals()).toEqual([two]);
    await setPrincipals(dc, dmsaDn, []);
    expect(octets(await dmsa(), attribute.principals)).toBeNull();
  });
});
