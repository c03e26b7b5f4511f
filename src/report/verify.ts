import { compactVerify, decodeProtectedHeader } from 'jose';
import { checkVotes, gateProblems, type VoteCheck } from '../approval/check-votes.ts';
import { DmsaError, type ErrorCode } from '../domain/errors/errors.ts';
import { planHash } from '../plan/hash.ts';
import { type PublicKey, publicKeysOf, verificationKey } from './keys.ts';
import { changed, openReport } from './open.ts';
import type { Report } from './report.ts';
import { type SealedReport, signatureType, signedPayload } from './seal.ts';

export interface Verification {
  /** Intact, and signed by one of the given keys; so are votes that say that they are signed. */
  valid: boolean;
  /** Problems, the worst first; empty for a valid report. */
  problems: { code: ErrorCode; message: string; fix: string }[];
  /** Whose report it is; null where that cannot be told. */
  report: Pick<Report, 'madeAt' | 'madeBy'> & { migrationId: string; outcome: string };
  digest: string;
  /** Null where it is not signed. `vouched`: it is one of the given keys. */
  signedBy: { kid: string; thumbprint: string; vouched: boolean } | null;
  votes: VoteCheck[];
}

/**
 * Checks that a report is unchanged and who signed it, with nothing but the file and the keys that the caller vouches for;
 * null for none. Throws REPORT_INVALID and REPORT_CHANGED, as there is nothing else to say of such a file.
 */
export async function verifyReport(octets: Uint8Array, vouched: PublicKey[] | null): Promise<Verification> {
  const sealed = openReport(octets);
  const { report, digest } = sealed;
  const signer = await signerOf(sealed);
  const votes = await checkVotes(report);
  const problems = [
    ...(signer ? trustProblems(signer, vouched) : [unsigned]),
    ...planProblems(report),
    ...votes
      .filter((vote) => vote.verdict === 'invalid')
      .map((vote) => new DmsaError('REPORT_VOTE_INVALID', vote.by, `the vote of ${vote.by}: ${vote.why}`)),
    ...gateProblems(report).map(
      ({ gate, why }) => new DmsaError('REPORT_VOTE_INVALID', gate, `gate "${gate}": ${why}`),
    ),
  ];
  return {
    valid: problems.length === 0,
    problems: problems.map(({ code, message, fix }) => ({ code, message, fix })),
    report: {
      migrationId: report.status.migrationId,
      outcome: report.status.outcome,
      madeAt: report.madeAt,
      madeBy: report.madeBy,
    },
    digest,
    signedBy: signer && {
      kid: signer.kid!,
      thumbprint: signer.thumbprint,
      vouched: isVouched(signer, vouched),
    },
    votes,
  };
}

/** Whose signature it is, by the key that is in it; null where there is none. Throws REPORT_CHANGED where it does not fit. */
export async function signerOf({ digest, signature }: SealedReport): Promise<PublicKey | null> {
  if (signature === null) return null;
  const parts = signature.split('.');
  // The last character of base64url has bits that say nothing.
  if (
    parts.length !== 3 ||
    parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)
  )
    throw changed('its signature is no compact JWS');
  try {
    const { typ, kid, jwk } = decodeProtectedHeader(signature);
    const [key] = await publicKeysOf([jwk]);
    if (typ !== signatureType || typeof kid !== 'string' || !key) throw new Error('it is of another kind');
    const { payload } = await compactVerify(signature, await verificationKey(key), { algorithms: ['EdDSA'] });
    if (new TextDecoder().decode(payload) !== signedPayload(digest))
      throw new Error('it is of another report');
    return { ...key, kid };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw changed(`its signature does not fit (${why})`);
  }
}

const unsigned = new DmsaError(
  'REPORT_UNSIGNED',
  'report',
  'it is intact as far as its own digest goes, and not signed: whoever changed it could have made a digest that fits',
);

function isVouched({ thumbprint }: PublicKey, vouched: PublicKey[] | null): boolean {
  return vouched?.some((key) => key.thumbprint === thumbprint) ?? false;
}

function trustProblems(signer: PublicKey, vouched: PublicKey[] | null): DmsaError[] {
  if (isVouched(signer, vouched)) return [];
  const { kid, thumbprint } = signer;
  if (vouched === null) {
    const message = `it is intact, but signed by a key nobody vouches for: "${kid}", thumbprint ${thumbprint}`;
    return [new DmsaError('REPORT_KEY_UNKNOWN', 'report', message)];
  }
  const namesake = vouched.find((key) => key.kid === kid);
  if (namesake) {
    const message = `it is signed by another key that calls itself "${kid}": its thumbprint is ${thumbprint}, and that of the given key ${namesake.thumbprint}`;
    return [new DmsaError('REPORT_KEY_OTHER', 'report', message)];
  }
  const message = `it is signed by a key that is none of the given ones: "${kid}", thumbprint ${thumbprint}`;
  return [new DmsaError('REPORT_KEY_UNKNOWN', 'report', message)];
}

/** Finds a plan that is not the one that people voted on. */
function planProblems({ plan, status }: Report): DmsaError[] {
  if (!plan) return [];
  const hash = planHash(plan);
  if (hash === plan.hash && hash === status.planHash) return [];
  return [changed(`the plan in it has the hash ${hash}, and the migration was of ${status.planHash}`)];
}
