import { z } from 'zod';

import { planSchema } from '../plan/schema.ts';
import type { JsonSchema } from './settings.ts';

/**
 * What each field of a plan says, by its place: `hosts[]` is a member of the list, a member of a union is under the union.
 * A test holds the table to the fields that there are.
 */
export const planFields: Record<string, string> = {
  version: 'Form of this file.',
  createdAt: 'When the plan was made, UTC.',
  requestedBy: 'Who asked for it; may not approve.',
  domain: 'The domain that the plan is for.',
  'domain.dnsName': 'DNS name of the domain.',
  'domain.netbiosName': 'NetBIOS name of the domain, as in CONTOSO\\name.',
  'domain.baseDn': 'DN of the domain.',
  'domain.server': 'The domain controller that everything is done at.',
  account: 'The account to be superseded.',
  'account.dn': 'Its DN when the plan was made.',
  'account.guid': 'Its objectGUID: what it is found by.',
  'account.sid': 'Its SID.',
  'account.samAccountName': 'Its logon name.',
  dmsa: 'The dMSA that takes its place.',
  'dmsa.name': 'Its name without the $; at most 15 characters.',
  'dmsa.dn': 'Its DN.',
  'dmsa.container': 'DN of the container that it is created in.',
  'dmsa.dnsHostName': 'Its DNS host name.',
  hosts: 'The hosts that use the account, in rollout order.',
  'hosts[].name': 'Full DNS name, lower case.',
  'hosts[].computerSid': 'SID of the computer account: has to join the principals.',
  'hosts[].services': 'Services that log on as the account; restarted.',
  'hosts[].pools': 'Application pools that run as the account; recycled.',
  'hosts[].group': 'Hosts of one group are never worked on together.',
  'hosts[].checks': 'What has to be healthy after each restart.',
  'hosts[].checks[].kind': 'What is asked: a port, a URL, or a script on the host.',
  'hosts[].checks[].port': 'TCP port that has to take connections.',
  'hosts[].checks[].url': 'URL that is asked from the host itself; holds no secret.',
  'hosts[].checks[].status': 'HTTP status that the answer has to have.',
  'hosts[].checks[].path': 'Full path of a PowerShell script on the host; its exit code has to be 0.',
  'hosts[].checks[].attempts': 'How often it is tried.',
  'hosts[].checks[].everySeconds': 'How many seconds apart.',
  rollout: 'How many hosts are worked on, and when.',
  'rollout.canary': 'How many hosts go first, alone.',
  'rollout.maxParallel': 'How many hosts go at a time after them.',
  'rollout.serviceTimeout': 'How long a service may take to restart.',
  'rollout.bake': 'How long the canary is left to run before the next hosts.',
  'rollout.maxUnavailable': 'How many hosts may be down at once, failed ones included.',
  'rollout.maxFailures': 'How many hosts may fail before everything is undone.',
  'rollout.windows': 'When something may begin on hosts; without it at any time.',
  'rollout.windows[].days': 'Days on which the window opens.',
  'rollout.windows[].from': 'Time of day when it opens.',
  'rollout.windows[].to': 'Time of day when it closes; earlier than `from` is the next day.',
  'rollout.windows[].timeZone': 'Time zone of the two, by its name in the IANA database.',
  'rollout.reboot': 'Whether hosts are rebooted, and when.',
  waits: 'How long is waited for what.',
  'waits.join': 'How long a host may take to join the principals.',
  'waits.observe': 'Between link and completion.',
  'waits.checkEvery': 'How often both objects are read meanwhile.',
  'waits.soak': 'After completion, before it is called done.',
  gates: 'Who has to say yes, and to what.',
  'gates.start': 'Before anything is changed.',
  'gates.complete': 'Before the account is disabled for good.',
  'gates.wave': 'Before each wave of restarts on the way to Complete.',
  'gates.soak': 'Before the migration is called done.',
  'gates.*.approvers': 'Who may approve; empty for everyone but the requester.',
  'gates.*.required': 'How many have to.',
  'gates.*.expiresAfter': 'How long votes are waited for.',
  'gates.*.onExpiry': 'What then: hold waits on, undo turns back.',
  'gates.*.remindEvery': 'How often people are reminded of it while it is open.',
  people: 'Accounts of who asks and who may vote, as far as the directory knows them.',
  'people[].sid': 'Its SID.',
  'people[].names': 'Every name of it, as name@domain in lower case.',
  approverKeys: 'Public keys of approvers, a JWK set: only signed votes count.',
  'approverKeys.keys': 'Its members.',
  'approverKeys.keys[].kty': 'Kind of the key.',
  'approverKeys.keys[].crv': 'Its curve.',
  'approverKeys.keys[].x': 'The public key, base64url.',
  'approverKeys.keys[].kid': 'What a signed vote names it by.',
  'approverKeys.keys[].approver': 'Whose key it is.',
  notify: 'Whether people are told by webhooks.',
  enableEventLog: 'Whether the Kerberos operational log of hosts is turned on.',
  restoreEventLog: 'Whether logs that were turned on for it are turned off after the soak.',
  waitForKds: 'Whether a KDS root key that becomes effective later is waited for.',
  hash: 'SHA-256 of all the rest: an edited plan is refused.',
};

/** Of a plan as `dmsa plan --out` saves it. Made of what `dmsa start` parses plans with; some rules only that has. */
export function planJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(planSchema, { io: 'input' }) as JsonSchema;
  describe(schema, '');
  return {
    title: 'Plan of a migration (dmsa)',
    description: 'As dmsa plan --out saves it. It is for reading: dmsa start refuses a plan that was edited.',
    ...schema,
  };
}

/** The places of all fields, as `planFields` has them. */
export function planPlaces(): string[] {
  const places: string[] = [];
  describe(z.toJSONSchema(planSchema, { io: 'input' }) as JsonSchema, '', (place) => places.push(place));
  return [...new Set(places)];
}

function describe(schema: JsonSchema, place: string, seen: (place: string) => void = () => undefined): void {
  for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
    const own = place === '' ? name : `${place}.${name}`;
    seen(own);
    const description = descriptionOf(own);
    if (description !== undefined) field.description = description;
    describe(field, own, seen);
  }
  if (schema.items) describe(schema.items as JsonSchema, `${place}[]`, seen);
  for (const member of (schema.oneOf ?? schema.anyOf ?? []) as JsonSchema[]) describe(member, place, seen);
}

/** The gates have the same fields, which are described once. */
export function descriptionOf(place: string): string | undefined {
  return planFields[place] ?? planFields[place.replace(/^gates\.\w+\./, 'gates.*.')];
}
