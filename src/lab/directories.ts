import { randomBytes } from 'node:crypto';

import type { HostAddress } from '../config/settings.ts';
import { createAuthority, issueServerCertificate } from './certificates.ts';
import { MemoryStore } from './directory/memory-store.ts';
import type { LabFaults } from './faults.ts';
import { startLdapServer } from './ldap/server.ts';
import type { DirectoryStore } from './store.ts';
import { domainControllerName, labDomain } from './topology.ts';

/** A directory that the lab stands on, with what a client needs to reach it. */
export interface LabDirectory {
  store: DirectoryStore;
  at: HostAddress;
  caPem: string;
  user: string;
  password: string;
  /** LDAP operations by kind; null where they are not counted. */
  counts(): Record<string, number> | null;
  close(): Promise<void>;
}

export interface LabDirectoryOptions {
  faults?: LabFaults;
  clock: () => Date;
  /** A loopback address of its own lets several Samba servers run at once: their ports are fixed. */
  sambaAddress?: string;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/** The lab's own directory, in memory, over real LDAPS. */
export async function startMemoryDirectory({ faults, clock }: LabDirectoryOptions): Promise<LabDirectory> {
  const store = new MemoryStore({
    baseDn: labDomain.baseDn,
    netbiosName: labDomain.netbiosName,
    domainSid: 'S-1-5-21-1004336348-1177238915-682003330',
    dnsHostName: domainControllerName,
    now: clock,
  });
  const authority = createAuthority(new Date());
  const certificate = issueServerCertificate(authority, [domainControllerName], new Date());
  const user = `dmsa-reader@${labDomain.dnsName}`;
  const password = randomBytes(18).toString('base64url');
  const server = await startLdapServer({
    store,
    credentials: [{ user, password }],
    certificate,
    faults: faults?.ldap,
  });
  return {
    store,
    at: { address: '127.0.0.1', port: server.port },
    caPem: authority.certificate,
    user,
    password,
    counts: () => ({ ...server.counts }),
    close: () => server.close(),
  };
}

/** A real Samba AD DC; its administrator reads, and the lab's rules write. */
export async function startSambaDirectory(options: LabDirectoryOptions): Promise<LabDirectory> {
  const { startSamba } = await import('./samba/samba.ts');
  const { SambaStore } = await import('./samba/store.ts');
  const { onProgress, signal, sambaAddress: address } = options;
  const samba = await startSamba({ onProgress, signal, address });
  const store = await SambaStore.connect(samba);
  return {
    store,
    at: { address: samba.address, port: samba.port },
    caPem: samba.caPem,
    ...samba.admin,
    counts: () => null,
    async close() {
      await store.close();
      await samba.close();
    },
  };
}
