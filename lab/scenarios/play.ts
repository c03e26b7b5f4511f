import { signVote } from '../../src/approval/signed-votes.ts';
import type { Gate } from '../../src/domain/gates/gates.ts';
import type { StageName } from '../../src/domain/migration/stages.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { type Play, people, type Scenario } from './scenario.ts';

/**
 * Plays the people of a scenario: called with every status, it votes at each gate that opens, allows strangers, and
 * does what the scenario has happen at a stage. All by real signals, from an identity that is not the requester's.
 */
export function player(scenario: Scenario, play: Play): (status: MigrationStatus) => Promise<void> {
  const done = new Set<string>();
  const once = async (key: string, act: () => Promise<unknown>) => {
    if (done.has(key)) return;
    done.add(key);
    await act();
  };
  return async (status) => {
    for (const { name } of status.stages) {
      const act = scenario.onStage?.[name as StageName];
      if (act) await once(`stage ${name}`, () => act(play));
    }
    for (const gate of status.gates) {
      if (gate.decision === 'open' && gate.hash !== null)
        await voteAt({ ...gate, hash: gate.hash }, scenario, status, play, once);
    }
    if (scenario.failedHosts) await decideOnHosts(scenario.failedHosts, status, play, once);
    if (scenario.allowStrangers) await allowStrangers(status, play, once);
  };
}

async function voteAt(
  gate: Gate & { hash: string },
  scenario: Scenario,
  status: MigrationStatus,
  play: Play,
  once: (key: string, act: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const { name, hash } = gate;
  const said = scenario.votes?.[name] ?? 'approve';
  if (said === 'never' || (said === 'when-overdue' && !gate.overdue)) return;
  const meanwhile = scenario.onGate?.[name];
  if (meanwhile) await once(`at gate ${name}`, () => meanwhile(play));
  const decision = said === 'reject' ? 'reject' : 'approve';
  const reason = decision === 'approve' ? 'plan and evidence look right' : 'not in the quarter-end week';
  const vote = { gate: name, hash, by: people.approver, decision, reason } as const;
  await once(`gate ${name} ${hash}`, async () => {
    if (!play.key) return await play.migrations.vote(play.id, vote);
    await play.migrations.vote(play.id, vote);
    const signed = { ...vote, at: new Date().toISOString() };
    const { migrationId: migration, execution = '', planHash: plan } = status;
    const jws = await signVote(signed, { migration, execution, plan }, play.key);
    return await play.migrations.vote(play.id, signed, jws);
  });
}

async function allowStrangers(
  status: MigrationStatus,
  { migrations, id }: Play,
  once: (key: string, act: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  for (const { code, subject } of status.findings) {
    if (code !== 'PRINCIPAL_UNKNOWN') continue;
    const reason = 'the kiosk runs the finance reports; it was forgotten in the plan';
    await once(`allow ${subject}`, () =>
      migrations.send(id, 'allowPrincipal', { by: people.operator, sid: subject, reason }),
    );
  }
}

async function decideOnHosts(
  decision: 'retry' | 'skip',
  status: MigrationStatus,
  { migrations, id }: Play,
  once: (key: string, act: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  for (const { host } of status.failedHosts) {
    await once(`${decision} ${host}`, () =>
      decision === 'retry'
        ? migrations.send(id, 'retry', { by: people.operator, host, reason: 'its disk was full' })
        : migrations.send(id, 'skipHost', {
            by: people.operator,
            host,
            reason: 'it is taken out of service',
          }),
    );
  }
}
