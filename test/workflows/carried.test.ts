import { expect, test } from 'vitest';

import type { Carried } from '../../workflows/carried.ts';

/**
 * `parent.field` of each field of plain data that may hold any text, or anything. Codes and names that a union lists are no
 * text, and neither is what a template literal allows.
 */
type Texts<T, Parent extends string, Field extends string> = T extends string
  ? string extends T
    ? `${Parent}.${Field}`
    : never
  : T extends number | boolean | null | undefined
    ? never
    : unknown extends T
      ? `${Parent}.${Field}`
      : T extends readonly (infer Member)[]
        ? Texts<Member, Parent, Field>
        : { [K in keyof T & string]-?: Texts<T[K], Field, K> }[keyof T & string];

type CarriedText = Texts<Carried, '', 'carried'>;

/**
 * Every text that crosses continue-as-new or is read back, by what it is. What a migration waits for, changed or found
 * different is a union of facts, and src/wording says it in English. Only the last group is English already: it stands
 * beside a code, and nothing decides by it.
 */
const classified = {
  'names of objects, hosts, services and people': [
    'privilegedBecause.group',
    'privilegedBecause.groups',
    'privilegedBecause.name',
    'account.dn',
    'account.samAccountName',
    'account.userPrincipalName',
    'account.servicePrincipalNames',
    'account.allowedToDelegateTo',
    'account.authenticationPolicy',
    'account.authenticationSilo',
    'account.supersededBy',
    'account.claimedBy',
    'beforeImage.pools',
    'beforeImage.services',
    'carried.server',
    'changed.account',
    'changed.dmsa',
    'changed.dn',
    'changed.host',
    'changed.pools',
    'changed.services',
    'changed.spn',
    'changed.targets',
    'controllers.name',
    'controllers.site',
    'dmsa.dn',
    'dmsa.samAccountName',
    'dmsa.servicePrincipalNames',
    'dmsa.allowedToDelegateTo',
    'dmsa.authenticationPolicy',
    'dmsa.authenticationSilo',
    'dmsa.precededBy',
    'dmsa.claimedBy',
    'domain.capableDcs',
    'domain.dnsName',
    'domain.netbiosName',
    'domain.schemaLacks',
    'evidence.server',
    'evidence.skipped',
    'failedHosts.host',
    'findings.subject',
    'gates.approvers',
    'gates.hosts',
    'hosts.host',
    'hosts.name',
    'hosts.pools',
    'journal.target',
    'leadsTo.names',
    'note.name',
    'partner.partner',
    'people.names',
    'policyFrom.gpo',
    'principals.name',
    'replicas.server',
    'replication.partner',
    'rollout.done',
    'rollout.failed',
    'services.clusterResource',
    'services.name',
    'services.startMode',
    'services.startName',
    'status.account',
    'status.dmsa',
    'status.requestedBy',
    'waitingFor.host',
    'waitingFor.hosts',
    'waitingFor.refused',
  ],
  'ids, hashes and signatures': [
    'accessRules.sid',
    'account.guid',
    'account.sid',
    'allowedPrincipals.sid',
    'dmsa.guid',
    'dmsa.hostsAllowed',
    'dmsa.principalsDigest',
    'dmsa.sid',
    'earlyVotes.hash',
    'earlyVotes.id',
    'earlyVotes.identity',
    'earlyVotes.jws',
    'earlyVotes.kid',
    'evidence.hash',
    'gates.hash',
    'hostsRefused.by',
    'hostsRefused.sid',
    'journal.id',
    'kdsKeys.id',
    'leadsTo.digest',
    'leadsTo.hosts',
    'observation.digest',
    'people.sid',
    'principals.sid',
    'signals.id',
    'status.execution',
    'status.migrationId',
    'status.planHash',
    'votes.hash',
    'votes.id',
    'votes.identity',
    'votes.jws',
    'votes.kid',
  ],
  'times and durations': [
    'account.expiresAt',
    'account.passwordLastSet',
    'allowedPrincipals.at',
    'carried.completedAt',
    'carried.hostsReadAt',
    'carried.soakUntil',
    'changed.bootTime',
    'domain.kdsEffectiveAt',
    'earlyVotes.at',
    'earlyVotes.receivedAt',
    'failedHosts.at',
    'gates.expiresAt',
    'gates.openedAt',
    'gates.remindAt',
    'journal.registeredAt',
    'kdsKeys.createdAt',
    'kdsKeys.effectiveAt',
    'note.at',
    'observation.until',
    'partner.lastSuccess',
    'queue.id',
    'queue.receivedAt',
    'replication.lastSuccess',
    'rollout.bakeUntil',
    'seen.at',
    'signals.at',
    'signals.limit',
    'skipped.at',
    'stages.endedAt',
    'stages.startedAt',
    'status.startedAt',
    'votes.at',
    'votes.receivedAt',
    'waitingFor.length',
    'waitingFor.since',
    'waitingFor.until',
  ],
  'codes of errors': ['failedHosts.code', 'failure.code'],
  'values as they were read': [
    'account.actOnBehalfOf',
    'account.flags',
    'dmsa.actOnBehalfOf',
    'dmsa.description',
    'differs.after',
    'differs.before',
    'differs.path',
    'drift.after',
    'drift.before',
    'drift.path',
  ],
  'what people sent': [
    'allowedPrincipals.by',
    'allowedPrincipals.reason',
    'earlyVotes.by',
    'earlyVotes.reason',
    'queue.payload',
    'signals.about',
    'signals.by',
    'signals.reason',
    'skipped.by',
    'skipped.reason',
    'undoRequest.by',
    'undoRequest.reason',
    'votes.by',
    'votes.reason',
  ],
  'what was seen, said for people beside a code that decides': [
    'failedHosts.message',
    'failure.message',
    'findings.evidence',
    'findings.fix',
    'unreachable.message',
  ],
} as const satisfies Record<string, readonly CarriedText[]>;

type Classified = (typeof classified)[keyof typeof classified][number];

/** Type checking fails here, and names a field that is not classified. */
const missing: Record<Exclude<CarriedText, Classified>, never> = {};

test('every text in the state of a migration is classified, and once', () => {
  const all: string[] = Object.values(classified).flat();
  expect(missing).toEqual({});
  expect(all.filter((field, index) => all.indexOf(field) !== index)).toEqual([]);
});
