import { element, integerElement } from '../../../../lab/ldap/ber.ts';
import { sdFlagsControl } from '../../../../lab/ldap/search.ts';
import { RawControl } from '../../../support/raw-ldap.ts';
import { group, organizationalUnit, place, user } from './places.ts';
import { add, brief, compare, like, type Question, search, searched, unlike } from './questions.ts';
import { baseDn, type Side } from './sides.ts';

const { ou, at } = place('reading');
const a = at('a');
const g = at('g');
const select = (...attributes: string[]) => like(`select ${attributes.join(' ')}`, named(...attributes));

/** Names and values, but what is each directory's own. */
const named =
  (...attributes: string[]) =>
  async ({ client }: Side) => {
    const answer = await searched(client, a, { attributes });
    for (const name of [
      'uSNCreated',
      'uSNChanged',
      'whenCreated',
      'whenChanged',
      'objectGUID',
      'objectSid',
    ]) {
      if (answer.entries[0]?.attributes[name]) answer.entries[0].attributes[name] = [];
    }
    return brief(answer);
  };

const sdFlags = (value: Buffer, critical = true) => new RawControl(sdFlagsControl, value, critical);
/** Which parts of the descriptor come: SELF_RELATIVE aside, what of SE_DACL_PRESENT and owner there is. */
const descriptorParts = (flags: number) => async (side: Side) => {
  const controls = [sdFlags(element(0x30, integerElement(0x02, flags)))];
  const { code, entries } = await searched(side.client, a, {
    attributes: ['nTSecurityDescriptor'],
    controls,
  });
  const [descriptor] = entries[0]!.attributes.nTSecurityDescriptor!;
  const [owner, group_, dacl] = [4, 8, 16].map((offset) => descriptor!.readUInt32LE(offset) !== 0);
  return { code, owner, group: group_, dacl };
};

/** By each form of its identifiers as a base. */
const byIdentifier = (form: (ids: { guid: Buffer; sid: Buffer }) => string) => async (side: Side) => {
  const { entries } = await searched(side.client, a, { attributes: ['objectGUID', 'objectSid'] });
  const { objectGUID, objectSid } = entries[0]!.attributes;
  return await search(form({ guid: objectGUID![0]!, sid: objectSid![0]! }))(side);
};
const escaped = (octets: Buffer) =>
  [...octets].map((each) => `\\${each.toString(16).padStart(2, '0')}`).join('');
const byFilter = (attribute: 'objectGUID' | 'objectSid') => async (side: Side) => {
  const { entries } = await searched(side.client, a, { attributes: [attribute] });
  const filter = `(${attribute}=${escaped(entries[0]!.attributes[attribute]![0]!)})`;
  return await search(baseDn, { scope: 'sub', filter })(side);
};

export const reading: Question[] = [
  like('add a unit', add(ou, organizationalUnit)),
  like('add a', add(a, user('r-a', { description: 'x', otherTelephone: ['1', '2'] }))),
  like('add a group', add(g, group('r-g', { member: a }))),
  select('*'),
  select('1.1'),
  select('+'),
  select('1.1', 'cn'),
  select('CN'),
  select('SaMaCCountName', 'samaccountname'),
  select('cn', 'CN', 'cn'),
  select('noSuch'),
  select('noSuch', 'cn'),
  select('2.5.4.3'),
  select('1.2.840.113556.1.4.221', 'cn'),
  select('9.9.9'),
  select('distinguishedName'),
  select('memberOf'),
  select('dn'),
  select('cn;lang-en'),
  select('objectClass;binary'),
  select('description', 'info'),
  select('unicodePwd'),
  like('select *, and the descriptor', async (side) =>
    Object.keys(
      (await searched(side.client, a, { attributes: ['*', 'ntsecuritydescriptor'] })).entries[0]!.attributes,
    ).sort(),
  ),
  like('types only of what is absent', search(a, { attributes: ['info'], typesOnly: true })),
  unlike(
    'types only',
    search(a, { attributes: ['cn', 'otherTelephone'], typesOnly: true }),
    'no values, RFC 4511 4.5.1.6; Samba sends them',
    { entries: { [a]: { cn: [], otherTelephone: [] } } },
    { entries: { [a]: { cn: ['a'], otherTelephone: ['1', '2'] } } },
  ),

  // Ranges of few values.
  ...[
    ...['0-*', '0-0', '1-*', '1-1', '2-*', '3-*', '0-1', '0-3', '4-*', '9-20', 'x', '*-*', ''].map(
      (range) => `objectClass;range=${range}`,
    ),
    ...[
      'cn;range=0-*',
      'cn;range=0-0',
      'cn;range=1-*',
      'info;range=0-*',
      'noSuch;range=0-*',
      'memberOf;range=0-*',
    ],
  ].map((attribute) => select(attribute)),
  select('otherTelephone;range=0-*', 'cn'),

  // Descriptors, controls.
  ...[1, 2, 4, 7, 5].map((flags) => like(`SD flags ${flags}`, descriptorParts(flags))),
  like('SD flags that are malformed', search(a, { controls: [sdFlags(Buffer.from('x'))] })),
  like(
    'an unknown control that is critical',
    search(a, { controls: [new RawControl('1.2.3.4', null, true)] }),
  ),
  like('one that is not', search(a, { controls: [new RawControl('1.2.3.4')] })),

  // By identifiers.
  like(
    'by GUID',
    byIdentifier(({ guid }) => `<GUID=${guid.toString('hex')}>`),
  ),
  like(
    'by GUID in upper case',
    byIdentifier(({ guid }) => `<GUID=${guid.toString('hex').toUpperCase()}>`),
  ),
  like(
    'by SID',
    byIdentifier(({ sid }) => `<SID=${sid.toString('hex')}>`),
  ),
  like('by the SID of nothing', search('<SID=S-1-5-21-1-2-3-4>')),
  like('by the GUID of nothing', search('<GUID=00000000-0000-0000-0000-000000000001>')),
  like('by what is no GUID', search('<GUID=x>')),
  like('a filter with its GUID', byFilter('objectGUID')),
  like('a filter with its SID', byFilter('objectSid')),

  // Compare.
  like('compare, equal', compare(a, 'cn', 'A')),
  like('compare, different', compare(a, 'cn', 'x')),
  like('compare with what is absent', compare(a, 'employeeID', 'x')),
  like('compare an unknown attribute', compare(a, 'noSuch', 'x')),
  like('compare what is not there', compare(at('none'), 'cn', 'x')),
  like('compare with what is no DN', compare('nonsense', 'cn', 'x')),
  like('compare a DN', compare(a, 'distinguishedName', a.toUpperCase())),
  like('compare a back link', compare(a, 'memberOf', g)),
  like('compare another', compare(a, 'memberOf', a)),
  like('compare a class', compare(a, 'objectClass', 'USER')),
  like('compare no number', compare(a, 'userAccountControl', 'x')),
];
