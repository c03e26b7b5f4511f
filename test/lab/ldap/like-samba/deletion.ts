import { showDeletedControl } from '../../../../src/directory/schema.ts';
import { RawControl } from '../../../support/raw-ldap.ts';
import {
  configuration,
  deletedObjects,
  dmsa,
  group,
  organizationalUnit,
  place,
  user,
  users,
} from './places.ts';
import { add, like, modify, type Question, read, remove, search, searched, unlike } from './questions.ts';
import { baseDn, type Side } from './sides.ts';

const { ou, at } = place('deletion');
const link = 'msDS-ManagedAccountPrecededByLink';
const back = 'msDS-SupersededManagedAccountLink';
const controls = [new RawControl(showDeletedControl, null, true)];
const svc = user('d-svc', {
  description: 'x',
  servicePrincipalName: 'HTTP/d-svc',
  userPrincipalName: 'd-svc@lab.example',
});
const ofAccount = [
  'objectClass',
  'sAMAccountName',
  'userAccountControl',
  'description',
  'servicePrincipalName',
];
const ofDeleted = [
  'isDeleted',
  'isRecycled',
  'lastKnownParent',
  'cn',
  'name',
  'distinguishedName',
  'memberOf',
  back,
];

/** Every deleted object of that account name. */
const deleted = (account: string) =>
  search(deletedObjects, {
    scope: 'sub',
    filter: `(sAMAccountName=${account})`,
    attributes: [...ofAccount, ...ofDeleted, 'groupType', 'dNSHostName', 'primaryGroupID', 'objectCategory'],
    controls,
  });

/** Asks about a deleted account by the DN that it has now. */
const ofTombstone = (ask: (dn: string) => (side: Side) => Promise<unknown>) => async (side: Side) => {
  const filter = '(sAMAccountName=d-svc)';
  const found = await searched(side.client, deletedObjects, { scope: 'one', filter, controls });
  return await ask(found.entries[0]!.dn)(side);
};

export const deletion: Question[] = [
  like('add a unit', add(ou, organizationalUnit)),
  like('add an account', add(at('svc'), svc)),
  like(
    'add a dMSA',
    add(at('dmsa'), dmsa('d-dmsa$', { [link]: at('svc'), dNSHostName: 'd-dmsa.lab.example' })),
  ),
  like('link back', modify(at('svc'), ['add', back, at('dmsa')])),
  like('add a group', add(at('group'), group('d-group', { member: [at('svc'), at('dmsa')] }))),
  like('delete the account', remove(at('svc'))),
  like('it is gone', search(at('svc'))),
  like(
    'found by nobody who does not ask for it',
    search(baseDn, { scope: 'sub', filter: '(sAMAccountName=d-svc)' }),
  ),
  like('the links of the dMSA are gone', read(at('dmsa'), link, `${back}BL`, 'msDS-DelegatedMSAState')),
  like('with deleted objects too', search(at('dmsa'), { attributes: [link, `${back}BL`], controls })),
  like('the group has one member left', read(at('group'), 'member')),
  like('what is left of it', deleted('d-svc')),
  like(
    'its name, read without the control',
    ofTombstone((dn) => search(dn)),
  ),
  like('deleting it again', ofTombstone(remove)),
  like(
    'a link to it',
    ofTombstone((dn) => modify(ou, ['replace', 'managedBy', dn])),
  ),
  unlike(
    'changing it',
    ofTombstone((dn) => modify(dn, ['replace', 'description', 'x'])),
    'unwillingToPerform but to bring it back, MS-ADTS 3.1.1.5.3.2',
    53,
    0,
  ),
  like('its names are free again', add(at('svc'), svc)),
  like('and it can go again', remove(at('svc'))),
  like(
    'two of that name',
    search(deletedObjects, { scope: 'one', filter: '(sAMAccountName=d-svc)', controls }),
  ),
  like('delete the dMSA', remove(at('dmsa'))),
  like('what is left of the dMSA', deleted('d-dmsa$')),
  like('delete the group', remove(at('group'))),
  like('what is left of the group', deleted('d-group')),
  like('the container hides', search(deletedObjects)),
  like('and what is in it', search(deletedObjects, { scope: 'one' })),

  like('add a unit in the unit', add(`OU=inner,${ou}`, organizationalUnit)),
  like('delete what is not empty', remove(ou)),
  like('delete what is not there', remove(at('none'))),
  ...[
    users,
    baseDn,
    configuration,
    `CN=System,${baseDn}`,
    `CN=Builtin,${baseDn}`,
    `CN=Administrator,${users}`,
    `CN=krbtgt,${users}`,
    `CN=Guest,${users}`,
    `CN=Domain Admins,${users}`,
    `CN=Administrators,CN=Builtin,${baseDn}`,
  ].map((dn) => like(`delete ${dn}`, remove(dn))),
];
