import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import {
  type Certificate,
  issueClientCertificate,
  issueServerCertificate,
} from '../../../lab/certificates.ts';
import { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { type LdapFaults, type LdapServer, startLdapServer } from '../../../lab/ldap/server.ts';
import type { DirectorySettings, HostAddress } from '../../../src/config/settings.ts';
import { type ConnectionLimits, connectDirectory } from '../../../src/directory/connection/connection.ts';
import type { ConnectOptions, Directory } from '../../../src/directory/directory.ts';
import { admin, authority, baseDn, dc, domainSid, settingsFor, started } from '../../lab/ldap/fixture.ts';

export interface Dc {
  /** Of its certificate and of its rootDSE, unless the certificate is told to have another. */
  name: string;
  server: LdapServer;
  store: MemoryStore;
}

export interface DcOptions {
  certificate?: Certificate;
  faults?: LdapFaults;
  /** What the domain's own entry says, so that one knows who answered. */
  description?: string;
  domain?: string;
}

export async function startDc(name: string, options: DcOptions = {}): Promise<Dc> {
  const { certificate, faults, description, domain = baseDn } = options;
  const now = () => started;
  const store = new MemoryStore({ baseDn: domain, netbiosName: 'LAB', domainSid, dnsHostName: name, now });
  if (description) await store.replace(domain, { description: [description] });
  const server = await startLdapServer({
    store,
    credentials: [admin],
    certificate: certificate ?? issueServerCertificate(authority, [name], new Date()),
    clientAuthority: authority.certificate,
    faults,
  });
  onTestFinished(() => server.close());
  return { name, server, store };
}

/** Settings with the URLs of these DCs in their order, and where they are. */
export async function settingsOf(
  dcs: Dc[],
  scheme: 'ldaps' | 'ldap' = 'ldaps',
): Promise<{ settings: DirectorySettings; hosts: Record<string, HostAddress> }> {
  const { settings } = await settingsFor(1, { urls: dcs.map(({ name }) => `${scheme}://${name}`) });
  return { settings, hosts: hostsOf(dcs, scheme) };
}

export function hostsOf(dcs: Dc[], scheme: 'ldaps' | 'ldap' = 'ldaps'): Record<string, HostAddress> {
  const at = ({ server }: Dc) => ({
    address: '127.0.0.1',
    port: scheme === 'ldaps' ? server.port : server.plainPort,
  });
  return Object.fromEntries(dcs.map((each) => [each.name, at(each)]));
}

/** Files of a client certificate and its key, as an administrator has them. */
export async function clientFiles(
  name = admin.user,
  by = authority,
): Promise<{ certificateFile: string; privateKeyFile: string; passphrase: null; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-client-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { certificate, privateKey } = issueClientCertificate(by, name, new Date());
  const [certificateFile, privateKeyFile] = [join(folder, 'client.pem'), join(folder, 'client.key')];
  await writeFile(certificateFile, certificate);
  await writeFile(privateKeyFile, privateKey, { mode: 0o600 });
  return { certificateFile, privateKeyFile, passphrase: null, folder };
}

/** A plain server that does `serve` with each connection, on a free port of loopback; all of it ends with the test. */
export async function tcpServer(serve: (socket: Socket) => void): Promise<number> {
  return (await listening(createServer(serve))).port;
}

/** A server that accepts connections and never says a word. */
export async function silentServer(secure: boolean): Promise<{ port: number; accepted: Promise<unknown> }> {
  const { certificate, privateKey } = issueServerCertificate(authority, [dc], new Date());
  const server = secure ? createTlsServer({ cert: certificate, key: privateKey }) : createServer();
  const accepted = once(server, secure ? 'secureConnection' : 'connection');
  return { ...(await listening(server)), accepted };
}

async function listening(server: ReturnType<typeof createServer>): Promise<{ port: number }> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as { port: number }).port };
}

export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export const [name1, name2, name3] = ['dc1.lab.example', 'dc2.lab.example', 'dc3.lab.example'];

export async function twoDcs(first: DcOptions = {}, second: DcOptions = {}): Promise<[Dc, Dc]> {
  return [
    await startDc(name1, { description: 'one', ...first }),
    await startDc(name2, { description: 'two', ...second }),
  ];
}

export async function connected(
  dcs: Dc[],
  options: ConnectOptions = {},
  limits: Partial<ConnectionLimits> = {},
): Promise<Directory> {
  const { settings, hosts } = await settingsOf(dcs);
  const directory = await connectDirectory(settings, hosts, limits)(options);
  onTestFinished(() => directory.close());
  return directory;
}
