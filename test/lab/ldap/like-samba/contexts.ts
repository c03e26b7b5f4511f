import { RawControl } from '../../../support/raw-ldap.ts';
import { configuration, schema, user, users } from './places.ts';
import {
  add,
  brief,
  compare,
  like,
  modify,
  type Question,
  remove,
  rename,
  search,
  searched,
  unlike,
} from './questions.ts';
import { baseDn, type Side } from './sides.ts';

const other = 'CN=x,DC=other,DC=example';
const because = 'a referral, MS-ADTS 3.1.1.4.6; Samba knows no such object';
const domainScope = new RawControl('1.2.840.113556.1.4.1339', null, true);

/** Result and URLs, with where the text says them. */
const referred = (base: string) => async (side: Side) => {
  const { code, referrals } = await searched(side.client, base);
  return { code, referrals };
};

/** The same, of a connection that is not bound. */
const unbound = (ask: (side: Side) => Promise<unknown>) => async (side: Side) =>
  await ask({ ...side, client: await side.connect() });

const bind = (user_: (side: Side) => string, password: (side: Side) => string) => async (side: Side) =>
  brief(await (await side.connect()).bind(user_(side), password(side)));

export const contexts: Question[] = [
  // Where a search ends, and where it says that it goes on.
  like('the whole domain', search(baseDn, { scope: 'sub', filter: '(objectClass=domainDNS)' })),
  like('right below the domain', search(baseDn, { scope: 'one', filter: '(objectClass=domainDNS)' })),
  like('the domain alone', search(baseDn, { filter: '(objectClass=domainDNS)' })),
  like(
    'without references',
    search(baseDn, { scope: 'sub', filter: '(cn=krbtgt)', controls: [domainScope] }),
  ),
  like('a container', search(users, { scope: 'sub', filter: '(cn=krbtgt)' })),
  like('the configuration', search(configuration, { scope: 'sub', filter: '(objectClass=configuration)' })),
  like('right below it', search(configuration, { scope: 'one', filter: '(objectClass=dMD)' })),
  like('the schema', search(schema, { scope: 'sub', filter: '(objectClass=dMD)' })),
  like(
    'nothing in the domain is in the configuration',
    search(baseDn, { scope: 'sub', filter: '(objectClass=site)' }),
  ),

  // What is not there.
  like('nothing of that name', search(`CN=none,${baseDn}`)),
  like('nothing in the configuration', search(`CN=none,${configuration}`)),
  like('no DN', search('nonsense')),
  like('the rootDSE, and below', search('', { scope: 'sub' })),
  like('right below the rootDSE', search('', { scope: 'one' })),
  like('the rootDSE', search('', { attributes: ['DEFAULTNAMINGCONTEXT', 'cn'] })),
  like('nothing of the rootDSE', search('', { attributes: ['1.1'] })),
  like('what no domain is in', search('O=x,C=DE')),
  like('a name of no domain', search('CN=x')),
  unlike(
    'another domain',
    referred(other),
    because,
    { code: 10, referrals: ['ldap://other.example/CN=x,DC=other,DC=example'] },
    { code: 32, referrals: [] },
  ),
  unlike(
    'what is above the domain',
    referred('DC=example'),
    because,
    { code: 10, referrals: ['ldap://example/DC=example'] },
    { code: 32, referrals: [] },
  ),
  ...[
    ['add', add(other, user('x'))],
    ['modify', modify(other, ['replace', 'info', 'x'])],
    ['delete', remove(other)],
    ['compare', compare(other, 'cn', 'x')],
  ].map(([what, ask]) => unlike(`${what} in another domain`, ask as Question['ask'], because, 10, 32)),
  like('rename out of the forest', rename(`CN=krbtgt,${users}`, 'CN=krbtgt', 'DC=other,DC=example')),

  // Before a bind, and after one that fails.
  ...(
    [
      ['the rootDSE', search('', { attributes: ['defaultNamingContext'] })],
      ['the domain', search(baseDn)],
      ['all of the domain', search(baseDn, { scope: 'sub' })],
      ['below the rootDSE', search('', { scope: 'sub' })],
      ['the configuration', search(configuration)],
      ['add', add(`CN=x,${users}`, user('x'))],
      ['delete', remove(`CN=krbtgt,${users}`)],
      ['modify', modify(`CN=krbtgt,${users}`, ['replace', 'info', 'x'])],
      ['rename', rename(`CN=krbtgt,${users}`, 'CN=x')],
      ['change the rootDSE', modify('', ['replace', 'x', 'y'])],
    ] as const
  ).map(([what, ask]) => like(`not bound: ${what}`, unbound(ask))),
  unlike(
    'not bound: compare',
    unbound(compare(baseDn, 'dc', 'lab')),
    'nothing but the rootDSE without a bind, MS-ADTS 5.1.1.1.2; Samba compares',
    1,
    6,
  ),
  like(
    'bind with a wrong password',
    bind(
      ({ admin }) => admin.user,
      () => 'wrong',
    ),
  ),
  like(
    'bind as nobody',
    bind(
      () => `CN=nobody,${users}`,
      () => 'x',
    ),
  ),
  like(
    'bind with nothing',
    bind(
      () => '',
      () => '',
    ),
  ),
  like(
    'bind',
    bind(
      ({ admin }) => admin.user,
      ({ admin }) => admin.password,
    ),
  ),
  like(
    'an operation that the rootDSE does not have',
    modify('', ['replace', 'migrateADServiceAccount', 'x']),
  ),
];
