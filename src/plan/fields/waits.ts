import type { PlanSwitches, PlanWaits } from '../../domain/plan/plan.ts';
import { duration, positiveDuration, trueOrFalse } from '../values.ts';
import type { PlanFields } from './field.ts';

/** `waits` of a plan. 28 days of observation are the four ticket lifetimes recommended by [overview]. */
export const waitFields = {
  observe: {
    schema: duration,
    description: 'Time between link and completion',
    default: '28d',
    option: '--observe <duration>',
    help: 'time between link and completion; 14d at least, 28d recommended',
  },
  checkEvery: {
    schema: positiveDuration,
    description: 'Time between two readings of both objects during the observation',
    default: '10h',
    option: '--check-every <duration>',
  },
  join: {
    schema: positiveDuration,
    description: 'Time a host may take to join the principals',
    default: '15m',
    option: '--join <duration>',
  },
  soak: {
    schema: duration,
    description: 'Time after completion, before the migration is done',
    default: '1d',
    option: '--soak <duration>',
  },
} satisfies PlanFields<PlanWaits>;

/** Switches of a plan, which stand in it by themselves. */
export const switchFields = {
  enableEventLog: {
    schema: trueOrFalse,
    description: 'The Kerberos operational log of hosts is enabled',
    default: true,
    option: '--no-event-log',
    help: 'leave the Kerberos operational log of the hosts as it is',
  },
  restoreEventLog: {
    schema: trueOrFalse,
    description: 'Logs that the migration enabled are put back after the soak',
    default: false,
    option: '--restore-event-log',
    help: 'after the soak, put back the logs that the migration enabled',
  },
  waitForKds: {
    schema: trueOrFalse,
    description: 'A KDS root key that becomes effective later is waited for',
    default: false,
    option: '--wait-for-kds',
    help: 'wait for a KDS root key that becomes effective later, instead of refusing',
  },
  notify: {
    schema: trueOrFalse,
    description: 'People are notified by webhook',
    default: true,
    option: '--no-notify',
    help: 'notify nobody by webhook',
  },
} satisfies PlanFields<PlanSwitches>;
