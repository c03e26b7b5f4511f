import { connect } from 'node:tls';

import { Attribute, Change, Client, ResultCodeError } from 'ldapts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { connectDirectory } from '../../../src/directory/connection.ts';
import { octets, text } from '../../../src/directory/entry.ts';
import { parseFilter } from '../../../src/directory/filter-text.ts';
import { equals } from '../../../src/directory/filters.ts';
import {
  decodeSecurityDescriptor,
  encodeSecurityDescriptor,
} from '../../../src/directory/security-descriptor.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { type LdapServer, startLdapServer } from '../../../src/lab/ldap/server.ts';
import { sambaAvailable } from '../../../src/lab/samba/available.ts';
import { type Samba, startSamba } from '../../../src/lab/samba/samba.ts';
import { admin, baseDn, certificate, dc, newStore, secureSocket } from './fixture.ts';

const { available, reason } = sambaAvailable();
if (reason) process.stderr.write(`${reason}\n`);

/** An address that no other test starts Samba on: its ports are fixed. */
const address = '127.0.0.44';

const users = `CN=Users,${baseDn}`;
const account = `CN=svc,${users}`;
const second = `CN=two,${users}`;
const dmsa = `CN=dsvc,CN=Managed Service Accounts,${baseDn}`;
const nobody = `CN=nobody,${users}`;
const link = 'msDS-ManagedAccountPrecededByLink';
const backLink = `${link}BL`;
const inChain = '1.2.840.113556.1.4.1941';

type Step = [what: string, perform: (client: Client) => Promise<unknown>];

const change = (dn: string, operation: 'add' | 'delete' | 'replace', type: string, ...values: string[]) => {
  const modification = new Attribute({ type, values });
  return (client: Client) => client.modify(dn, new Change({ operation, modification }));
};
const add = (dn: string, attributes: Record<string, string | string[]>) => (client: Client) =>
  client.add(dn, attributes);
const user = (sAMAccountName: string | string[], more: Record<string, string> = {}) => ({
  objectClass: 'user',
  sAMAccountName,
  ...more,
});
const read = (dn: string, attribute: string) => async (client: Client) =>
  (await client.search(dn, { scope: 'base', attributes: [attribute] })).searchEntries[0]![attribute];
const found =
  (filter: string, base = users) =>
  async (client: Client) => {
    const { searchEntries } = await client.search(base, {
      scope: 'sub',
      filter: parseFilter(filter),
      attributes: ['1.1'],
    });
    return searchEntries
      .map(({ dn }) => dn)
      .filter((dn) => [account, second, dmsa, base].includes(dn))
      .sort();
  };

/** What both directories are asked, in this order: every step finds what those before it have left. */
const steps: Step[] = [
  [
    'add a user',
    add(account, { ...user('svc'), servicePrincipalName: ['HTTP/web', 'HTTP/web.lab.example'] }),
  ],
  ['add it again', add(account, user('other'))],
  ['add another of its account name', add(second, user('SVC'))],
  ['add below nothing', add(`CN=x,${nobody}`, user('x'))],
  ['add without a class', add(`CN=x,${users}`, { description: 'x' })],
  ['add of an unknown class', add(`CN=x,${users}`, { objectClass: 'robot' })],
  ['add what is no DN', add('nonsense', user('x'))],
  ['add a taken service principal name', add(second, user('two', { servicePrincipalName: 'http/WEB' }))],
  ['add two values of one', add(second, user(['two', 'three']))],
  ['add what is no number', add(second, user('two', { adminCount: 'x' }))],
  ['add a SID', add(second, user('two', { objectSid: 'x' }))],
  ['add a back link', add(second, user('two', { memberOf: account }))],
  ['add a second user', add(second, user('two'))],
  [
    'add a delegated account',
    add(dmsa, {
      objectClass: 'msDS-DelegatedManagedServiceAccount',
      sAMAccountName: 'dsvc$',
      userAccountControl: '4096',
      'msDS-DelegatedMSAState': '0',
      'msDS-ManagedPasswordInterval': '30',
    }),
  ],
  [
    'move a service principal name before it is free',
    change(dmsa, 'replace', 'servicePrincipalName', 'HTTP/web'),
  ],
  ['delete an absent attribute', change(account, 'delete', 'description')],
  ['delete an absent value', change(account, 'delete', 'servicePrincipalName', 'a/b')],
  ['add a value that is there', change(account, 'add', 'servicePrincipalName', 'HTTP/web')],
  ['replace by the same value twice', change(account, 'replace', 'otherTelephone', '1', '1')],
  ['add to what has its one value', change(account, 'add', 'sAMAccountName', 'x')],
  ['replace the naming attribute', change(account, 'replace', 'cn', 'x')],
  ['replace the name', change(account, 'replace', 'name', 'x')],
  ['replace the DN', change(account, 'replace', 'distinguishedName', second)],
  ['replace the class', change(account, 'replace', 'objectClass', 'group')],
  ['replace the SID', change(account, 'replace', 'objectSid', 'x')],
  ['replace a time', change(account, 'replace', 'whenChanged', '20250101000000.0Z')],
  ['replace a back link', change(account, 'replace', 'memberOf', second)],
  ['link to nothing', change(dmsa, 'replace', link, nobody)],
  ['link to what is no DN', change(dmsa, 'replace', link, 'nonsense')],
  ['link', change(dmsa, 'replace', link, account.toUpperCase())],
  ['the link is the DN of its target', read(dmsa, link)],
  ['the back link', read(account, backLink)],
  ['take the state away', change(dmsa, 'delete', 'msDS-DelegatedMSAState')],
  ['an operation that the rootDSE does not have', change('', 'replace', 'migrateADServiceAccount', 'x')],
  ['change what is not there', change(nobody, 'replace', 'description', 'x')],
  ['delete what is not there', (client) => client.del(nobody)],
  ['search what is not there', (client) => client.search(nobody)],
  ['search what is no DN', (client) => client.search('nonsense')],
  ['search everything', (client) => client.search('', { scope: 'sub' })],
  ['compare, equal', (client) => client.compare(account, 'sAMAccountName', 'SVC')],
  ['compare, different', (client) => client.compare(account, 'sAMAccountName', 'x')],
  ['an unknown extended operation', (client) => client.exop('1.2.3.4')],
  ...[
    '(&(objectClass=user)(sAMAccountName=SVC)(!(description=x)))',
    '(&(cn=svc)(adminCount<=5))',
    '(&(cn=svc)(!(adminCount<=5)))',
    '(cn=S*C)',
    '(cn=*V*)',
    '(cn=svc*c)',
    '(name>=svd)',
    '(userAccountControl:1.2.840.113556.1.4.803:=514)',
    '(userAccountControl:1.2.840.113556.1.4.804:=4097)',
    `(distinguishedName=${account.toLowerCase()})`,
    `(${backLink}=${dmsa.toUpperCase()})`,
    `(${backLink}:${inChain}:=${dmsa})`,
    `(${link}=nonsense)`,
  ].map((filter): Step => [`find ${filter}`, found(filter)]),
  ['find the link', found(`(${link}=${account.toLowerCase()})`, baseDn)],
  ['find the link in chain', found(`(${link}:${inChain}:=${account})`, baseDn)],
  ['a subtree ends where another context begins', found('(objectClass=configuration)', baseDn)],
  ['unlink', change(dmsa, 'replace', link)],
  ['the back link is gone', read(account, backLink)],
  ['free a service principal name', change(account, 'delete', 'servicePrincipalName', 'HTTP/web')],
  ['move it now', change(dmsa, 'add', 'servicePrincipalName', 'HTTP/web')],
  ['delete', (client) => client.del(second)],
];

