import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { directoryServers, inOrder, serversOf } from '../../../src/directory/connection/servers.ts';

const urls = [
  'ldaps://DC1.contoso.com:636',
  'ldap://dc2.contoso.com',
  'ldaps://[2001:DB8::1]',
  'ldap://dc1.contoso.com',
];

describe('URLs of domain controllers', () => {
  test.each([
    'ldaps://me:secret@dc1.contoso.com',
    'ldap://me@dc1.contoso.com',
    'ldaps://',
    'LDAPX://dc1.contoso.com',
    'ldaps:dc1.contoso.com',
    'ldaps://dc1.contoso.com/DC=contoso',
    'ldap://dc1.contoso.com?x',
    'dc1.contoso.com:636',
    '',
  ])('%s is refused, and a password in it is not repeated', (url) => {
    expect(() => directoryServers({ urls: ['ldaps://dc1', url] })).toThrow(
      expect.objectContaining({ code: 'SETTINGS_INVALID', subject: 'directory.urls' }),
    );
    expect(() => directoryServers({ urls: [url] })).not.toThrow(/secret/);
  });

  test('none is none too few', () => {
    expect(() => serversOf({ urls: [] }, {})).toThrow('directory.urls: no URL is given');
  });

  test('name their hosts, in lower case, each once, in their order', () => {
    expect(directoryServers({ urls })).toEqual(['dc1.contoso.com', 'dc2.contoso.com', '2001:db8::1']);
  });

  test('lead to their ports, or to those that their protocol has, or to where the host is said to be', () => {
    const hosts = {
      'dc2.contoso.com': { address: '10.0.0.5', port: 1389 },
      '2001:db8::1': { address: '10.0.0.6' },
    };
    expect(serversOf({ urls }, hosts)).toEqual([
      {
        url: 'ldaps://DC1.contoso.com:636',
        name: 'dc1.contoso.com',
        address: 'dc1.contoso.com',
        port: 636,
        startTls: false,
      },
      {
        url: 'ldap://dc2.contoso.com',
        name: 'dc2.contoso.com',
        address: '10.0.0.5',
        port: 1389,
        startTls: true,
      },
      {
        url: 'ldaps://[2001:db8::1]',
        name: '2001:db8::1',
        address: '10.0.0.6',
        port: 636,
        startTls: false,
      },
      {
        url: 'ldap://dc1.contoso.com',
        name: 'dc1.contoso.com',
        address: 'dc1.contoso.com',
        port: 389,
        startTls: true,
      },
    ]);
  });
});

describe('the order in which they are asked', () => {
  const servers = serversOf({ urls }, {});
  const names = (options: { prefer?: string; only?: string }, answered = new Map<string, string>()) =>
    inOrder(servers, options, answered).map(({ url }) => url);

  test('is of those that lead to the only one, and of none is refused', () => {
    expect(names({ only: 'dc1.CONTOSO.com' })).toEqual([servers[0]!.url, servers[3]!.url]);
    expect(() => names({ only: 'dc9.contoso.com' })).toThrow('directory.urls: none leads to dc9.contoso.com');
  });

  test('goes by the host of the URL before it goes by the DC that answered there', () => {
    const answered = new Map([
      [servers[1]!.url, 'dc1.contoso.com'],
      [servers[2]!.url, 'dc9.contoso.com'],
    ]);
    expect(names({ only: 'DC1.contoso.com' }, answered)).toEqual([servers[0]!.url, servers[3]!.url]);
    expect(names({ only: 'DC9.contoso.com' }, answered)).toEqual([servers[2]!.url]);
    expect(names({ prefer: 'dc9.contoso.com' }, answered)[0]).toBe(servers[2]!.url);
  });

  test('always has each of them once, and those that are preferred first, otherwise as they are written', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, fc.integer({ min: 1, max: 9 })), { minLength: 1, selector: String }),
        name,
        (list, prefer) => {
          const all = serversOf({ urls: list.map(([host, port]) => `ldaps://${host}:${port}`) }, {});
          const ordered = inOrder(all, { prefer });
          const rank = (server: (typeof all)[number]) =>
            (server.name === prefer ? 0 : all.length) + all.indexOf(server);
          expect(ordered).toEqual(all.toSorted((one, other) => rank(one) - rank(other)));
        },
      ),
    );
  });
});
