import { z } from 'zod';

import { type PlanField, shapeOf } from './fields/field.ts';
import { bakeProblem } from './fields/rollout.ts';
import { requestFields } from './fields.ts';
import { parseFields } from './parse-fields.ts';

/** Request for a plan, with the fields of the table. `makePlan` reads directory and hosts and makes the plan of it. */
export type PlanRequest = z.output<typeof requestSchema>;

/** A request as it may be given: all but these fields have a default or may be absent. */
export type RequestInput = Pick<PlanRequest, RequiredField> & Partial<PlanRequest>;
type RequiredField = 'account' | 'dmsa' | 'hosts' | 'requestedBy';

const requestSchema = z.strictObject(shapeOf(requestFields));

export const requestDefaults = Object.fromEntries(
  Object.entries(requestFields).flatMap(([name, field]: [string, PlanField]) =>
    field.default === undefined ? [] : [[name, field.default]],
  ),
) as Omit<PlanRequest, RequiredField>;

/** The request with its defaults. Throws DmsaError ARGUMENT_INVALID that names the field and the accepted form. */
export function parseRequest(input: RequestInput): PlanRequest {
  const request = {
    ...requestDefaults,
    ...input,
    hosts: input.hosts.map(oneSpelling),
    groups: (input.groups ?? []).map(({ name, hosts }) => ({ name, hosts: hosts.map(oneSpelling) })),
    hostChecks: (input.hostChecks ?? []).map(({ host, checks }) => ({ host: oneSpelling(host), checks })),
  };
  return parseFields(consistentRequest, request, 'ARGUMENT_INVALID');
}

function oneSpelling(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

const consistentRequest = requestSchema.superRefine((request, context) => {
  const { hosts, groups, hostChecks } = request;
  const add = (message: string | null, ...path: PropertyKey[]) => {
    if (message) context.addIssue({ code: 'custom', path, message });
  };
  const stranger = (name: string) =>
    hosts.includes(name) ? null : `${name} is none of the hosts: name it with --host, too`;
  const groupOf = new Map<string, string>();
  for (const [at, group] of groups.entries()) {
    for (const [index, name] of group.hosts.entries()) {
      const other = groupOf.get(name);
      add(stranger(name), 'groups', at, 'hosts', index);
      if (other !== undefined)
        add(`${name} is in ${other}, too: a host is in one group at most`, 'groups', at, 'hosts', index);
      groupOf.set(name, group.name);
    }
  }
  for (const [at, { host }] of hostChecks.entries()) add(stranger(host), 'hostChecks', at, 'host');
  for (const gate of ['wave', 'soak'] as const) {
    if (request.gates?.[gate] && !request[`${gate}Gate`])
      add(`the plan has no such gate: ask for it with --${gate}-gate`, 'gates', gate);
  }
  add(bakeProblem(request), 'bake');
  if (request.restoreEventLog && !request.enableEventLog)
    add('no log is enabled that could be put back: leave it out, or enable the log', 'restoreEventLog');
});