describe.skipIf(!available)('the lab’s directory and Samba', () => {
  let samba: Samba;
  let server: LdapServer;
  const answers = { lab: new Map<string, unknown>(), samba: new Map<string, unknown>() };

  beforeAll(async () => {
    samba = await startSamba({ address });
    server = await startLdapServer({ store: newStore(), credentials: [admin], certificate });
    const sambaSocket = () =>
      connect({ host: address, port: samba.port, ca: samba.caPem, servername: samba.host });
    await ask(answers.samba, sambaSocket, samba.admin);
    await ask(answers.lab, () => secureSocket(server.port), admin);
  });
  afterAll(async () => {
    await server?.close();
    await samba?.close();
  });

  test.each([
    'search before the bind',
    'add before the bind',
    'bind with a wrong password',
    ...steps.map(([what]) => what),
  ])('answer alike: %s', (what) => {
    expect(answers.lab.has(what)).toBe(true);
    expect(answers.lab.get(what)).toEqual(answers.samba.get(what));
  });

  test('are read by the same client, over a certificate that is verified', async () => {
    const { user: name, password } = samba.admin;
    const settings = {
      urls: [samba.ldapsUrl],
      caFile: samba.caFile,
      user: name,
      password: { command: [process.execPath, '-e', `process.stdout.write(${JSON.stringify(password)})`] },
    };
    const directory = await connectDirectory(settings, { [dc]: { address, port: samba.port } })();
    const entry = await directory.read(account, [
      'objectSid',
      'sAMAccountName',
      'nTSecurityDescriptor',
      'info',
    ]);
    const bySid = equals.sid('objectSid', sidText(octets(entry!, 'objectSid')!));
    const [same] = await directory.search(baseDn, { scope: 'sub', filter: bySid, attributes: ['cn'] });
    await directory.close();
    expect(directory.baseDn).toBe(baseDn);
    expect(Object.keys(entry!.attributes)).toHaveLength(3);
    expect(text(same!, 'cn')).toBe('svc');
    const descriptor = octets(entry!, 'nTSecurityDescriptor')!;
    const decoded = decodeSecurityDescriptor(descriptor);
    expect(decoded.dacl?.aces.some((ace) => ace.kind === 'allow-object')).toBe(true);
    expect(decodeSecurityDescriptor(encodeSecurityDescriptor(decoded))).toEqual(decoded);
  });
});

async function ask(
  answers: Map<string, unknown>,
  createSecureConnection: () => ReturnType<typeof secureSocket>,
  { user: name, password }: { user: string; password: string },
): Promise<void> {
  const client = new Client({ url: 'ldaps://unused', createSecureConnection });
  const note = async ([what, perform]: Step) => void answers.set(what, await outcome(perform(client)));
  await note(['search before the bind', () => client.search(baseDn)]);
  await note(['add before the bind', add(account, user('svc'))]);
  await note(['bind with a wrong password', () => client.bind(name, 'wrong')]);
  await client.bind(name, password);
  for (const step of steps) await note(step);
  await client.unbind();
}

/** The result code of what is refused, else what came of it. */
async function outcome(operation: Promise<unknown>): Promise<unknown> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof ResultCodeError) return { refused: error.code };
    throw error;
  }
}
