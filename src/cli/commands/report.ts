import { join, resolve } from 'node:path';

import { Option } from 'commander';
import type { ReportFormat } from '../../report/reports.ts';
import type { SealedReport } from '../../report/seal.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';

interface ReportOptions {
  format: ReportFormat;
  out?: string;
}

export function reportCommand(): CommandSpec {
  const command = newCommand(
    'report',
    'Write what a migration has done, who said yes to what, and the proof of it.',
  )
    .argument('<migration>', 'its id, the name of the account, or a JSON report of before (report.json)')
    .addOption(
      new Option('--format <format>', 'one page that needs nothing else, data that can be verified, or text')
        .choices(['html', 'json', 'md'])
        .default('html'),
    )
    .option('--out <file>', 'where to; - is standard output (default: a file in records.folder)');
  return { command, run: report };
}

/** On the worker's machine, as commands and reads are recorded there; elsewhere the report says that it lacks them. */
async function report(context: Context, options: ReportOptions, named: string): Promise<number> {
  const { io, assembly } = context;
  const reports = await assembly.reports();
  const settings = await context.clientSettings();
  const sealed: SealedReport = named.endsWith('.json')
    ? await reports.readReport(resolve(io.folder, named))
    : await context.withMigrations((migrations) => reports.reportOf(migrations, named, settings, io.now()));
  const text = await reports.render(sealed, options.format);
  if (options.out === '-') {
    io.out.write(text);
    return 0;
  }
  const name = `${reports.reportName(sealed.report.status)}.${options.format}`;
  const file =
    options.out === undefined ? join(settings.records.folder, name) : resolve(io.folder, options.out);
  await reports.save(text, file);
  const { status, records } = sealed.report;
  const signed = sealed.signature !== null;
  const lacks = records ? '' : '\nWithout commands and reads: this machine has no records of the migration.';
  const unsigned = signed ? '' : '\nNot signed: set worker.signing-key-file to sign reports.';
  context.answer(`Report: ${file}${unsigned}${lacks}`, {
    migrationId: status.migrationId,
    outcome: status.outcome,
    file,
    format: options.format,
    digest: sealed.digest,
    signed,
    records: records !== null,
  });
  return 0;
}
