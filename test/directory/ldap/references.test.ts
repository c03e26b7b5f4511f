import { describe, expect, test } from 'vitest';

import { otherDomains, referredDn } from '../../../src/directory/ldap/references.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { directoryWith, entries, reference, searchDone, server } from './scripted-server.ts';

const base = 'DC=lab,DC=example';
const directory = { configurationDn: `CN=Configuration,${base}` };
/** As Samba 4.17 writes them for a search of the whole domain; AD writes `ldap://`. */
const ofEveryDomain = [
  `ldaps://lab.example/CN=Configuration,${base}`,
  `ldaps://lab.example/DC=DomainDnsZones,${base}`,
  `ldap://ForestDnsZones.lab.example/DC=ForestDnsZones,${base}`,
];
const child = `ldap://child.lab.example/DC=child,${base}`;

describe('references of a search', () => {
  test.each([
    ['no URL', 'child.lab.example'],
    ['another protocol', `https://lab.example/DC=child,${base}`],
    ['no DN', 'ldap://lab.example'],
    ['an empty DN', 'ldap://lab.example/'],
    ['a broken escape', 'ldap://lab.example/DC=%zz'],
    ['what is no DN', 'ldap://lab.example/child'],
  ])('%s names no naming context, and is not dropped', (_, url) => {
    expect(referredDn(url)).toBeNull();
    expect(otherDomains([url], directory)).toEqual([url]);
  });

  test('a DN is read from between host and attributes, with what is escaped', () => {
    expect(referredDn(`ldap://dc2:3268/DC=child%2C${base}??sub`)).toBe(`DC=child,${base}`);
    expect(referredDn('LDAP:///CN=caf%C3%A9,DC=x')).toBe('CN=café,DC=x');
  });

  test('those that every domain has are of no matter, a child domain is, and counts once', () => {
    expect(otherDomains(ofEveryDomain, directory)).toEqual([]);
    expect(otherDomains([...ofEveryDomain, child, `${child}??base`], directory)).toEqual([
      `DC=child,${base}`,
    ]);
  });

  test('a search gives its entries, and each URL to who wants to know', async () => {
    const { directory: searched } = await directoryWith(({ id }, nth) =>
      nth === 0
        ? Buffer.concat([entries(id, 'a'), reference(id, child, 'ldap://x/'), searchDone(id, 'more')])
        : Buffer.concat([reference(id, ofEveryDomain[0]!), searchDone(id, '')]),
    );
    const urls: string[] = [];
    const found = await searched.search(base, {
      scope: 'sub',
      filter: parseFilter('(cn=*)'),
      attributes: ['cn'],
      onReference: (url) => urls.push(url),
    });
    expect(found.map(({ dn }) => dn)).toEqual([`CN=a,${base}`]);
    expect(urls).toEqual([child, 'ldap://x/', ofEveryDomain[0]]);
  });

  test('a referral names where it leads to, and nobody goes there', async () => {
    const { directory: searched, requests } = await directoryWith(({ id }) =>
      searchDone(id, undefined, { code: 10, message: '0000202B: RefErr', referrals: [child, 'ldap://x/'] }),
    );
    const words = 'the domain controller refers to another server, which is not asked';
    await expect(searched.read(`DC=child,${base}`, ['cn'])).rejects.toMatchObject({
      code: 'DIRECTORY_REFERRAL',
      retryable: false,
      message: `${server}: ${words}: ${child}, ldap://x/: 0000202B: RefErr (LDAP 10)`,
    });
    expect(requests).toHaveLength(1);
  });
});
