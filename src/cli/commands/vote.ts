import { resolve } from 'node:path';

import { Option } from 'commander';
import { type PrivateKey, readPrivateKey } from '../../approval/keys.ts';
import { signVote } from '../../approval/votes.ts';
import type { LiveStatus } from '../../client/migrations.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import { type Gate, type Vote, voteRefusals } from '../../domain/gates/gates.ts';
import type { PlanStep } from '../../domain/migration/plan-step.ts';
import { stepsAfterGate } from '../../domain/migration/plan-steps.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { declined, noTerminal } from '../failures.ts';
import { askYesNo, declaredUser } from '../io.ts';
import { ballotOf, gateName, signedFor, type VoteOptions } from '../prompts/ballot.ts';
import { gateLines } from '../view/gate.ts';
import { findingLines } from '../view/plan.ts';
import { stepLines } from '../view/steps.ts';
import { requireShort } from './acting.ts';

export function voteCommands(): CommandSpec[] {
  return (['approve', 'reject'] as const).map((decision) => {
    const description = {
      approve: 'Approve at the gate that is open, for exactly the evidence that it shows.',
      reject: 'Say no at the gate that is open: everything is undone.',
    };
    const command = newCommand(decision, description[decision])
      .argument('<migration>', 'its id, or the name of the account')
      .addOption(
        new Option('--gate <name>', 'the gate that you mean (default: the one that is open)').argParser(
          gateName,
        ),
      )
      .option('--hash <hash>', 'the evidence that you have seen, or its first 8 characters at least')
      .option(
        '--by <who>',
        'who votes: DOMAIN\\name or name@domain (default: whose key it is, else your login)',
      )
      .option('--key <file>', 'private key to sign with, where the plan wants signed votes (dmsa keys new)')
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
  requireShort(options);
  return await context.withMigrations(async (migrations) => {
    const status = await migrations.status(id);
    const ballot = ballotOf(status, options);
    const plan = await migrations.plan(status.migrationId);
    if (decision === 'approve' && options.hash === undefined && !context.yes)
      await confirm(context, status, ballot.gate!, plan);
    const key = await signingKey(context, options.key);
    // The plan says so before there is a gate that does: a vote that comes too early is signed, too.
    const isSigned = plan?.approverKeys !== undefined || status.gates.some(({ signed }) => signed);
    if (isSigned && !key) throw unsigned(status.migrationId);
    const by = options.by ?? key?.approver ?? declaredUser(context.io.env);
    const at = context.io.now().toISOString();
    const cast = { gate: ballot.name, hash: ballot.hash, by, decision, reason: options.reason, at };
    const jws = isSigned && key ? await signVote(cast, signedFor(status, plan), key) : undefined;
    const recorded = await migrations.vote(status.migrationId, cast, jws);
    if (recorded.refused)
      throw new DmsaError(
        'VOTE_REFUSED',
        status.migrationId,
        `${recorded.refused}: ${voteRefusals[recorded.refused]}`,
      );
    const done = decision === 'approve' ? 'Approved' : 'Rejected';
    const text = `${done} gate "${cast.gate}" of ${status.migrationId} as ${by}, evidence ${cast.hash.slice(0, 16)}`;
    context.answer(escapeTerminal(text), { migrationId: status.migrationId, vote: recorded });
    return 0;
  });
}

/** `--key`, else the one of the settings; null where there is none. */
async function signingKey(context: Context, given: string | undefined): Promise<PrivateKey | null> {
  if (given !== undefined) return await readPrivateKey('--key', resolve(context.io.folder, given));
  const { vote } = await context.clientSettings();
  return vote ? await readPrivateKey('vote.key-file', vote.keyFile) : null;
}

function unsigned(id: string): DmsaError {
  const message = `${id} takes signed votes only: give your private key with --key`;
  return new DmsaError('VOTE_REFUSED', id, `VOTE_UNSIGNED: ${message}`);
}

/** What a yes lets happen, up to the next gate and beyond. */
function stepsAhead(status: LiveStatus, gate: Gate, plan: Plan | null): PlanStep[] {
  if (!plan) return [];
  const { name, openedAt, hosts } = gate;
  if (name === 'start' || name === 'complete') return stepsAfterGate(name, plan, status.before, openedAt);
  if (hosts === undefined) return [];
  const restarted = hosts.map((host) => ({ name: host, services: [], pools: [] }));
  return [{ step: 'restart-services', wave: name, hosts: restarted, bakesUntil: null }];
}

/** A yes is for exactly what is about to happen: whoever names no hash is shown the evidence and asked. */
async function confirm(context: Context, status: LiveStatus, gate: Gate, plan: Plan | null): Promise<void> {
  const view = { color: context.color, width: context.width, now: context.io.now() };
  const steps = stepsAhead(status, gate, plan);
  const { planHash, requestedBy, findings } = escapeTerminal(status);
  const sections = [
    [
      `Plan ${planHash.slice(0, 16)}, asked for by ${requestedBy}`,
      ...gateLines(escapeTerminal(gate), status, view),
    ],
    steps.length > 0 ? stepLines(steps, view) : [],
    findings.length > 0 ? findingLines(findings, view) : [],
  ];
  const shown = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  context.tell(`${shown.join('\n\n')}\n`);
  const answer = await askYesNo(context.io, `Approve "${gate.name}" for ${status.account} → ${status.dmsa}?`);
  if (answer === null)
    throw noTerminal('approve', 'name the evidence with --hash (dmsa status shows it), or give --yes');
  if (!answer) throw declined('nothing was approved');
}
