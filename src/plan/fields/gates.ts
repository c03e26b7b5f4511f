import { z } from 'zod';

import type { GateRules } from '../../domain/plan/plan.ts';
import { approverKeyList, approverList } from '../approvers.ts';
import { positiveDuration, trueOrFalse, whole } from '../values.ts';
import { type PlanField, type PlanFields, shapeOf, wholeNumber } from './field.ts';

const onExpiry = z.enum(['hold', 'undo'], { error: 'must be hold or undo' });

/** Rules of every gate in `gates` of a plan; `--gate` takes them for one gate. */
export const gateFields = {
  required: {
    schema: whole(1),
    description: 'Number of approvals that a gate needs',
    default: 1,
    option: '--required <number>',
    parse: wholeNumber,
  },
  expiresAfter: {
    schema: positiveDuration,
    description: 'Time a gate waits for votes',
    default: '7d',
    option: '--expires-after <duration>',
  },
  onExpiry: {
    schema: onExpiry,
    description: 'What happens when a gate expires: hold keeps it open, undo turns back',
    default: 'hold',
    option: '--on-expiry <what>',
    help: 'what happens when a gate expires',
    choices: onExpiry.options,
  },
  remindEvery: {
    schema: positiveDuration.optional(),
    description: 'Time between two reminders of an open gate',
    option: '--remind-every <duration>',
    help: 'time between two reminders of an open gate (default: none)',
  },
} satisfies PlanFields<GateRules>;

const gateRules = z.strictObject(shapeOf(gateFields)).partial().optional();

/** Fields that `gates` and `approverKeys` of a plan are made of. */
export const approvalFields = {
  approvers: {
    schema: z.strictObject({
      start: approverList,
      complete: approverList,
      wave: approverList.optional(),
      soak: approverList.optional(),
    }),
    description: 'Approvers by gate; an empty list means anyone but the requester',
    default: { start: [], complete: [] },
  },
  waveGate: {
    schema: trueOrFalse,
    description: 'Ask for approval before each wave of restarts on the way to Complete',
    default: false,
    option: '--wave-gate',
  },
  soakGate: {
    schema: trueOrFalse,
    description: 'Ask for approval before the migration is called done',
    default: false,
    option: '--soak-gate',
  },
  gates: {
    schema: z
      .strictObject({ start: gateRules, complete: gateRules, wave: gateRules, soak: gateRules })
      .optional(),
    description: 'Rules of single gates, in place of the rules for all gates',
  },
  approverKeys: {
    schema: approverKeyList,
    description: 'Public keys of approvers; if there are any, only signed votes count',
    default: [],
  },
} satisfies Record<string, PlanField>;
