import { expect, test } from 'vitest';

import { type Audit, audit } from '../../src/audit/audit.ts';
import { migrationId } from '../../src/domain/plan/plan.ts';
import { fileRecords } from '../../src/records/records.ts';
import { addDmsa, entryOf, type InLab, imageOf, inLab, run } from '../activities/in-lab.ts';
import { codes } from './in-domain.ts';

/** A migration by the worker's own activities, whose journal is written where a worker writes it. */
async function world(): Promise<InLab> {
  const made = await inLab();
  return { ...made, deps: { ...made.deps, records: fileRecords(made.lab.settings.records.folder) } };
}

async function prepareAndLink(made: InLab) {
  const { plan, target } = made;
  const id = migrationId(plan);
  const none = { policy: { value: null, keyExists: false }, eventLogEnabled: false };
  const entries = plan.hosts.map(({ name }) => entryOf(made, 'prepare-host', none, 'intended', name));
  await run(made, 'prepareHosts', { migrationId: id, entries, maxParallel: 8, enableEventLog: false });
  await addDmsa(made);
  const image = { ...(await imageOf(made)), createdByUs: true };
  const link = entryOf(made, 'link', image, 'intended', plan.dmsa.dn);
  await run(made, 'startMigration', { migrationId: id, entry: link, target });
  return { id, link };
}

async function auditOf({ deps, lab, clock }: InLab): Promise<Audit> {
  const { connectDirectory, transport, managementHost } = deps;
  return await audit(
    { connectDirectory, recordsFolder: lab.settings.records.folder, events: { transport, managementHost } },
    { filter: { account: null, dmsa: null, ou: null }, now: clock.now, signal: new AbortController().signal },
  );
}

test('a migration by this program is proven by its journal, from link to completion and back', async () => {
  const made = await world();
  const { id, link } = await prepareAndLink(made);
  await made.lab.hosts[0]!.restart({
    ...{
      services: ['FinanceApi'],
      pools: [],
      checks: [],
      startStopped: false,
      unlessStartedSince: null,
      eventsSince: null,
    },
    ...{ sentAt: made.clock.now.toISOString(), timeoutSeconds: 10 },
  });
  made.lab.dc.events.length = 0;
  const started = await auditOf(made);
  expect(started.findings).toEqual([]);
  expect(started.pairs[0]).toMatchObject({
    state: 'started',
    since: { at: '2025-06-01T08:00:00.000Z', exact: true },
    start: { verdict: 'yes', evidence: 'our records have its Start, 2025-06-01T08:00:00.000Z' },
    dmsa: { principals: [{ name: 'FIN01$', kind: 'computer' }] },
  });
  expect(started.pairs[0]!.dmsa!.ourHosts).toEqual(made.plan.hosts.map(({ computerSid }) => computerSid));

  made.clock.now = new Date('2025-06-20T08:00:00.000Z');
  const { account, dmsa } = await imageOf(made);
  const complete = entryOf(made, 'complete', { account, dmsa }, 'intended', made.plan.dmsa.dn);
  await run(made, 'completeMigration', { migrationId: id, entry: complete, target: made.target });
  made.lab.dc.events.length = 0;
  const completed = await auditOf(made);
  expect([completed.findings, completed.pairs[0]!.since]).toEqual([
    [],
    { at: '2025-06-20T08:00:00.000Z', exact: true },
  ]);

  const applied = { status: 'applied' as const };
  await run(made, 'undoComplete', {
    migrationId: id,
    entry: { ...complete, ...applied },
    target: made.target,
  });
  await run(made, 'undoLink', { migrationId: id, entry: { ...link, ...applied }, target: made.target });
  const undone = await auditOf(made);
  expect(undone.pairs.map(({ account, state, verdict }) => [account, state, verdict])).toEqual([
    [null, 'unlinked', 'ok'],
  ]);
});

test('a computer that no plan of ours had is a stranger among the principals of our dMSA', async () => {
  const made = await world();
  await prepareAndLink(made);
  const stranger = made.lab.seeded.computerSids.get('kiosk07.lab.example')!;
  const principals = [...made.plan.hosts.map(({ computerSid }) => computerSid), stranger];
  const { transport, managementHost } = made.deps;
  const request = { dmsa: made.plan.dmsa.dn, principals, server: made.plan.domain.server };
  await transport.run(managementHost, 'set-principals', request, { timeoutMs: 10_000 });
  const found = await auditOf(made);
  expect(codes(found)).toEqual(['warn PRINCIPAL_UNKNOWN']);
  expect(found.findings[0]).toMatchObject({
    subject: stranger,
    evidence: `of ${made.plan.dmsa.dn}: KIOSK07$ is a computer that is no host of the plan`,
  });
});
