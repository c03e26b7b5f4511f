import type { Failure } from './failure.ts';
import type { JournalStep } from './journal.ts';

/** One thing that a stage changed, or could not change; src/wording/change.ts says it in English. */
export type Change =
  /** `DelegatedMSAEnabled`; null where there is no value. */
  | { kind: 'policy-set'; host: string; before: number | null; after: number | null }
  | { kind: 'log-enabled'; host: string }
  /** The Kerberos log is off again, as it was before the migration. */
  | { kind: 'log-restored'; host: string }
  /** It stays on; `failure` is null where the host was not reached in its turn. */
  | { kind: 'log-kept'; host: string; failure: Failure | null }
  /** `bootTime` is ISO 8601. */
  | { kind: 'rebooted'; host: string; bootTime: string }
  | { kind: 'dmsa-created'; dn: string }
  | { kind: 'linked'; account: string; dmsa: string }
  | { kind: 'restarted'; host: string; services: string[]; pools: string[] }
  | { kind: 'host-failed'; host: string; failure: Failure }
  | { kind: 'completed'; account: string }
  | { kind: 'spn-moved'; spn: string; dmsa: string }
  | { kind: 'undone'; step: JournalStep; targets: string[] };

/** Remark on a stage. */
export type StageNote =
  /** Failure of the stage, or the reason for turning back. */
  | { kind: 'failed'; failure: Failure }
  | { kind: 'dmsa-present'; name: string }
  | { kind: 'principals'; count: number }
  | { kind: 'no-reboots' }
  /** The principals changed at `at` (ISO 8601), so that the observation counts from there. */
  | { kind: 'observation-restarted'; at: string };
