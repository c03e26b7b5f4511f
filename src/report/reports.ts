import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Migrations } from '../client/migrations.ts';
import { unreadable, unwritable } from '../config/files.ts';
import type { ClientSettings } from '../config/settings.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import { renderHtml } from './html.ts';
import { readPublicKeys, readSigningKey } from './keys.ts';
import { renderMarkdown } from './markdown.ts';
import { mostReportOctets, openReport } from './open.ts';
import { readRecorded } from './recorded.ts';
import { makeReport, type ReportParts } from './report.ts';
import { reportText, type SealedReport, sealReport } from './seal.ts';
import { signerOf, type Verification, verifyReport } from './verify.ts';

export { reportName } from './name.ts';
export { readRecorded } from './recorded.ts';

/** Work of the commands `report` and `verify`; loaded when one of them runs. */

export const reportFormats = ['html', 'json', 'md'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/**
 * The report of a migration as it is now, with what is recorded of it on this machine, signed where the settings have a
 * key. Throws what Migrations throws, and what readSigningKey throws.
 */
export async function reportOf(
  migrations: Migrations,
  id: string,
  { worker, records }: Pick<ClientSettings, 'worker' | 'records'>,
  madeAt: Date,
): Promise<SealedReport> {
  const status = await migrations.status(id);
  const plan = await migrations.plan(status.migrationId);
  const recorded = await readRecorded(records.folder, status.migrationId, status.startedAt);
  return await sealed({ status, plan, records: recorded, madeAt }, worker.signingKeyFile);
}

export async function sealed(parts: ReportParts, signingKeyFile?: string): Promise<SealedReport> {
  const key = signingKeyFile === undefined ? null : await readSigningKey(signingKeyFile);
  return await sealReport(makeReport(parts), key);
}

/** Reads a JSON report. Throws REPORT_INVALID and REPORT_CHANGED; does not check who signed it. */
export async function readReport(file: string): Promise<SealedReport> {
  return openReport(await octetsOf(file));
}

export async function render(report: SealedReport, format: ReportFormat): Promise<string> {
  if (format === 'json') return reportText(report);
  const signer = await signerOf(report);
  return format === 'html' ? renderHtml(report, signer) : renderMarkdown(report, signer);
}

/** Into a folder that need not be there; what is in the report is for whoever may read the records, so for its owner. */
export async function save(text: string, file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { mode: 0o600 });
    await chmod(file, 0o600);
  } catch (cause) {
    throw unwritable('--out', file, cause as NodeJS.ErrnoException);
  }
}

/** `keyFile`: a JWK or a JWK set; null where the caller vouches for none. Throws as verifyReport and readPublicKeys. */
export async function verify(file: string, keyFile: string | null): Promise<Verification> {
  const vouched = keyFile === null ? null : await readPublicKeys(keyFile);
  return await verifyReport(await octetsOf(file), vouched);
}

async function octetsOf(file: string): Promise<Uint8Array> {
  const octets = await readFile(file).catch((cause) => unreadable('report', file, cause));
  if (octets.length <= mostReportOctets) return octets;
  throw new DmsaError('REPORT_INVALID', file, `${file}: it is longer than any report`);
}
