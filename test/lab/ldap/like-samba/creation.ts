import {
  configuration,
  dmsa,
  dmsaClass,
  group,
  organizationalUnit,
  place,
  schema,
  user,
  users,
} from './places.ts';
import { add, like, type Question, read, search, unlike } from './questions.ts';
import { baseDn, type Side } from './sides.ts';

const { ou, at } = place('creation');
const [container, contact] = [{ objectClass: 'container' }, { objectClass: 'contact' }];
const sam = [
  'userAccountControl',
  'sAMAccountType',
  'primaryGroupID',
  'isCriticalSystemObject',
  'objectCategory',
];
const computer = (userAccountControl: string) => ({
  objectClass: 'computer',
  sAMAccountName: `cr-${userAccountControl}$`,
  userAccountControl,
});

/** Names of every attribute that a new object has: what the DC fills in. */
const allNames = (dn: string) => async (side: Side) => {
  const found = (await search(dn, { attributes: ['*'] })(side)) as { entries: Record<string, object> };
  return Object.keys(found.entries[dn]!).sort();
};

export const creation: Question[] = [
  like('a unit', add(ou, organizationalUnit)),
  like('what it is given', allNames(ou)),
  like('a user', add(at('user'), user('cr-user'))),
  like('what it is given, all', allNames(at('user'))),
  like('what the SAM makes of it', read(at('user'), ...sam)),
  like('a group', add(at('group'), group('cr-group'))),
  like('what a group is given', allNames(at('group'))),
  like('a dMSA', add(at('dmsa'), dmsa('cr-dmsa$'))),
  like('what a dMSA is given', allNames(at('dmsa'))),
  like('what the SAM makes of a dMSA', read(at('dmsa'), ...sam)),
  like('a computer', add(at('bare'), { objectClass: 'computer' })),
  like('what the SAM makes of a computer', read(at('bare'), ...sam)),
  ...['4096', '4098', '532480', '83890176'].flatMap((control) => [
    like(`a computer of ${control}`, add(at(control), computer(control))),
    like(`what the SAM makes of ${control}`, read(at(control), ...sam)),
  ]),
  like('an enabled user', add(at('enabled'), user('cr-enabled', { userAccountControl: '512' }))),
  like('a contact', add(at('contact'), contact)),
  like('what a contact is given', allNames(at('contact'))),

  // Where things may be, and how they are named.
  ...[
    ['a user', 'CN', user('cr-x1')],
    ['a group', 'CN', group('cr-x2')],
    ['a computer', 'CN', { objectClass: 'computer', sAMAccountName: 'cr-x3$' }],
    ['a dMSA', 'CN', dmsa('cr-x4$')],
    ['a container', 'CN', container],
    ['a unit', 'OU', organizationalUnit],
  ].flatMap(([what, type, attributes]) =>
    [baseDn, ou, users, `CN=Builtin,${baseDn}`, at('user'), at('group'), at('contact')].map((parent) => {
      const of = attributes as Record<string, string>;
      const named =
        'sAMAccountName' in of ? { ...of, sAMAccountName: `${parent.length}${of.sAMAccountName}` } : of;
      return like(`${what} below ${parent}`, add(`${type}=x ${what},${parent}`, named));
    }),
  ),
  like('a user in the configuration', add(`CN=x,${configuration}`, user('cr-x5'))),
  like('a user in the schema', add(`CN=x,${schema}`, user('cr-x6'))),
  like('a user named by OU', add(`OU=x,${ou}`, user('cr-x7'))),
  like('a user named by uid', add(`uid=x,${ou}`, user('cr-x8'))),
  like('a user with another cn', add(at('y1'), { ...user('cr-y1'), cn: 'other' })),
  like('a user with its cn in another case', add(at('y2'), { ...user('cr-y2'), cn: 'Y2' })),
  like('its names', read(at('y2'), 'cn', 'name', 'distinguishedName')),
  like('an empty name', add(`CN=,${ou}`, user('cr-y3'))),

  // Classes and attributes.
  like('no class', add(at('z1'), { description: 'x' })),
  like('an unknown class', add(at('z1'), { objectClass: 'robot' })),
  like('classes of two lines', add(at('z1'), { objectClass: ['user', 'group'] })),
  like('a class and top', add(at('z2'), { ...user('cr-z2'), objectClass: ['top', 'user'] })),
  like('an unknown attribute', add(at('z3'), { ...user('cr-z3'), noSuch: 'x' })),
  like('an attribute of computers', add(at('z3'), { ...user('cr-z3'), dNSHostName: 'x' })),
  like('two values of one', add(at('z3'), { ...user('cr-z3'), adminCount: ['1', '2'] })),
  like('an empty value', add(at('z3'), { ...user('cr-z3'), description: '' })),
  like('a value twice', add(at('z3'), { ...user('cr-z3'), otherTelephone: ['1', '1'] })),
  like('no number', add(at('z3'), { ...user('cr-z3'), adminCount: 'x' })),
  unlike(
    'a dMSA without what it must have',
    add(at('z4'), { objectClass: dmsaClass, sAMAccountName: 'cr-z4$' }),
    'the DC has defaults for it, state 0 and 30 days: the schema of Windows Server 2025',
    0,
    65,
  ),
  like('a group of no type', add(at('z3'), group('cr-z3', { groupType: '1' }))),
  like('a DC that is no computer', add(at('z3'), user('cr-z3', { userAccountControl: '8192' }))),
  like('what there is then', search(ou, { scope: 'sub', filter: '(!(cn=z4))' })),
];
