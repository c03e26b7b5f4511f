import { resolve } from 'node:path';

import { Option } from 'commander';
import { type PrivateKey, readPrivateKey } from '../../approval/keys.ts';
import { signVote } from '../../approval/signed-votes.ts';
import type { LiveStatus } from '../../client/migrations.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import type { Gate } from '../../domain/gates/gates.ts';
import type { Vote } from '../../domain/gates/votes.ts';
import type { PlanStep } from '../../domain/migration/plan-step.ts';
import { stepsAfterGate } from '../../domain/migration/plan-steps.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { voteRefusals } from '../../wording/vote.ts';
import type { CommandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { declined, noTerminal } from '../failures.ts';
import { askYesNo, declaredUser } from '../io.ts';
import { ballotOf, gateName, signedFor, type VoteOptions } from '../prompts/ballot.ts';
import { gateLines } from '../view/gate.ts';
import { findingLines } from '../view/plan.ts';
import { stepLines } from '../view/steps.ts';
import { joinSections } from '../view/text.ts';
import { type SignalAnswer, type SignalCall, signalCommand } from './signal-command.ts';

export function voteCommands(): CommandSpec[] {
  return [
    voteCommand('approve', 'Approve at the gate that is open, for exactly the evidence that it shows.'),
    voteCommand('reject', 'Say no at the gate that is open: everything is undone.'),
  ];
}

function voteCommand(decision: Vote['decision'], description: string): CommandSpec {
  const gate = new Option('--gate <name>', 'the gate that you mean (default: the one that is open)');
  const act = (call: SignalCall<VoteOptions>) => vote(call, decision);
  return signalCommand(decision, description, act, {
    help: {
      by: 'who votes: DOMAIN\\name or name@domain (default: whose key it is, else your login)',
      reason: 'why; kept with the vote',
    },
    evenEnded: true,
    configure: (command) =>
      command
        .addOption(gate.argParser(gateName))
        .option('--hash <hash>', 'the evidence that you have seen, or its first 8 characters at least')
        .option(
          '--key <file>',
          'private key to sign with, where the plan wants signed votes (dmsa keys new)',
        ),
  });
}

async function vote(call: SignalCall<VoteOptions>, decision: Vote['decision']): Promise<SignalAnswer> {
  const { context, options, migrations, status } = call;
  const { migrationId } = status;
  const ballot = ballotOf(status, options);
  const plan = await migrations.plan(migrationId);
  if (decision === 'approve' && options.hash === undefined && !context.yes)
    await confirm(context, status, ballot.gate!, plan);
  const key = await signingKey(context, options.key);
  // The plan says so before there is a gate that does: a vote that comes too early is signed, too.
  const isSigned = plan?.approverKeys !== undefined || status.gates.some(({ signed }) => signed);
  if (isSigned && !key) throw unsigned(migrationId);
  const by = options.by ?? key?.approver ?? declaredUser(context.io.env);
  const at = context.io.now().toISOString();
  const cast = { gate: ballot.name, hash: ballot.hash, by, decision, reason: options.reason, at };
  const jws = isSigned && key ? await signVote(cast, signedFor(status, plan), key) : undefined;
  const recorded = await migrations.vote(migrationId, cast, jws);
  if (recorded.verdict === 'refused') {
    const message = `${recorded.code}: ${voteRefusals[recorded.code]}`;
    throw new DmsaError('VOTE_REFUSED', migrationId, message);
  }
  const done = decision === 'approve' ? 'Approved' : 'Rejected';
  const text = `${done} gate "${cast.gate}" of ${migrationId} as ${by}, evidence ${cast.hash.slice(0, 16)}`;
  return { text, value: { migrationId, vote: recorded } };
}

/** `--key`, else the one of the settings; null where there is none. */
async function signingKey(context: Context, given: string | undefined): Promise<PrivateKey | null> {
  if (given !== undefined) return await readPrivateKey('--key', resolve(context.io.folder, given));
  const { vote } = await context.clientSettings();
  return vote ? await readPrivateKey('vote.key-file', vote.keyFile) : null;
}

function unsigned(id: string): DmsaError {
  return new DmsaError(
    'VOTE_KEY_MISSING',
    id,
    `${id} takes signed votes only, and there is no key to sign with`,
  );
}

/** Steps that an approval allows, up to the next gate and beyond. */
function stepsAhead(status: LiveStatus, gate: Gate, plan: Plan | null): PlanStep[] {
  if (!plan) return [];
  const { name, openedAt, hosts } = gate;
  if (name === 'start' || name === 'complete') return stepsAfterGate(name, plan, status.before, openedAt);
  if (hosts === undefined) return [];
  const restarted = hosts.map((host) => ({ name: host, services: [], pools: [] }));
  return [{ step: 'restart-services', wave: name, hosts: restarted, bakesUntil: null }];
}

/** Shows the evidence and asks an approver who names no hash. Throws DECLINED and NO_TERMINAL. */
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
  context.tell(`${joinSections(sections)}\n`);
  const answer = await askYesNo(context.io, `Approve "${gate.name}" for ${status.account} → ${status.dmsa}?`);
  if (answer === null)
    throw noTerminal('approve', 'name the evidence with --hash (dmsa status shows it), or give --yes');
  if (!answer) throw declined('nothing was approved');
}
