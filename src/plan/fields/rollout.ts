import { z } from 'zod';

import type { Rollout } from '../../domain/plan/plan.ts';
import { checkList } from '../checks.ts';
import { distinct, duration, hostName, maxHosts, positiveDuration, whole } from '../values.ts';
import { parseWindow, windowList } from '../windows.ts';
import { type PlanField, type PlanFields, wholeNumber } from './field.ts';

const reboot = z.enum(['when-pending', 'after-policy'], { error: 'must be when-pending or after-policy' });

/** `rollout` of a plan. */
export const rolloutFields = {
  canary: {
    schema: whole(0),
    description: 'Number of hosts that go first, alone',
    default: 1,
    option: '--canary <number>',
    parse: wholeNumber,
  },
  bake: {
    schema: duration.optional(),
    description: 'Time the canary runs before the next hosts',
    option: '--bake <duration>',
  },
  maxParallel: {
    schema: whole(1, maxHosts),
    description: 'Number of hosts worked on at a time after the canary',
    default: 5,
    option: '--max-parallel <number>',
    parse: wholeNumber,
  },
  maxUnavailable: {
    schema: z
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be at least 1: no host could be worked on' })
      .optional(),
    description: 'Number of hosts that may be down at once, failed ones included',
    option: '--max-unavailable <number>',
    parse: wholeNumber,
  },
  maxFailures: {
    schema: whole(0).optional(),
    description: 'Number of hosts that may fail before everything is undone',
    option: '--max-failures <number>',
    help: 'number of hosts that may fail before everything is undone (default: none)',
    parse: wholeNumber,
  },
  windows: {
    schema: windowList.optional(),
    description: 'Maintenance windows: work on hosts begins only in one of them',
    option: '--window <window>',
    help: 'when work on hosts may begin, as "sat,sun 22:00-04:00 Europe/Zurich"; may be repeated (default: any time)',
    parse: parseWindow,
    repeated: true,
  },
  reboot: {
    schema: reboot.optional(),
    description:
      'Hosts to reboot before the link: those with a reboot pending, or also those that get the policy',
    option: '--reboot <when>',
    help: 'reboot hosts (default: never)',
    choices: reboot.options,
  },
  serviceTimeout: {
    schema: positiveDuration,
    description: 'Time a service may take to restart',
    default: '2m',
    option: '--service-timeout <duration>',
  },
} satisfies PlanFields<Rollout>;

const hostWithChecks = z.strictObject({ host: hostName, checks: checkList });

/** Fields that `hosts[].checks` of a plan are made of. */
export const checkFields = {
  checks: {
    schema: checkList,
    description: 'Checks of every host after each restart',
    default: [],
  },
  hostChecks: {
    schema: distinct(hostWithChecks, ({ host }) => host, 'host with checks'),
    description: 'Further checks of single hosts',
    default: [],
  },
} satisfies Record<string, PlanField>;

/** Why bake time and canary contradict each other; null if they do not. */
export function bakeProblem({ canary, bake }: Pick<Rollout, 'canary' | 'bake'>): string | null {
  if (canary > 0 || bake === undefined) return null;
  return 'there is no canary to be left to run: make the canary 1 or more, or leave it out';
}
