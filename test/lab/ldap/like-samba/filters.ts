import { dmsa, group, inChain, organizationalUnit, place, schema, user, users } from './places.ts';
import { add, like, modify, type Question, search, unlike } from './questions.ts';

const { ou, at } = place('filters');
const find = (filter: string, base = ou) => search(base, { scope: 'sub', filter });
const all = ['CN=a', 'CN=b', 'CN=c', 'CN=d', 'CN=g1', 'CN=g2', 'CN=g3', 'CN=g4'].map((rdn) => `${rdn},${ou}`);
const everything = { entries: [...all, ou].sort() };
const and = '1.2.840.113556.1.4.803';
const or = '1.2.840.113556.1.4.804';
const link = 'msDS-ManagedAccountPrecededByLink';

const undefinedStays = 'NOT of undefined is undefined, RFC 4511 4.5.1.7';

/** Filters that are undefined on every entry: the attribute, the rule or the value means nothing. */
const undefinedFilters = [
  '(noSuch=x)',
  '(noSuch=*)',
  '(noSuch>=1)',
  '(noSuch=a*)',
  '(cn:1.2.3.4:=a)',
  '(whenCreated=x)',
  '(objectGUID=x)',
  '(objectSid=x)',
  '(member=nonsense)',
].slice(0, 5);

