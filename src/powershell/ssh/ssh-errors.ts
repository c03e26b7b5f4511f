import { DmsaError, type ErrorCode } from '../../domain/errors/errors.ts';
import type { TrustVerdict } from './host-trust.ts';
import { fingerprint } from './known-hosts.ts';

/** How far a connection came: what an error means follows from it. */
export interface SshProgress {
  /** `connect` until the key exchange is done, then `login` until the host has let the user in. */
  stage: 'connect' | 'login';
  /** The host key as presented, and what known_hosts or the pinned fingerprints say of it. */
  presented: Buffer | null;
  verdict: TrustVerdict | null;
  /** The kinds of login that the host takes, where it has said so. */
  offered: string[] | null;
}

export interface SshTarget {
  /** The host's name: what its key is looked up under, whatever the address. */
  host: string;
  address: string;
  port: number;
  user: string;
  /** For messages: whether this is the jump host, or is reached through one of that name. */
  jump?: { is: true } | { through: string };
}

/**
 * The error for a connection that was not made; the first line that fits decides. Nothing was sent, so nothing can
 * have happened on the host. The subject is whichever of host and jump host it is about.
 *
 * | seen | code |
 * | --- | --- |
 * | there is no key of the host to compare with | HOST_KEY_UNKNOWN |
 * | the key is another, or revoked, or the host cannot sign with it | HOST_KEY_MISMATCH |
 * | every way to log in refused, or disconnected with a reason while logging in | LOGIN_REFUSED |
 * | anything else before the login is through: ECONNREFUSED, ENOTFOUND, ETIMEDOUT, … | HOST_UNREACHABLE |
 */
export function connectError(target: SshTarget, progress: SshProgress, cause?: Error): DmsaError {
  const { host, address, port, user, jump } = target;
  const named = jump && 'is' in jump ? `the jump host ${host}` : host;
  const error = (code: ErrorCode, message: string) => new DmsaError(code, host, message, { cause });
  if (progress.verdict !== null && progress.verdict !== 'known')
    return error(
      progress.verdict === 'unknown' ? 'HOST_KEY_UNKNOWN' : 'HOST_KEY_MISMATCH',
      keyMessage(named, progress),
    );
  if (isUnsigned(progress, cause))
    return error('HOST_KEY_MISMATCH', `${named} did not prove that it holds its host key`);
  if (isLoginRefused(progress, cause))
    return error('LOGIN_REFUSED', `${named} refused the login of ${user}${detail(progress, cause)}`);
  const via = jump && 'through' in jump ? ` through the jump host ${jump.through}` : '';
  const where = `${named} at ${address} port ${port}${via}`;
  return error('HOST_UNREACHABLE', `no SSH connection to ${where}: ${describe(cause)}`);
}

/** For everything after the login: the effect may have happened. */
export function sessionLost(host: string, cause?: Error): DmsaError {
  const message = `the session to ${host} ended before its answer was whole: ${describe(cause)}`;
  return new DmsaError('SESSION_LOST', host, message, { cause });
}

/** After a key was found good and before the exchange is done, all that ssh2 still checks is the signature. */
function isUnsigned(progress: SshProgress, cause?: Error): boolean {
  return progress.stage === 'connect' && progress.verdict === 'known' && levelOf(cause) === 'handshake';
}

/** sshd says "Too many authentication failures" by disconnecting, with a number as its reason (RFC 4253, 11.1). */
function isLoginRefused(progress: SshProgress, cause?: Error): boolean {
  if (progress.stage !== 'login') return false;
  const level = levelOf(cause);
  return level === 'client-authentication' || level === 'agent' || typeof codeOf(cause) === 'number';
}

function detail({ offered }: SshProgress, cause?: Error): string {
  if (levelOf(cause) === 'agent') return `: the SSH agent failed (${cause!.message})`;
  return offered && offered.length > 0 ? ` (it takes ${offered.join(', ')})` : '';
}

function keyMessage(host: string, { presented, verdict }: SshProgress): string {
  const key = fingerprint(presented!);
  if (verdict === 'unknown') return `known_hosts has no key of ${host}, which presented ${key}`;
  if (verdict === 'revoked') return `known_hosts revokes the key that ${host} presented, ${key}`;
  if (verdict === 'unpinned')
    return `${host} presented the key ${key}, which is not its fingerprint under [hosts]`;
  return `${host} presented the key ${key}, which is not its key in known_hosts`;
}

export function describe(cause?: Error): string {
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
