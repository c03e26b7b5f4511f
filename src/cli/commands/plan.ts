import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { InvalidArgumentError, Option } from 'commander';

import { DmsaError } from '../../domain/errors.ts';
import { blocking } from '../../domain/findings.ts';
import { parseRequest, requestDefaults } from '../../plan/request.ts';
import { type Context, collect, newCommand } from '../context.ts';
import { readHostsFile } from '../hosts-file.ts';
import { declaredUser } from '../io.ts';
import type { CommandSpec } from '../program.ts';
import { renderPlan } from '../render/plan.ts';

interface PlanOptions {
  dmsa: string;
  host?: string[];
  hostsFile?: string;
  out?: string;
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
  required: number;
  expiresAfter: string;
  onExpiry: 'hold' | 'undo';
  canary: number;
  maxParallel: number;
  serviceTimeout: string;
  eventLog: boolean;
  waitForKds?: boolean;
}

export function planCommand(): CommandSpec {
  const defaults = requestDefaults;
  const command = newCommand(
    'plan',
    'Read directory and hosts, change nothing, and say what a migration would do.',
  )
    .argument('<account>', 'the account to be superseded: a name, DOMAIN\\name, UPN, DN, GUID or SID')
    .requiredOption('--dmsa <name>', 'name of the dMSA, at most 15 characters')
    .option(
      '--host <name>',
      'a host with services of the account; may be repeated, in rollout order',
      collect,
    )
    .option('--hosts-file <file>', 'a file with one host a line; # begins a comment')
    .option('--out <file>', 'save the plan, for dmsa start')
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
      'who may approve at both gates; may be repeated (default: all but you)',
      collect,
    )
    .option('--start-approver <who>', 'who may approve at the gate "start"; may be repeated', collect)
    .option('--complete-approver <who>', 'who may approve at the gate "complete"; may be repeated', collect)
    .option('--required <number>', 'how many have to approve', number, defaults.required)
    .option('--expires-after <duration>', 'how long a gate waits for votes', defaults.expiresAfter)
    .addOption(
      new Option('--on-expiry <what>', 'what then').choices(['hold', 'undo']).default(defaults.onExpiry),
    )
    .option('--canary <number>', 'how many hosts go first, alone', number, defaults.canary)
    .option('--max-parallel <number>', 'how many hosts go at a time after them', number, defaults.maxParallel)
    .option('--service-timeout <duration>', 'how long a service may take to restart', defaults.serviceTimeout)
    .option('--no-event-log', 'leave the Kerberos operational log of the hosts as it is')
    .option('--wait-for-kds', 'wait for a KDS root key that becomes effective later, instead of refusing');
  return { command, run: planMigration };
}

async function planMigration(context: Context, options: PlanOptions, account: string): Promise<number> {
  const request = parseRequest({
    account,
    dmsa: options.dmsa,
    hosts: [...(options.host ?? []), ...(await readHostsFile(context.io, options.hostsFile))],
    requestedBy: options.by ?? declaredUser(context.io.env),
    container: options.container ?? null,
    dnsHostName: options.dnsName ?? null,
    observe: options.observe,
    soak: options.soak,
    join: options.join,
    checkEvery: options.checkEvery,
    approvers: {
      start: [...(options.approver ?? []), ...(options.startApprover ?? [])],
      complete: [...(options.approver ?? []), ...(options.completeApprover ?? [])],
    },
    required: options.required,
    expiresAfter: options.expiresAfter,
    onExpiry: options.onExpiry,
    canary: options.canary,
    maxParallel: options.maxParallel,
    serviceTimeout: options.serviceTimeout,
    enableEventLog: options.eventLog,
    waitForKds: options.waitForKds ?? false,
  });
  const { plan, findings, facts } = await context.assembly.plan(request, await context.settings());
  const blocks = blocking(findings);
  const text = renderPlan(plan, findings, context);
  if (!plan || blocks.length > 0) {
    const codes = blocks.map(({ code, subject }) => `${code} ${subject}`).join(', ');
    if (context.format === 'text') context.tell(text);
    else
      context.answer('', {
        error: { code: 'PREFLIGHT_BLOCKED', message: codes },
        plan: null,
        findings,
        facts,
      });
    return refused(context, codes);
  }
  const out = options.out ? resolve(context.io.folder, options.out) : null;
  if (out) await writeFile(out, `${JSON.stringify(plan, null, 2)}\n`);
  context.answer(out ? `${text}\n\nSaved as ${out}: dmsa start ${options.out}` : text, {
    plan,
    findings,
    facts,
    out,
  });
  return 0;
}

/** The findings have been printed; the error's line comes last, so that it is seen. */
function refused(context: Context, codes: string): number {
  const { code, message, fix } = new DmsaError('PREFLIGHT_BLOCKED', 'plan', `blocked by ${codes}`);
  context.io.err.write(`${code}: ${message} (fix: ${fix})\n`);
  return 2;
}

function number(value: string): number {
  if (!/^-?\d+$/.test(value)) throw new InvalidArgumentError('Write a whole number.');
  return Number(value);
}
