import { sidText } from '../../../../src/directory/sid.ts';
import { group, organizationalUnit, place, user, users } from './places.ts';
import { add, like, modify, type Question, read, search, searched } from './questions.ts';
import type { Side } from './sides.ts';

const { ou, at } = place('groups');
const g = at('g');

/** SIDs of a token without the domain's own part; each directory orders them as it likes. */
const tokenOf =
  (dn: string) =>
  async ({ client }: Side) => {
    const { code, entries } = await searched(client, dn, { attributes: ['tokenGroups'] });
    const sids = (entries[0]?.attributes.tokenGroups ?? []).map(sidText);
    const names: (string | undefined)[] = [];
    for (const sid of sids) names.push(await nameOf(client, sid));
    return { code, groups: names.sort() };
  };

async function nameOf(client: Side['client'], sid: string): Promise<string | undefined> {
  const { entries } = await searched(client, `<SID=${sid}>`);
  return entries[0]?.dn;
}

const newGroup = (name: string, groupType: string) => [
  like(`a group of type ${groupType}`, add(at(name), group(`g-${name}`, { groupType }))),
  like(`what ${groupType} makes of it`, read(at(name), 'groupType', 'sAMAccountType')),
];

export const groups: Question[] = [
  like('add a unit', add(ou, organizationalUnit)),
  like('add a', add(at('a'), user('g-a'))),
  like('add b', add(at('b'), user('g-b'))),
  like('add a group', add(g, group('g-g'))),
  like('what it is by default', read(g, 'groupType', 'sAMAccountType', 'objectClass', 'objectCategory')),
  ...newGroup('universal', '-2147483640'),
  ...newGroup('local', '-2147483644'),
  ...newGroup('global', '-2147483646'),
  ...newGroup('mail', '2'),
  ...newGroup('local mail', '4'),
  ...newGroup('nothing', '1'),
  like('from global to universal', modify(at('global'), ['replace', 'groupType', '-2147483640'])),
  like('from universal to local', modify(at('global'), ['replace', 'groupType', '-2147483644'])),
  like('what it is then', read(at('global'), 'groupType', 'sAMAccountType')),
  like('from local to global', modify(at('global'), ['replace', 'groupType', '-2147483646'])),
  like('to none', modify(at('global'), ['delete', 'groupType'])),

  // The SAM's own answers about members.
  like('add a member', modify(g, ['add', 'member', at('a')])),
  like('add it again', modify(g, ['add', 'member', at('a').toUpperCase()])),
  like('add nothing that is there', modify(g, ['add', 'member', at('none')])),
  like('add what is no DN', modify(g, ['add', 'member', 'x'])),
  like('take out who is not in', modify(g, ['delete', 'member', at('b')])),
  like('take it out', modify(g, ['delete', 'member', at('a')])),
  like('take it out again', modify(g, ['delete', 'member', at('a')])),
  like('take all out of none', modify(g, ['delete', 'member'])),
  like('the same twice', modify(g, ['replace', 'member', at('a'), at('A')])),
  like('both', modify(g, ['replace', 'member', at('a'), at('b')])),
  like('one that is not there: nothing changes', modify(g, ['replace', 'member', at('a'), at('none')])),
  like('as before', read(g, 'member')),
  like('a unit as a member', modify(g, ['add', 'member', ou])),
  like('take the unit out', modify(g, ['delete', 'member', ou])),

  // Tokens: nested groups in a circle, local and universal ones, by the primary group, and no distribution group.
  like('nest it', modify(at('universal'), ['add', 'member', g])),
  like('in a circle', modify(g, ['add', 'member', at('universal')])),
  like('into a local one', modify(at('local'), ['add', 'member', at('universal')])),
  like('into one for mail', modify(at('mail'), ['add', 'member', at('a')])),
  like('by the primary group', modify(at('local'), ['add', 'member', `CN=Domain Users,${users}`])),
  like('token of a', tokenOf(at('a'))),
  like('token of b', tokenOf(at('b'))),
  like('token of a group', tokenOf(g)),
  like('token of a unit', tokenOf(ou)),
  like('token of the administrator', tokenOf(`CN=Administrator,${users}`)),
  like('token of krbtgt', tokenOf(`CN=krbtgt,${users}`)),
  like('token of a guest', tokenOf(`CN=Guest,${users}`)),
  like('tokens of many at once', search(ou, { scope: 'one', filter: '(cn=a)', attributes: ['tokenGroups'] })),

  // The primary group.
  like('an account’s own', read(at('a'), 'primaryGroupID', 'memberOf')),
  like('one that it is no member of', modify(at('a'), ['replace', 'primaryGroupID', '514'])),
  like('one that is none', modify(at('a'), ['replace', 'primaryGroupID', '99999'])),
  like('make it a member', modify(`CN=Domain Guests,${users}`, ['add', 'member', at('a')])),
  like('now', modify(at('a'), ['replace', 'primaryGroupID', '514'])),
  like('what it is in then', read(at('a'), 'primaryGroupID', 'memberOf')),
  like('who is in the old one', read(`CN=Domain Users,${users}`, 'member')),
  like('who is in the new one', read(`CN=Domain Guests,${users}`, 'member')),
  like('token of a now', tokenOf(at('a'))),
];
