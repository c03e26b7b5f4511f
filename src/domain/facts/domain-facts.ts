import type { ErrorCode } from '../errors/errors.ts';
import type { Drift } from '../values/drift.ts';
import type { Verdict } from './verdict.ts';

/** The first build whose hosts and DCs know dMSAs: Windows Server 2025, Windows 11 24H2 [overview, faq]. */
export const firstCapableBuild = 26100;

/** Offers of the domain that every migration needs. Lists are sorted; absent is null. */
export interface DomainFacts {
  /** Names of the class and attributes of dMSAs that the schema lacks. */
  schemaLacks: string[];
  /** DNS names of writable DCs of this domain that run Windows Server 2025 or later. */
  capableDcs: string[];
  /** Every DC of this domain, by name. */
  controllers: ControllerFacts[];
  /** ISO 8601: when the earliest KDS root key becomes effective; null where none has a time. */
  kdsEffectiveAt: string | null;
  /** Every KDS root key of the forest, the earliest first. */
  kdsKeys: KdsKeyFacts[];
  /** Replication of the domain to the DC that was asked, by partner; null where it does not say. */
  replication: ReplicationFacts[] | null;
  /** The other DCs in the settings, compared with the one that was read; absent where that has not been done. */
  replicas?: ReplicaFacts[];
}

/** A DC as its NTDS DSA object, its server object and its computer object tell of it. */
export interface ControllerFacts {
  /** DNS name, lower case. */
  name: string;
  /** Name of its site. */
  site: string;
  /** False for an RODC. */
  writable: boolean;
  /** Build of its Windows, for example 26100; null where `operatingSystemVersion` does not tell. */
  build: number | null;
}

export interface KdsKeyFacts {
  /** Common name, a GUID. */
  id: string;
  /** ISO 8601, from `msKds-UseStartTime`; null where it cannot be read. */
  effectiveAt: string | null;
  /** ISO 8601, from `msKds-CreateTime`; null where it cannot be read. */
  createdAt: string | null;
}

/** One partner from which the domain is replicated (MS-DRSR 4.1.13.1.7, DS_REPL_NEIGHBORW). */
export interface ReplicationFacts {
  /** Name of the partner's server object, for example `DC2`. */
  partner: string;
  /** ISO 8601; null where it has never succeeded. */
  lastSuccess: string | null;
  /** 0, or the Windows error code of the last attempt (MS-ERREF 2.2). */
  lastResult: number;
  /** Failures in a row. */
  failures: number;
}

/** Comparison of another DC's two objects with those that were read. */
export interface ReplicaFacts {
  /** DNS name. */
  server: string;
  /** `unknown` where it did not answer. */
  agrees: Verdict;
  /** Differences; empty unless `agrees` is no. */
  differs: Drift[];
  /** Reason why it could not be asked; null where it answered. */
  failure: { code: ErrorCode; message: string } | null;
}
