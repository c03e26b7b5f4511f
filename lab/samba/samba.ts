import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'ldapts';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import { createAuthority, issueServerCertificate } from '../certificates.ts';
import { type GuardedProcess, startGuarded } from '../processes/guarded.ts';
import { isFree, untilListening } from '../processes/ports.ts';
import { findProgram, requireSamba } from './available.ts';
import { baseDn, hostName, type Paths, pathsIn, realm, smbConf } from './configuration.ts';
import { applyLdif, copyDomain, type MadeDomain, makeDomain } from './provision.ts';

export interface SambaOptions {
  /** In which the temporary folder is made; the system's own by default. */
  folder?: string;
  /** A loopback address of its own lets several run at once: ports are fixed. 127.0.0.1 by default. */
  address?: string;
  /** Made before, and copied; one is made where absent. */
  domain?: MadeDomain;
  /** LDIF records that the database gets before the server starts: a thousand computers take 3 s that way. */
  ldif?: string;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
  /** When its certificate starts to be valid; now by default. */
  now?: Date;
}

/** The part of its options that a lab leaves to its caller. */
export type SambaPlace = Pick<SambaOptions, 'address' | 'domain'>;

/** A real Active Directory domain controller of the lab's domain, freshly made, with the schema of dMSAs. */
export interface Samba {
  /** `DC=lab,DC=example`. */
  baseDn: string;
  /** By the name in its certificate, which no DNS knows: connect to `address` and `port`. */
  ldapsUrl: string;
  /** The name in its certificate: `dc1.lab.example`. */
  host: string;
  address: string;
  port: number;
  caPem: string;
  caFile: string;
  /** Domain administrator; `user` is a DN. */
  admin: { user: string; password: string };
  /** Ends it; neither a process nor its folder is left. May be called twice. */
  close(): Promise<void>;
}

const host = `${hostName}.${realm}`;
const port = 636;
const readyWithinMs = 30_000;

/**
 * Starts Samba: about 8 s, 2 s with a copied domain. However this program ends, process and folder go with it.
 * Throws MACHINE_UNSUITABLE where Samba is missing or its ports are taken, DIRECTORY_UNREACHABLE where it does not start.
 */
export async function startSamba(options: SambaOptions = {}): Promise<Samba> {
  requireSamba();
  const address = options.address ?? '127.0.0.1';
  await requirePorts(address);
  const paths = pathsIn(await mkdtemp(join(options.folder ?? tmpdir(), 'dmsa-samba-')));
  // Its guard keeps the folder from staying behind while one program follows the other.
  const keeper = startGuarded(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], {
    folder: paths.folder,
  });
  try {
    return await startIn(paths, address, options, keeper);
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

async function startIn(
  paths: Paths,
  address: string,
  { onProgress = () => undefined, signal, domain, ldif, now = new Date() }: SambaOptions,
  keeper: GuardedProcess,
): Promise<Samba> {
  const { password } = domain
    ? await copyDomain(domain, paths, signal)
    : await makeDomain(paths, { address, onProgress, signal });
  if (ldif !== undefined) await applyLdif(paths, ldif, signal);
  onProgress('starting Samba');
  const caPem = await writeConfiguration(paths, address, now);
  const args = ['-i', '-M', 'single', '-s', paths.configuration];
  const server = startGuarded(findProgram('samba')!, args, { cwd: paths.folder, folder: paths.folder });
  const close = async () => {
    await server.stop();
    await keeper.stop();
  };
  const admin = { user: `CN=Administrator,CN=Users,${baseDn}`, password };
  const samba = { baseDn, ldapsUrl: `ldaps://${host}:${port}`, host, address, port, caPem, admin, close };
  try {
    await untilReady(server, samba, signal);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...samba, caFile: paths.authority };
}

async function writeConfiguration(paths: Paths, address: string, now: Date): Promise<string> {
  const authority = createAuthority(now);
  const { certificate, privateKey } = issueServerCertificate(authority, [host], now);
  await writeFile(paths.authority, authority.certificate);
  await writeFile(paths.certificate, certificate);
  // Samba refuses a key that others can read.
  await writeFile(paths.privateKey, privateKey, { mode: 0o600 });
  await writeFile(paths.configuration, smbConf(paths, address));
  // Samba wants it to exist already, and open to all.
  await mkdir(join(paths.folder, 'ncalrpc'));
  await chmod(join(paths.folder, 'ncalrpc'), 0o755);
  return authority.certificate;
}

/** Ready is when the administrator can bind over LDAPS. */
async function untilReady(
  server: GuardedProcess,
  samba: Omit<Samba, 'caFile'>,
  signal?: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  void server.exited.then(({ message }) => gone.abort(notStarted(message)));
  const limit = AbortSignal.timeout(readyWithinMs);
  const stopped = AbortSignal.any([gone.signal, limit, ...(signal ? [signal] : [])]);
  try {
    await untilListening(samba.address, samba.port, stopped);
    const client = sambaClient(samba);
    await client.bind(samba.admin.user, samba.admin.password);
    await client.unbind();
  } catch (error) {
    signal?.throwIfAborted();
    if (gone.signal.aborted) throw gone.signal.reason;
    throw notStarted(limit.aborted ? `not ready after ${readyWithinMs / 1_000} s` : String(error));
  }
}

/** An LDAPS client of it that checks its certificate; not bound yet. */
export function sambaClient(samba: Pick<Samba, 'address' | 'port' | 'host' | 'caPem'>): Client {
  return new Client({
    url: `ldaps://${samba.address}:${samba.port}`,
    timeout: 20_000,
    connectTimeout: 10_000,
    tlsOptions: { ca: samba.caPem, servername: samba.host },
  });
}

async function requirePorts(address: string): Promise<void> {
  for (const each of [88, 389, port]) {
    if (await isFree(address, each)) continue;
    const message = `Samba cannot start: port ${each} of ${address} is in use; stop what uses it`;
    throw new DmsaError('MACHINE_UNSUITABLE', '--directory samba', message);
  }
}

function notStarted(why: string): DmsaError {
  return new DmsaError('DIRECTORY_UNREACHABLE', 'Samba', `Samba did not start: ${why}`);
}
