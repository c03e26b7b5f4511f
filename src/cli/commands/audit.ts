import { auditCsv } from '../../audit/csv.ts';
import { exitCodes } from '../../domain/states.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { renderAudit } from '../view/audit.ts';

interface AuditOptions {
  account?: string;
  dmsa?: string;
  ou?: string;
  events: boolean;
}

export function auditCommand(): CommandSpec {
  const command = newCommand(
    'audit',
    'Read every dMSA and superseded account of the domain, change nothing, and say what is wrong with them.',
    ['text', 'json', 'csv'],
  )
    .option('--account <name>', 'only this account: a name, DOMAIN\\name, UPN, DN, GUID or SID')
    .option('--dmsa <name>', 'only this dMSA: a name, DN or GUID')
    .option('--ou <dn>', 'only pairs of which one is below this container')
    .option(
      '--no-events',
      'do not ask domain controllers for event 3085: a forged pair then looks like a real one',
    );
  return { command, run: audit };
}

/** Also where something blocks the whole answer is printed: what is wrong is what was asked for. */
async function audit(context: Context, options: AuditOptions): Promise<number> {
  const { account = null, dmsa = null, ou = null, events } = options;
  const settings = await (events ? context.settings() : context.directorySettings());
  const { now, signal } = context.io;
  const found = await context.assembly.audit({ filter: { account, dmsa, ou }, now: now(), signal }, settings);
  if (context.format === 'csv') context.io.out.write(auditCsv(found));
  else {
    // What reads a pipe wants names whole.
    const width = context.io.out.isTTY ? context.width : Number.POSITIVE_INFINITY;
    context.answer(renderAudit(found, { color: context.color, width }), found);
  }
  return found.summary.block > 0 ? exitCodes.blocked : exitCodes.completed;
}