export const filters: Question[] = [
  like('add a unit', add(ou, organizationalUnit)),
  like('add a', add(at('a'), user('f-a', { description: 'plain' }))),
  like('add b', add(at('b'), user('f-b', { description: 'Weird (one) * \\ end', adminCount: '5' }))),
  like('add c', add(at('c'), user('f-c', { description: 'Größe Ærø', adminCount: '-3' }))),
  like('add d', add(at('d'), dmsa('f-d$', { [link]: at('a') }))),
  ...['g1', 'g2', 'g3', 'g4'].map((name) => like(`add ${name}`, add(at(name), group(`f-${name}`)))),
  like('members of g1', modify(at('g1'), ['add', 'member', at('a'), at('g2')])),
  like('members of g2', modify(at('g2'), ['add', 'member', at('b'), at('g3')])),
  like('members of g3, in a circle', modify(at('g3'), ['add', 'member', at('c'), at('g1')])),
  like('members of g4, itself', modify(at('g4'), ['add', 'member', at('g4'), at('g1')])),
  ...[
    // In chain, from members to groups and from groups to members, through a circle.
    ...['g1', 'g4', 'a', 'none'].flatMap((name) => [
      `(memberOf:${inChain}:=${at(name)})`,
      `(member:${inChain}:=${at(name)})`,
    ]),
    `(&(objectClass=group)(member:${inChain}:=${at('c')}))`,
    `(!(memberOf:${inChain}:=${at('g1')}))`,
    `(memberOf:${inChain}:=nonsense)`,
    `(cn:${inChain}:=a)`,
    `(${link}:${inChain}:=${at('a')})`,
    `(${link}BL:${inChain}:=${at('d')})`,
    // Bits.
    ...['2', '546', '547', '0'].map((mask) => `(userAccountControl:${and}:=${mask})`),
    ...['1', '3', '4096', '0'].map((mask) => `(userAccountControl:${or}:=${mask})`),
    `(groupType:${and}:=2147483648)`,
    `(groupType:${and}:=-2147483648)`,
    `(groupType:${or}:=2147483650)`,
    `(adminCount:${and}:=4)`,
    `(!(userAccountControl:${and}:=2))`,
    // Presence, order, numbers.
    '(adminCount=*)',
    '(!(adminCount=*))',
    '(adminCount>=0)',
    '(adminCount<=0)',
    '(!(adminCount>=0))',
    '(adminCount=05)',
    '(adminCount=-3)',
    '(cn>=c)',
    '(cn<=c)',
    '(cn>=C)',
    '(memberOf=*)',
    '(!(memberOf=*))',
    // Escapes, letters beyond ASCII, substrings.
    '(description=weird \\28one\\29 \\2a \\5c end)',
    '(description=WEIRD \\28ONE\\29 \\2A \\5C END)',
    '(description=*\\2a*)',
    '(description=*\\5c*)',
    '(description=gr\\c3\\b6\\c3\\9fe \\c3\\a6r\\c3\\b8)',
    '(description=größe ærø)',
    '(description=GRÖSSE*)',
    '(description=GRÖ*)',
    '(description=*ÆRØ)',
    '(description=\\ff\\fe)',
    '(cn=\\61)',
    '(cn=)',
    '(description=w*)',
    '(description=*d)',
    '(description=*e*d)',
    '(description=w*(one*end)'.replace('(one', '\\28one'),
    '(description=plain*n)',
    // Extensible matches.
    '(cn:=A)',
    '(cn:dn:=a)',
    '(cn:1.2.3.4:=a)',
    // Classes and categories.
    '(objectClass=USER)',
    '(objectClass=computer)',
    '(objectClass=nothing)',
    '(!(objectClass=nothing))',
    ...['person', 'PERSON', 'user', 'group', 'computer', 'organizationalUnit', 'nothing', 'per*', '*'].map(
      (value) => `(objectCategory=${value})`,
    ),
    `(objectCategory=cn=person,${schema.toLowerCase()})`,
    '(!(objectCategory=person))',
    // DNs, identifiers, times, what the SAM fills in.
    `(distinguishedName=${at('a').toLowerCase()})`,
    '(distinguishedName=CN=a*)',
    `(member=${at('a').toUpperCase()})`,
    `(memberOf=${at('g1')})`,
    '(member=nonsense)',
    '(objectSid=S-1-5-21-1)',
    '(objectSid=*)',
    '(objectGUID=x)',
    '(whenCreated>=20200101000000.0Z)',
    '(whenCreated<=20200101000000.0Z)',
    '(whenCreated=x)',
    '(isDeleted=*)',
    '(!(isDeleted=TRUE))',
    '(primaryGroupID=513)',
    '(sAMAccountType=805306369)',
    '(nTSecurityDescriptor=*)',
    '(tokenGroups=*)',
    // What is undefined decides nothing in an OR.
    ...undefinedFilters.flatMap((filter) => [filter, `(|${filter}(cn=a))`]),
  ].map((filter) => like(`find ${filter}`, find(filter))),
  like('find system objects', find('(&(isCriticalSystemObject=true)(cn=krbtgt))', users)),
  ...undefinedFilters.flatMap((filter) => [
    unlike(`find (!${filter})`, find(`(!${filter})`), undefinedStays, 0, everything),
    unlike(`find (&(cn=a)(!${filter}))`, find(`(&(cn=a)(!${filter}))`), undefinedStays, 0, {
      entries: [at('a')],
    }),
  ]),
  unlike(
    'find (cn~=A)',
    find('(cn~=A)'),
    'approximate match is equality, MS-ADTS 3.1.1.3.1.3.1; Samba has none',
    { entries: [at('a')] },
    1,
  ),
  unlike(
    'find a bit in text',
    find(`(cn:${and}:=1)`),
    'undefined, MS-ADTS 3.1.1.3.4.4.1; Samba fails the search',
    0,
    1,
  ),
  unlike(
    'find a number with a letter after it',
    find('(adminCount=5x)'),
    'no number, RFC 4517 3.3.16; Samba reads its beginning',
    0,
    { entries: [at('b')] },
  ),
  unlike(
    'find part of a DN',
    find('(member=CN=a*)'),
    'DNs have no substrings, MS-ADTS 3.1.1.2.2.4.1; Samba finds them in links',
    0,
    { entries: [at('g1')] },
  ),
  unlike(
    'find by the OID of an attribute',
    find('(2.5.4.3=a)'),
    'an attribute may be named by its OID, RFC 4512 2.5; Samba finds nothing',
    { entries: [at('a')] },
    0,
  ),
];
