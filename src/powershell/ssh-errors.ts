import { DmsaError, type ErrorCode } from '../domain/errors.ts';
import { fingerprint, type HostKeyVerdict } from './known-hosts.ts';

/** How far a session came: what an error means follows from it. */
export interface Progress {
  /** `connect` until the key exchange is done, `login` until the host has let the user in. */
  stage: 'connect' | 'login' | 'session';
  /** The host key as presented, and what known_hosts says of it. */
  presented: Buffer | null;
  verdict: HostKeyVerdict | null;
}

interface SessionTarget {
  host: string;
  address: string;
  port: number;
  user: string;
}

/**
 * The error for a session that failed. The first line that fits decides; up to the last but one nothing was sent, so
 * nothing can have happened on the host.
 *
 * | seen | code |
 * | --- | --- |
 * | the key is not in known_hosts, or the host cannot sign with it | HOST_KEY_MISMATCH |
 * | every key refused, or disconnected with a reason while logging in | LOGIN_REFUSED |
 * | anything else before the login is through: ECONNREFUSED, ENOTFOUND, ETIMEDOUT, … | HOST_UNREACHABLE |
 * | anything after it | SESSION_LOST |
 */
export function sessionError(target: SessionTarget, progress: Progress, cause?: Error): DmsaError {
  const { host, address, port, user } = target;
  const reason = describe(cause);
  const error = (code: ErrorCode, message: string) => new DmsaError(code, host, message, { cause });
  if (progress.verdict !== null && progress.verdict !== 'known')
    return error('HOST_KEY_MISMATCH', keyMessage(host, progress));
  if (isUnsigned(progress, cause))
    return error('HOST_KEY_MISMATCH', `${host} did not prove that it holds its host key`);
  if (isLoginRefused(progress, cause)) return error('LOGIN_REFUSED', `${host} refused the login of ${user}`);
  if (progress.stage !== 'session')
    return error('HOST_UNREACHABLE', `no SSH connection to ${host} at ${address} port ${port}: ${reason}`);
  return error('SESSION_LOST', `the session to ${host} ended before its answer was whole: ${reason}`);
}

/** After a key was found good and before the exchange is done, all that ssh2 still checks is the signature. */
function isUnsigned(progress: Progress, cause?: Error): boolean {
  return progress.stage === 'connect' && progress.verdict === 'known' && levelOf(cause) === 'handshake';
}

/** sshd says "Too many authentication failures" by disconnecting, with a number as its reason (RFC 4253, 11.1). */
function isLoginRefused(progress: Progress, cause?: Error): boolean {
  if (progress.stage !== 'login') return false;
  return levelOf(cause) === 'client-authentication' || typeof codeOf(cause) === 'number';
}

function keyMessage(host: string, { presented, verdict }: Progress): string {
  const key = fingerprint(presented!);
  if (verdict === 'unknown') return `known_hosts has no key of ${host}, which presented ${key}`;
  if (verdict === 'revoked') return `known_hosts revokes the key that ${host} presented, ${key}`;
  return `${host} presented the key ${key}, which is not its key in known_hosts`;
}

function describe(cause?: Error): string {
  if (!cause) return 'the connection was closed';
  const code = codeOf(cause);
  return typeof code === 'string' && !cause.message.includes(code)
    ? `${code} ${cause.message}`.trim()
    : cause.message;
}

function levelOf(cause?: Error): unknown {
  return cause && 'level' in cause ? cause.level : undefined;
}

function codeOf(cause?: Error): unknown {
  return cause && 'code' in cause ? cause.code : undefined;
}
