import { argumentErrorKinds } from './argument-error-kinds.ts';
import { decisionErrorKinds } from './decision-error-kinds.ts';
import { directoryErrorKinds } from './directory-error-kinds.ts';
import type { ErrorKind } from './error-kind.ts';
import { faultErrorKinds } from './fault-error-kinds.ts';
import { hostErrorKinds } from './host-error-kinds.ts';
import { migrationErrorKinds } from './migration-error-kinds.ts';
import { noticeErrorKinds } from './notice-error-kinds.ts';
import { reportErrorKinds } from './report-error-kinds.ts';
import { serviceErrorKinds } from './service-error-kinds.ts';
import { settingsErrorKinds } from './settings-error-kinds.ts';
import { temporalErrorKinds } from './temporal-error-kinds.ts';

/**
 * The one table of failures: what each code means, what to do, and whether trying again can help. Each code is in the
 * part of its theme. Activities turn a `DmsaError` into Temporal's `ApplicationFailure` of the same type; `retryable`
 * decides there. `docs/errors.md` is made of it.
 */
export const errorKinds = {
  ...argumentErrorKinds,
  ...settingsErrorKinds,
  ...temporalErrorKinds,
  ...hostErrorKinds,
  ...serviceErrorKinds,
  ...directoryErrorKinds,
  ...migrationErrorKinds,
  ...decisionErrorKinds,
  ...noticeErrorKinds,
  ...reportErrorKinds,
  ...faultErrorKinds,
};

/** The parts of the table, in the order of docs/errors.md. */
export const errorThemes: { title: string; kinds: Record<string, ErrorKind> }[] = [
  { title: 'The command line', kinds: argumentErrorKinds },
  { title: 'Settings, files and keys', kinds: settingsErrorKinds },
  { title: 'Temporal', kinds: temporalErrorKinds },
  { title: 'Hosts and PowerShell', kinds: hostErrorKinds },
  { title: 'Services', kinds: serviceErrorKinds },
  { title: 'The directory', kinds: directoryErrorKinds },
  { title: 'Plan, link and states', kinds: migrationErrorKinds },
  { title: 'Decisions of people', kinds: decisionErrorKinds },
  { title: 'Webhooks', kinds: noticeErrorKinds },
  { title: 'Reports', kinds: reportErrorKinds },
  { title: 'Faults of dmsa', kinds: faultErrorKinds },
];
