import type { LiveStatus } from '../../client/migrations.ts';
import { DmsaError } from '../../domain/errors.ts';
import { type Gate, type Vote, voteRefusals } from '../../domain/gates.ts';
import { type Context, newCommand } from '../context.ts';
import { askYesNo, declaredUser } from '../io.ts';
import type { CommandSpec } from '../program.ts';
import { gateLines } from '../render/gate.ts';
import { findingLines } from '../render/plan.ts';
import { cleaned } from '../render/text.ts';

interface VoteOptions {
  hash?: string;
  by?: string;
  reason: string;
}

export function voteCommands(): CommandSpec[] {
  return (['approve', 'reject'] as const).map((decision) => {
    const description = {
      approve: 'Approve at the gate that is open, for exactly the evidence that it shows.',
      reject: 'Say no at the gate that is open: everything is undone.',
    };
    const command = newCommand(decision, description[decision])
      .argument('<migration>', 'its id, or the name of the account')
      .option('--hash <hash>', 'the evidence that you have seen, or its first 8 characters at least')
      .option('--by <who>', 'who votes: DOMAIN\\name or name@domain (default: your login)')
      .option('--reason <text>', 'why; kept with the vote', '');
    return { command, run: (context, options, id) => vote(context, options, id!, decision) };
  });
}

async function vote(
  context: Context,
  options: VoteOptions,
  id: string,
  decision: Vote['decision'],
): Promise<number> {
  return await context.withMigrations(async (migrations) => {
    const status = await migrations.status(id);
    const gate = openGate(status);
    const hash = chosenHash(gate, options.hash);
    if (decision === 'approve') await confirm(context, status, gate, options.hash !== undefined);
    const by = options.by ?? declaredUser(context.io.env);
    const recorded = await migrations.vote(status.migrationId, {
      gate: gate.name,
      hash,
      by,
      decision,
      reason: options.reason,
    });
    if (recorded.refused)
      throw new DmsaError(
        'VOTE_REFUSED',
        status.migrationId,
        `${recorded.refused}: ${voteRefusals[recorded.refused]}`,
      );
    const done = decision === 'approve' ? 'Approved' : 'Rejected';
    context.answer(
      `${done} gate "${gate.name}" of ${status.migrationId} as ${by}, evidence ${hash.slice(0, 16)}`,
      {
        migrationId: status.migrationId,
        vote: recorded,
      },
    );
    return 0;
  });
}

function openGate(status: LiveStatus): Gate & { hash: string } {
  const gate = status.gates.find((each) => each.decision === 'open');
  if (gate?.hash) return { ...gate, hash: gate.hash };
  const why = gate ? `gate "${gate.name}" still reads its evidence` : `it is at stage ${status.stage}`;
  throw new DmsaError('GATE_NOT_OPEN', status.migrationId, `${status.migrationId} waits for no vote: ${why}`);
}

/** A hash that was given is sent as it is where it is not that of the gate: the migration refuses and records it. */
function chosenHash(gate: { hash: string }, given: string | undefined): string {
  if (given === undefined) return gate.hash;
  return given.length >= 8 && gate.hash.startsWith(given.toLowerCase()) ? gate.hash : given;
}

/** A yes is for exactly what is about to happen: whoever names no hash is shown the evidence and asked. */
async function confirm(context: Context, status: LiveStatus, gate: Gate, named: boolean): Promise<void> {
  if (named || context.yes) return;
  const view = { color: context.color, width: context.width, now: context.io.now() };
  context.tell(gateLines(cleaned(gate), view).join('\n'));
  if (status.findings.length > 0) context.tell(findingLines(cleaned(status.findings), view).join('\n'));
  const answer = await askYesNo(context.io, `Approve "${gate.name}" for ${status.account} → ${status.dmsa}?`);
  if (answer) return;
  throw new DmsaError(
    'PLAN_INVALID',
    'approve',
    answer === null
      ? 'nobody can be asked here: name the evidence with --hash (dmsa status shows it), or give --yes'
      : 'nothing was approved',
  );
}
