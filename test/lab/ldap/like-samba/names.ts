import { configuration, dmsa, group, organizationalUnit, place, schema, user, users } from './places.ts';
import { add, like, modify, type Question, read, rename, search, unlike } from './questions.ts';
import { baseDn } from './sides.ts';

const { ou, at } = place('names');
const [from, to] = [`OU=from,${ou}`, `OU=to,${ou}`];
const moved = `OU=moved,${to}`;
const link = 'msDS-ManagedAccountPrecededByLink';
const naming = ['cn', 'name', 'distinguishedName'];

export const names: Question[] = [
  like('add a unit', add(ou, organizationalUnit)),
  like('add a unit to move', add(from, organizationalUnit)),
  like('add a unit to move to', add(to, organizationalUnit)),
  like('add an account', add(at('svc', from), user('n-svc', { description: 'kept' }))),
  like('add another', add(at('other', from), user('n-other'))),
  like('add a group', add(at('group', to), group('n-group', { member: at('svc', from) }))),
  like('add a dMSA', add(at('dmsa', to), dmsa('n-dmsa$', { [link]: at('svc', from) }))),
  like('link back', modify(at('svc', from), ['add', 'msDS-SupersededManagedAccountLink', at('dmsa', to)])),

  // Links follow, and so do those of what is below.
  like('rename the account', rename(at('svc', from), 'CN=renamed')),
  like('it has its names', read(at('renamed', from), ...naming, 'description', 'sAMAccountName')),
  like('the link follows', read(at('dmsa', to), link)),
  like('the member follows', read(at('group', to), 'member')),
  like('nothing has the old name', search(at('svc', from))),
  like('move the unit', rename(from, 'OU=moved', to)),
  like('what is below it moved', search(ou, { scope: 'sub' })),
  like('its names', read(at('renamed', moved), ...naming)),
  like('the link followed again', read(at('dmsa', to), link)),
  like('and the member', read(at('group', to), 'member')),
  like('and the back links', read(at('renamed', moved), `${link}BL`, 'memberOf')),
  like('rename the dMSA', rename(at('dmsa', to), 'CN=dmsa2')),
  like(
    'the other link followed',
    read(at('renamed', moved), 'msDS-SupersededManagedAccountLink', `${link}BL`),
  ),
  like('found by the link', search(ou, { scope: 'sub', filter: `(${link}=${at('renamed', moved)})` })),
  like(
    'found in chain',
    search(ou, { scope: 'sub', filter: `(memberOf:1.2.840.113556.1.4.1941:=${at('group', to)})` }),
  ),

  // Names.
  like('to the name it has', rename(at('renamed', moved), 'CN=renamed')),
  like('to another case', rename(at('renamed', moved), 'CN=RENAMED')),
  like('its case', read(at('renamed', moved), ...naming)),
  like('to what needs escaping', rename(at('other', moved), 'CN=Smith\\, \\"J\\" \\23x\\ ')),
  like('it is found, escaped', search(moved, { scope: 'sub', filter: '(cn=Smith*)', attributes: naming })),
  like('by another escape', search(`CN=smith\\2c \\22j\\22 #x\\20,${moved}`)),
  like('back', rename(`CN=Smith\\, \\"J\\" \\#x\\ ,${moved}`, 'CN=other')),
  ...['Größe', 'a\\+b', 'a\\\\b', '\\#a', '\\ a', 'a\\;b\\<c\\>', '日本'].map((value) =>
    like(`a name ${value}`, add(`CN=${value},${ou}`, { objectClass: 'contact' })),
  ),
  like(
    'as they are written',
    search(ou, { scope: 'one', filter: '(objectClass=contact)', attributes: ['cn'] }),
  ),

  // Refusals.
  like('to a name that is taken', rename(at('other', moved), 'CN=renamed')),
  like('to a parent that is not there', rename(at('other', moved), 'CN=other', `OU=none,${ou}`)),
  like('a unit below itself', rename(to, 'OU=to', moved)),
  like('a unit into itself', rename(to, 'OU=to', to)),
  like('what is not there', rename(at('none'), 'CN=x')),
  like('neither it nor its parent is there', rename(at('none'), 'CN=x', `OU=none,${ou}`)),
  like('to an empty name', rename(at('other', moved), '')),
  like('to an empty value', rename(at('other', moved), 'CN=')),
  like('to a name of two parts', rename(at('other', moved), 'CN=x,CN=y')),
  like('by another attribute', rename(at('other', moved), 'OU=x')),
  like('keeping the old name', rename(at('other', moved), 'CN=x', undefined, false)),
  like('below an account', rename(at('other', moved), 'CN=other', at('renamed', moved))),
  like('below a group', rename(at('other', moved), 'CN=other', at('group', to))),
  like('a unit below a container', rename(to, 'OU=to', users)),
  like('a container that every domain has', rename(users, 'CN=x')),
  like('its move', rename(users, 'CN=Users', ou)),
  like('the unit of domain controllers', rename(`OU=Domain Controllers,${baseDn}`, 'OU=x')),
  like('the head of the configuration', rename(configuration, 'CN=x')),
  like('a site, which may be', rename(`CN=Default-First-Site-Name,CN=Sites,${configuration}`, 'CN=Site2')),
  like('and back', rename(`CN=Site2,CN=Sites,${configuration}`, 'CN=Default-First-Site-Name')),
  like('a container of the configuration', rename(`CN=Sites,${configuration}`, 'CN=x')),
  like(
    'within the schema',
    rename(`CN=${'ms-DS-Delegated-MSA-State'.replace('ms-DS', 'none')},${schema}`, 'CN=x'),
  ),
  unlike(
    'to what is no name',
    rename(at('other', moved), 'nonsense'),
    'invalidDNSyntax, RFC 4511 4.1.9',
    34,
    80,
  ),
  unlike('what has no DN', rename('nonsense', 'CN=x'), 'invalidDNSyntax, RFC 4511 4.1.9', 34, 32),
  unlike(
    'into another naming context',
    rename(at('other', moved), 'CN=other', configuration),
    'unwillingToPerform, MS-ADTS 3.1.1.5.4.1.2',
    53,
    64,
  ),
  unlike(
    'a name with an equals sign in it',
    add(`CN=a=b,${users}`, { objectClass: 'contact' }),
    'it needs no escape, RFC 4514 2.4',
    0,
    34,
  ),
  unlike(
    'the head of the domain',
    rename(baseDn, 'DC=x'),
    'unwillingToPerform, MS-ADTS 3.1.1.5.4.1.2',
    53,
    80,
  ),
  like('nothing of that has happened', search(ou, { scope: 'sub' })),
];
