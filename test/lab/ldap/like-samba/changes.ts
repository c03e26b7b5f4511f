import { dmsa, organizationalUnit, place, user } from './places.ts';
import { add, like, modify, type Question, read, unlike } from './questions.ts';

const { ou, at } = place('changes');
const a = at('a');
const phones = read(a, 'otherTelephone');
type Row = Parameters<typeof modify>[1];
/** A change, and what came of it. */
const change = (what: string, ...rows: Row[]) => [
  like(what, modify(a, ...rows)),
  like(`${what}: values`, read(a, ...new Set(rows.map(([, type]) => type)))),
];

export const changes: Question[] = [
  like('add a unit', add(ou, organizationalUnit)),
  like('add a', add(a, user('c-a'))),
  like('add b', add(at('b'), user('c-b'))),
  like('add a dMSA', add(at('d'), dmsa('c-d$'))),

  // Several changes of one request.
  ...change('add twice', ['add', 'otherTelephone', '1'], ['add', 'otherTelephone', '2']),
  ...change('add and delete', ['add', 'otherTelephone', '3'], ['delete', 'otherTelephone', '3']),
  ...change('delete and add', ['delete', 'otherTelephone', '1'], ['add', 'otherTelephone', '1']),
  ...change('replace and add', ['replace', 'otherTelephone', '7'], ['add', 'otherTelephone', '8']),
  ...change('delete all and add', ['delete', 'otherTelephone'], ['add', 'otherTelephone', '9']),
  ...change('replace twice', ['replace', 'info', '1'], ['replace', 'info', '2']),
  ...change('the second fails', ['replace', 'info', '3'], ['delete', 'otherTelephone', 'none']),
  ...change(
    'delete in another case',
    ['replace', 'otherTelephone', 'Ab', 'c'],
    ['delete', 'otherTelephone', 'aB'],
  ),
  ...change('delete one that is there and one that is not', ['delete', 'otherTelephone', 'c', 'none']),
  like('still there', phones),

  // Nothing to change, or nothing to change it to.
  like('no changes', modify(a)),
  like('add no value', modify(a, ['add', 'otherTelephone'])),
  like('replace what is absent by nothing', modify(a, ['replace', 'employeeID'])),
  like('delete what is absent', modify(a, ['delete', 'employeeID'])),
  like('delete a value of what is absent', modify(a, ['delete', 'employeeID', 'x'])),
  like('an empty value', modify(a, ['replace', 'info', ''])),
  like('an empty value of many', modify(a, ['add', 'otherTelephone', ''])),

  // What is no such value, or no such attribute.
  ...[
    ['an unknown attribute', 'noSuch', 'x'],
    ['an attribute with an option', 'description;lang-en', 'x'],
    ['an attribute of computers', 'dNSHostName', 'x'],
    ['another', 'operatingSystem', 'x'],
    ['an attribute of groups', 'member', at('b')],
    ['an attribute of dMSAs', 'msDS-DelegatedMSAState', '1'],
    ['a link of dMSAs', 'msDS-ManagedAccountPrecededByLink', at('b')],
    ['no number', 'adminCount', 'x'],
    ['a hexadecimal number', 'adminCount', '0x1'],
    ['the smallest number of 32 bits', 'adminCount', '-2147483648'],
    ['the largest number of 64 bits', 'accountExpires', '9223372036854775807'],
    ['a larger one', 'accountExpires', '9223372036854775808'],
    ['a number with a leading zero', 'adminCount', '01'],
    ['no boolean', 'showInAdvancedViewOnly', 'x'],
    ['a boolean in lower case', 'showInAdvancedViewOnly', 'true'],
    ['a boolean', 'showInAdvancedViewOnly', 'FALSE'],
    ['no time', 'msKds-Version', 'x'],
    ['no DN', 'manager', 'x'],
    ['the DN of nothing', 'manager', at('none')],
    ['a DN', 'manager', at('b').toUpperCase()],
    ['itself', 'manager', a],
  ].map(([what, type, value]) => like(what!, modify(a, ['replace', type!, value!]))),
  like('as they are kept', read(a, 'adminCount', 'accountExpires', 'showInAdvancedViewOnly', 'manager')),
  like('their back link', read(a, 'directReports')),
  like('two DNs of one', modify(a, ['replace', 'manager', at('b'), at('d')])),
  like('one DN twice', modify(a, ['replace', 'manager', at('b'), at('b')])),
  like('delete an unknown attribute', modify(a, ['delete', 'noSuch'])),
  like('what is not there', modify(at('none'), ['replace', 'info', 'x'])),

  // What the DC keeps.
  ...[
    ['objectGUID', 'x'],
    ['objectSid', 'x'],
    ['sAMAccountType', '1'],
    ['cn', 'x'],
    ['name', 'x'],
    ['distinguishedName', a],
    ['instanceType', '5'],
    ['isDeleted', 'TRUE'],
    ['whenCreated', '20250101000000.0Z'],
    ['uSNChanged', '1'],
    ['memberOf', at('b')],
    ['directReports', at('b')],
    ['objectClass', 'group'],
    ['sAMAccountName', 'C-B'],
    ['sAMAccountName', 'C-A'],
    ['sAMAccountName', 'a"b'],
    ['sAMAccountName', 'a/b'],
    ['servicePrincipalName', 'HTTP/c-a'],
    ['userPrincipalName', 'c-a@lab.example'],
    ['userAccountControl', '8192'],
  ].map(([type, value]) => like(`replace ${type} by ${value}`, modify(a, ['replace', type!, value!]))),
  like(
    'the same SPN in another case elsewhere',
    modify(at('b'), ['add', 'servicePrincipalName', 'http/C-A']),
  ),
  like('the same UPN elsewhere', modify(at('b'), ['replace', 'userPrincipalName', 'C-A@LAB.example'])),
  ...['sAMAccountName', 'userAccountControl', 'cn'].map((type) =>
    like(`delete ${type}`, modify(a, ['delete', type])),
  ),
  like('take from a dMSA what it must have', modify(at('d'), ['delete', 'msDS-DelegatedMSAState'])),

  // userAccountControl, and what the SAM makes of it.
  ...['544', '0', '560', '514', '4096', '512'].flatMap((value) => [
    like(`userAccountControl ${value}`, modify(a, ['replace', 'userAccountControl', value])),
    like(`after ${value}`, read(a, 'userAccountControl', 'sAMAccountType')),
  ]),

  unlike(
    'two values that differ in case',
    modify(at('b'), ['add', 'otherTelephone', 'ab', 'AB']),
    'the same value to AD, MS-ADTS 3.1.1.2.2.4.10; Samba keeps both',
    20,
    0,
  ),
  unlike(
    'the same SPN twice',
    modify(at('b'), ['replace', 'servicePrincipalName', 'x/y', 'X/Y']),
    'the same value to AD, MS-ADTS 3.1.1.2.2.4.10; Samba keeps both',
    20,
    0,
  ),
  unlike(
    'no security descriptor',
    modify(at('b'), ['replace', 'nTSecurityDescriptor', 'x']),
    'invalidAttributeSyntax, RFC 4511 A.2',
    21,
    1,
  ),
  unlike(
    'a number with a sign',
    modify(at('b'), ['replace', 'adminCount', '+1']),
    'no number, RFC 4517 3.3.16',
    21,
    0,
  ),
];
