/**
 * The states of a migration as Active Directory stores them, and the cmdlet that leads from one to the next.
 *
 * Glossary (one name for one thing, in code, output and docs):
 *
 * - **superseded account**: the plain user account that services log on with today (`account` where short).
 * - **dMSA**: the delegated Managed Service Account that takes over from it.
 * - **link**: both objects point at each other and both are in state 1; `Start-ADServiceAccountMigration` makes it.
 * - **principals**: who may retrieve the managed password, the trustees in `msDS-GroupMSAMembership`.
 * - **host**: a member machine with services that log on as the superseded account.
 * - **stage**: one step of the runbook, see `stages.ts`. **Phase**: what one cmdlet does to the two objects.
 * - **finding**: something preflight saw, with a stable code, see `findings.ts`.
 * - **before-image**: what was there before a step changed it; the **journal** holds them, see `journal.ts`.
 */

/** `msDS-DelegatedMSAState` on the dMSA and `msDS-SupersededServiceAccountState` on the account (MS-ADA2). */
export const MigrationState = {
  Unlinked: 0,
  Started: 1,
  Completed: 2,
  /** A dMSA that was created for itself alone; it can never be linked. */
  Standalone: 3,
} as const;

export type MigrationState = (typeof MigrationState)[keyof typeof MigrationState];

/** A phase is undone by one call of `Undo-ADServiceAccountMigration`, which goes back the previous phase only. */
export type Phase = 'link' | 'complete';

/** Where a phase leads from and to; the source is the reference page of each cmdlet. */
export const phases: Record<Phase, { from: MigrationState; to: MigrationState; cmdlet: string }> = {
  link: {
    from: MigrationState.Unlinked,
    to: MigrationState.Started,
    cmdlet: 'Start-ADServiceAccountMigration',
  },
  complete: {
    from: MigrationState.Started,
    to: MigrationState.Completed,
    cmdlet: 'Complete-ADServiceAccountMigration',
  },
};

/** How a migration ended, or that only a person can go on. The exit code of the command line follows it. */
export type Outcome = 'completed' | 'undone' | 'needs-operator' | 'refused';

/** Exit codes of the command line; documented in the README and tested. */
export const exitCodes: Record<Outcome | 'failed' | 'blocked' | 'found', number> = {
  completed: 0,
  failed: 1,
  refused: 2,
  undone: 3,
  'needs-operator': 4,
  /** Of `dmsa audit` and `dmsa discover`: something that was found blocks, or a host could not be asked. */
  blocked: 5,
  /** Of `dmsa plan --detailed-exitcode`: something was found, and nothing of it blocks. */
  found: 5,
};
