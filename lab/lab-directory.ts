import type { HostAddress } from '../src/config/settings.ts';
import type { LabFaults } from './faults.ts';
import type { Replication } from './replicas.ts';
import type { SambaPlace } from './samba/samba.ts';
import type { DirectoryStore } from './store.ts';
import type { Topology } from './topology.ts';

/** A DC that answers over LDAPS. */
export interface ServedController {
  /** DNS name. */
  name: string;
  store: DirectoryStore;
  at: HostAddress;
  isUp(): boolean;
  /** Takes it down: connections end, and none is made until it starts again, on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** LDAP operations by kind; null where they are not counted. */
  counts(): Record<string, number> | null;
}

/** A directory that the lab stands on, with what a client needs to reach it. */
export interface LabDirectory {
  /** Of the lab's domain; there is always a first. */
  controllers: ServedController[];
  /** Of the domain below it. */
  childControllers: ServedController[];
  /** Null where a real server does that by itself, or has no partner. */
  replication: Replication | null;
  caPem: string;
  user: string;
  password: string;
  close(): Promise<void>;
}

export interface LabDirectoryOptions {
  topology: Topology;
  faults?: LabFaults;
  clock: () => Date;
  samba?: SambaPlace;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}
