import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { Attribute, Change, Client, type Filter, type ResultCodeError } from 'ldapts';
import { onTestFinished } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../../lab/certificates.ts';
import { MemoryStore } from '../../../lab/directory/memory-store.ts';
import type { Element } from '../../../lab/ldap/ber.ts';
import { type LdapFaults, type LdapServer, startLdapServer } from '../../../lab/ldap/server.ts';
import type { DirectorySettings, HostAddress } from '../../../src/config/settings.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { elementOf } from './decoded-filter.ts';

export const baseDn = 'DC=lab,DC=example';
export const dc = 'dc1.lab.example';
export const domainSid = 'S-1-5-21-1000-2000-3000';
export const started = new Date('2025-09-01T08:00:00Z');
export const admin = { user: 'admin@lab.example', password: 'pässwörd' };

/** A certificate has to be valid by the clock of the machine, whatever the clock of the lab says. */
export const authority = createAuthority(new Date());
export const certificate = issueServerCertificate(authority, [dc], new Date());

export function newStore(now: () => Date = () => started, lacking: string[] = []): MemoryStore {
  return new MemoryStore({ baseDn, netbiosName: 'LAB', domainSid, dnsHostName: dc, now, lacking });
}

export async function serve(store = newStore(), faults?: LdapFaults): Promise<LdapServer> {
  const server = await startLdapServer({ store, credentials: [admin], certificate, faults });
  onTestFinished(() => server.close());
  return server;
}

/** An ldapts client of that server, bound unless told otherwise. */
export async function clientOf(server: LdapServer, bound = true): Promise<Client> {
  const client = new Client({
    url: 'ldaps://unused',
    createSecureConnection: () => secureSocket(server.port),
  });
  onTestFinished(() => client.unbind());
  if (bound) await client.bind(admin.user, admin.password);
  return client;
}

export function secureSocket(port: number): TLSSocket {
  return connect({ host: '127.0.0.1', port, ca: authority.certificate, servername: dc });
}

/** Settings whose URL names the DC, and the address that stands behind the name. */
export async function settingsFor(
  port: number,
  change: Partial<DirectorySettings> = {},
): Promise<{ settings: DirectorySettings; hosts: Record<string, HostAddress> }> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-ldap-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  const file = join(folder, 'password');
  await writeFile(caFile, authority.certificate);
  await writeFile(file, `${admin.password}\n`);
  const settings = { urls: [`ldaps://${dc}`], caFile, user: admin.user, password: { file }, ...change };
  return { settings, hosts: { [dc]: { address: '127.0.0.1', port } } };
}

/** A filter, or the text of one, as a client of ldapts sends it. */
export function encodedFilter(filter: Filter | string): Element {
  return elementOf(typeof filter === 'string' ? parseFilter(filter) : filter);
}

export const users = `CN=Users,${baseDn}`;
export const account = `CN=svc,${users}`;

export async function storeWithAccount(): Promise<MemoryStore> {
  const store = newStore();
  await store.add(account, { objectClass: ['user'], sAMAccountName: ['svc'], description: ['old'] });
  return store;
}

export async function refused(operation: Promise<unknown>): Promise<ResultCodeError> {
  return (await operation.then(
    () => {
      throw new Error('it was not refused');
    },
    (error) => error,
  )) as ResultCodeError;
}

export const replace = (type: string, ...values: string[]) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values }) });
