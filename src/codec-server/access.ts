import { createHash, timingSafeEqual } from 'node:crypto';

import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

import { readPrivateFile } from '../config/files.ts';
import { readSecret } from '../config/secret.ts';
import type { CodecServerSettings } from '../config/settings.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import { Refusal } from './refusal.ts';

/** Returns the caller's name, for the log. Throws Refusal: 401 for a caller without access, 503 if that is unknown. */
export type Authenticate = (authorization: string | undefined) => Promise<string>;

const setting = 'codec-server.token';
const leastTokenLength = 16;

/**
 * Authenticates by the token of the settings, or by access tokens of the issuer; null if the settings have neither.
 * Throws SECRET_UNUSABLE for a token that cannot be read, or can be guessed.
 */
export async function authentication(
  settings: CodecServerSettings | undefined,
): Promise<Authenticate | null> {
  if (!settings?.token && !settings?.accessTokens) return null;
  const isToken = settings.token && sameAs(await readToken(settings.token));
  const subject = settings.accessTokens && verifier(settings.accessTokens);
  return async (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthorized('a bearer token is needed');
    if (isToken?.(token)) return 'token';
    if (subject) return await subject(token);
    throw unauthorized('the bearer token is not the one');
  };
}

async function readToken(token: NonNullable<CodecServerSettings['token']>): Promise<string> {
  const text = 'file' in token ? await readPrivateFile(setting, token.file) : await readSecret(token);
  const trimmed = text.trim();
  if (!/^\S+$/.test(trimmed) || trimmed.length < leastTokenLength)
    throw errorAbout(
      setting,
      'SECRET_UNUSABLE',
      `a token is one word of ${leastTokenLength} characters or more`,
    );
  return trimmed;
}

/** Compares digests: they have one length, so the time of the comparison reveals nothing. */
function sameAs(expected: string): (token: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(expected);
  return (token) => timingSafeEqual(digest(token), wanted);
}

function verifier({ issuer, audience, jwksUrl }: NonNullable<CodecServerSettings['accessTokens']>) {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5_000 });
  return async (token: string): Promise<string> => {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ['exp', 'sub'] });
      return payload.sub!;
    } catch (error) {
      if (isVerdict(error)) throw unauthorized(`the access token is not accepted (${error.code})`);
      throw new Refusal(503, 'ISSUER_UNREACHABLE', `the keys of ${issuer} cannot be read`);
    }
  };
}

/** True for an error about the token, false for one about getting the keys. */
function isVerdict(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(
      error instanceof errors.JWKSTimeout ||
      error instanceof errors.JWKSInvalid ||
      error.code === 'ERR_JOSE_GENERIC'
    )
  );
}

function unauthorized(message: string): Refusal {
  return new Refusal(401, 'UNAUTHORIZED', message, { 'www-authenticate': 'Bearer' });
}
