import { type Command, Option } from 'commander';

import type { ApproverKey } from '../../domain/plan/plan.ts';
import { type PlanRequest, parseRequest, requestDefaults } from '../../plan/request.ts';
import { collect } from '../context.ts';
import { gateRules } from './gate-option.ts';
import type { HostLine } from './hosts-file.ts';
import { number, type RolloutOptions, rolloutOf } from './rollout-options.ts';

/** What `dmsa plan` is asked, as commander parses it. */
export interface PlanOptions extends RolloutOptions {
  dmsa: string;
  host?: string[];
  hostsFile?: string;
  out?: string;
  detailedExitcode?: boolean;
  by?: string;
  container?: string;
  dnsName?: string;
  observe: string;
  soak: string;
  join: string;
  checkEvery: string;
  approver?: string[];
  startApprover?: string[];
  completeApprover?: string[];
  waveGate?: boolean;
  waveApprover?: string[];
  soakGate?: boolean;
  soakApprover?: string[];
  remindEvery?: string;
  approverKeys?: string[];
  required: number;
  expiresAfter: string;
  onExpiry: 'hold' | 'undo';
  gate?: PlanRequest['gates'];
  eventLog: boolean;
  waitForKds?: boolean;
  notify: boolean;
}

/** The options that say what is migrated, when, and who decides. */
export function addPlanOptions(command: Command, { saves }: { saves: boolean }): Command {
  const defaults = requestDefaults;
  const named = new Option('--dmsa <name>', 'name of the dMSA, at most 15 characters');
  if (saves) command.option('--out <file>', 'save the plan, for dmsa start');
  return command
    .addOption(saves ? named.makeOptionMandatory() : named)
    .option(
      '--host <name>',
      'a host with services of the account; may be repeated, in rollout order',
      collect,
    )
    .option(
      '--hosts-file <file>',
      'a file with one host a line, also with group=… and check=…; # begins a comment',
    )
    .option('--by <who>', 'who asks; may not approve (default: your login)')
    .option(
      '--container <dn>',
      'where the dMSA is created (default: CN=Managed Service Accounts of the domain)',
    )
    .option('--dns-name <name>', 'DNS host name of the dMSA (default: its name in the domain)')
    .option(
      '--observe <duration>',
      'between link and completion; 14d at least, 28d recommended',
      defaults.observe,
    )
    .option('--check-every <duration>', 'how often both objects are read meanwhile', defaults.checkEvery)
    .option('--join <duration>', 'how long a host may take to join the principals', defaults.join)
    .option('--soak <duration>', 'after completion, before it is called done', defaults.soak)
    .option(
      '--approver <who>',
      'who may approve at every gate; may be repeated (default: all but you)',
      collect,
    )
    .option('--start-approver <who>', 'who may approve at the gate "start"; may be repeated', collect)
    .option('--complete-approver <who>', 'who may approve at the gate "complete"; may be repeated', collect)
    .option('--wave-gate', 'ask for approval before each wave of restarts on the way to Complete')
    .option('--wave-approver <who>', 'who may approve there; may be repeated', collect)
    .option('--soak-gate', 'ask for approval before the migration is called done')
    .option('--soak-approver <who>', 'who may approve there; may be repeated', collect)
    .option(
      '--approver-keys <file>',
      'public keys of approvers, a JWK or a JWK set: only signed votes count; may be repeated',
      collect,
    )
    .option('--remind-every <duration>', 'how often people are reminded of an open gate (default: never)')
    .option('--required <number>', 'how many have to approve', number, defaults.required)
    .option('--expires-after <duration>', 'how long a gate waits for votes', defaults.expiresAfter)
    .addOption(
      new Option('--on-expiry <what>', 'what then').choices(['hold', 'undo']).default(defaults.onExpiry),
    )
    .option(
      '--gate <name:rules>',
      'what differs at one gate: start, complete, wave or soak, as complete:required=2,expires-after=3d,on-expiry=undo,remind-every=1d; may be repeated',
      gateRules,
    )
    .option('--no-event-log', 'leave the Kerberos operational log of the hosts as it is')
    .option('--wait-for-kds', 'wait for a KDS root key that becomes effective later, instead of refusing')
    .option('--no-notify', 'tell nobody by webhook');
}

/** What the planner is asked for. Throws PLAN_INVALID that names the field and what is accepted. */
export function requestOf(
  account: string,
  options: PlanOptions,
  lines: HostLine[],
  requestedBy: string,
  approverKeys: ApproverKey[] = [],
): PlanRequest {
  return parseRequest({
    account,
    dmsa: options.dmsa,
    hosts: [...(options.host ?? []), ...lines.map(({ name }) => name)],
    requestedBy: options.by ?? requestedBy,
    container: options.container ?? null,
    dnsHostName: options.dnsName ?? null,
    observe: options.observe,
    soak: options.soak,
    join: options.join,
    checkEvery: options.checkEvery,
    approvers: {
      start: [...(options.approver ?? []), ...(options.startApprover ?? [])],
      complete: [...(options.approver ?? []), ...(options.completeApprover ?? [])],
      wave: [...(options.approver ?? []), ...(options.waveApprover ?? [])],
      soak: [...(options.approver ?? []), ...(options.soakApprover ?? [])],
    },
    // Who is named for a gate wants it.
    waveGate: (options.waveGate ?? false) || options.waveApprover !== undefined,
    soakGate: (options.soakGate ?? false) || options.soakApprover !== undefined,
    remindEvery: options.remindEvery ?? null,
    approverKeys,
    required: options.required,
    expiresAfter: options.expiresAfter,
    onExpiry: options.onExpiry,
    gates: options.gate,
    enableEventLog: options.eventLog,
    waitForKds: options.waitForKds ?? false,
    notify: options.notify,
    ...rolloutOf(options, lines),
  });
}
