import { z } from 'zod';

import { DmsaError, errorAbout } from '../domain/errors/errors.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { approvalProblem, approverKeySet, approverList } from './approvers.ts';
import { checkList, checksProblem } from './checks.ts';
import { shapeOf } from './fields/field.ts';
import { gateFields } from './fields/gates.ts';
import { bakeProblem, rolloutFields } from './fields/rollout.ts';
import { switchFields, waitFields } from './fields/waits.ts';
import { groupName } from './groups.ts';
import { planHash } from './hash.ts';
import { parseFields } from './parse-fields.ts';
import {
  distinct,
  distinguishedName,
  dmsaName,
  filledText,
  guid,
  hostList,
  hostName,
  isoTime,
  sid,
} from './values.ts';

/**
 * Validates a plan from JSON: its form, its rules across fields, and its hash. Throws DmsaError: PLAN_INVALID, naming
 * the field and the accepted form, and PLAN_EDITED if the hash is not that of the other fields.
 */
export function parsePlan(json: unknown): Plan {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new DmsaError('PLAN_INVALID', 'plan', 'the plan must be a JSON object');
  const version = 'version' in json ? JSON.stringify(json.version) : 'one without a version';
  if (version !== '1') {
    const why = `this program reads plans of version 1, not ${version}: make the plan again with dmsa plan`;
    throw errorAbout('version', 'PLAN_INVALID', why);
  }
  const plan = parseFields(planSchema, json, 'PLAN_INVALID');
  const expected = planHash(plan);
  if (plan.hash === expected) return plan;
  const why = `the plan has the hash ${expected.slice(0, 16)}… and carries ${plan.hash.slice(0, 16)}…: it was edited after it was made`;
  throw errorAbout('hash', 'PLAN_EDITED', why);
}

const domain = z.strictObject({
  dnsName: filledText.describe('DNS name of the domain.'),
  netbiosName: filledText.describe('NetBIOS name of the domain, as in CONTOSO\\name.'),
  baseDn: distinguishedName.describe('DN of the domain.'),
  server: hostName.describe('Domain controller that everything is done at.'),
});

const account = z.strictObject({
  dn: distinguishedName.describe('DN of the account when the plan was made.'),
  guid: guid.describe('objectGUID, by which the account is found.'),
  sid: sid.describe('SID of the account.'),
  samAccountName: filledText.describe('Logon name of the account.'),
});

const dmsa = z.strictObject({
  name: dmsaName.describe('Name without the $, at most 15 characters.'),
  dn: distinguishedName.describe('DN of the dMSA.'),
  container: distinguishedName.describe('DN of the container that the dMSA is created in.'),
  dnsHostName: hostName.describe('DNS host name of the dMSA.'),
});

const host = z.strictObject({
  name: hostName.describe('Full DNS name, lower case.'),
  computerSid: sid.describe('SID of the computer account, which has to join the principals.'),
  services: nameList('service').describe('Services that log on as the account; restarted.'),
  pools: nameList('application pool')
    .optional()
    .describe('Application pools that run as the account; recycled.'),
  group: groupName.optional().describe('Group of the host; hosts of one group are never worked on together.'),
  checks: checkList.optional().describe('Checks that have to be healthy after each restart.'),
});

const gate = z.strictObject({
  approvers: approverList.describe('Approvers; empty for everyone but the requester.'),
  ...shapeOf(gateFields),
});

const gates = z.strictObject({
  start: gate.describe('Gate before anything is changed.'),
  complete: gate.describe('Gate before the account is disabled for good.'),
  wave: gate.optional().describe('Gate before each wave of restarts on the way to Complete.'),
  soak: gate.optional().describe('Gate before the migration is called done.'),
});

const person = z.strictObject({
  sid: sid.describe('SID of the account.'),
  names: z.array(filledText).min(1).describe('Names of the account, as name@domain in lower case.'),
});

export const planSchema = z
  .strictObject({
    version: z.literal(1).describe('Version of this format.'),
    createdAt: isoTime.describe('Time when the plan was made, UTC.'),
    requestedBy: filledText.describe('Requester, who may not approve.'),
    domain: domain.describe('Domain that the plan is for.'),
    account: account.describe('Account to be superseded.'),
    dmsa: dmsa.describe('dMSA that takes its place.'),
    hosts: hostList(host, ({ name }) => name).describe('Hosts that use the account, in rollout order.'),
    rollout: z.strictObject(shapeOf(rolloutFields)).describe('How hosts are worked on, and when.'),
    waits: z.strictObject(shapeOf(waitFields)).describe('Times that the migration waits.'),
    gates: gates.describe('Who approves, and what.'),
    people: z.array(person).describe('Accounts of the requester and the approvers that the directory knows.'),
    approverKeys: approverKeySet
      .optional()
      .describe('Public keys of approvers, a JWK set: only signed votes count.'),
    ...shapeOf(switchFields),
    hash: z
      .string({ error: 'is missing: make the plan with dmsa plan' })
      .describe('SHA-256 of all other fields: an edited plan is refused.'),
  })
  .superRefine((plan, context) => {
    const add = (path: string[], message: string | null) => {
      if (message) context.addIssue({ code: 'custom', path, message });
    };
    add(['rollout', 'bake'], bakeProblem(plan.rollout));
    add(['hosts'], checksProblem(plan.hosts));
    const problem = approvalProblem(plan);
    if (problem) add(problem.path, problem.message);
  }) satisfies z.ZodType<Plan>;

function nameList(what: string) {
  return distinct(filledText, (name) => name.toLowerCase(), what);
}
