import { CompactSign } from 'jose';

import { canonicalJson } from '../domain/values/canonical.ts';
import { escapeJsonText } from '../wording/escape/terminal.ts';
import type { SigningKey } from './keys.ts';
import { type Report, sha256 } from './report.ts';

/** A report with its digest, and where there is a key, its signature. */
export interface SealedReport {
  report: Report;
  /** SHA-256, hex, of the canonical JSON of `report`. */
  digest: string;
  /** Compact JWS (RFC 7515) whose payload names the digest; null for a report that is not signed. */
  signature: string | null;
}

/** `typ` of the signature, so that no other signature of the same key can be taken for one of a report. */
export const signatureType = 'dmsa-report+jws';

export async function sealReport(report: Report, key: SigningKey | null): Promise<SealedReport> {
  const digest = sha256(canonicalJson(report));
  return { report, digest, signature: key && (await signed(digest, key)) };
}

/**
 * The JSON report, as it is written to a file: canonical JSON on one line, so that any other octets are a change. What a
 * terminal would obey is escaped here alone: the digest is that of the canonical JSON without it.
 */
export function reportText(sealed: SealedReport): string {
  return `${escapeJsonText(canonicalJson(sealed))}\n`;
}

/** Payload of the signature: it names the digest. */
export function signedPayload(digest: string): string {
  return canonicalJson({ kind: 'dmsa-report', version: 1, sha256: digest });
}

async function signed(digest: string, { key, jwk, kid, thumbprint }: SigningKey): Promise<string> {
  return await new CompactSign(new TextEncoder().encode(signedPayload(digest)))
    .setProtectedHeader({ alg: 'EdDSA', typ: signatureType, kid: kid ?? thumbprint, jwk })
    .sign(key);
}
