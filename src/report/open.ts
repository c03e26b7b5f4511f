import { z } from 'zod';
import { DmsaError } from '../domain/errors/errors.ts';
import { canonicalJson } from '../domain/values/canonical.ts';
import { type Report, sha256 } from './report.ts';
import { reportText, type SealedReport } from './seal.ts';

/** Octets beyond which a file cannot be a report, and is not read. */
export const mostReportOctets = 256 * 1024 * 1024;

/** Shape by which a report is recognised; the digest vouches for the rest. */
const schema = z.strictObject({
  digest: z.string(),
  signature: z.string().nullable(),
  report: z.looseObject({
    kind: z.literal('dmsa-report'),
    version: z.number(),
    madeAt: z.iso.datetime(),
    madeBy: z.string(),
    ended: z.boolean(),
    status: z.looseObject({
      migrationId: z.string(),
      account: z.string(),
      dmsa: z.string(),
      outcome: z.string(),
      planHash: z.string(),
      startedAt: z.iso.datetime(),
      stages: z.array(z.looseObject({})),
      gates: z.array(z.looseObject({})),
    }),
    plan: z.looseObject({}).nullable(),
  }),
});

/**
 * The report in the octets of a file, unchanged since it was made; who signed it is another question. Throws
 * REPORT_INVALID for what is no report, REPORT_CHANGED for one of which any octet is another.
 */
export function openReport(octets: Uint8Array): SealedReport {
  const sealed = parsed(octets);
  if (sealed.report.version !== 1)
    throw invalid(`it is of version ${sealed.report.version}, and this program knows version 1`);
  // JSON can be written in many ways, and the report is written in one of them.
  if (!Buffer.from(reportText(sealed)).equals(octets))
    throw changed('the file is not as it was written: octets were added, removed, or it was formatted anew');
  const digest = sha256(canonicalJson(sealed.report));
  if (sealed.digest !== digest)
    throw changed(`its contents have the digest ${digest}, and it says ${sealed.digest}`);
  return sealed;
}

export function changed(why: string): DmsaError {
  return new DmsaError('REPORT_CHANGED', 'report', `this is not what was made: ${why}`);
}

export function invalid(why: string): DmsaError {
  return new DmsaError('REPORT_INVALID', 'report', `this is no report: ${why}`);
}

function parsed(octets: Uint8Array): SealedReport {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets));
  } catch {
    throw invalid('it is not JSON');
  }
  const checked = schema.safeParse(json);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    throw invalid(`${issue.path.join('.') || '(all)'}: ${issue.message}`);
  }
  // Not the parsed copy: the octets are compared with the JSON as it was read.
  const { digest, signature, report } = json as SealedReport;
  return { digest, signature, report: report as Report };
}
