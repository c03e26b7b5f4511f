import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2, {
  type AnyAuthMethod,
  type AuthenticationType,
  type BaseAgent,
  type ParsedKey,
  type Prompt,
} from 'ssh2';

import { readSecret } from '../../config/secret.ts';
import type { SshSettings } from '../../config/settings.ts';
import { DmsaError } from '../../domain/errors/errors.ts';

/** What to try next of what the server still takes (null: not known yet); false when there is nothing. */
export type NextMethod = (left: AuthenticationType[] | null) => AnyAuthMethod | false;

/** A login that was read, for one user; each attempt to log in starts anew. */
export type Login = (user: string) => NextMethod;

/**
 * Reads key, agent or password of the settings, afresh each time it is called. A key is decrypted again only where
 * file or passphrase have changed: the key derivation of an encrypted key holds up the whole worker for a third of a
 * second. Throws DmsaError PLAN_INVALID that names the file, secret or agent.
 */
export function loginReader(settings: SshSettings): () => Promise<Login> {
  let last: { digest: string; key: ParsedKey } | null = null;
  return async () => {
    if ('agent' in settings) return agentLogin(await usableAgent(settings.agent));
    if ('password' in settings) return passwordLogin(await readSecret(settings.password));
    const [text, passphrase] = await Promise.all([
      readSettingsFile('the private key', settings.privateKeyFile),
      settings.passphrase ? readSecret(settings.passphrase) : undefined,
    ]);
    const digest = createHash('sha256')
      .update(JSON.stringify([text, passphrase]))
      .digest('hex');
    if (last?.digest !== digest) last = { digest, key: decrypt(settings.privateKeyFile, text, passphrase) };
    const { key } = last;
    return (username) => oneAfterAnother([{ type: 'publickey', username, key }]);
  };
}

function agentLogin(agent: BaseAgent): Login {
  return (username) => oneAfterAnother([{ type: 'agent', username, agent }]);
}

/**
 * A password is tried once, by the one way that the server offers: each wrong attempt counts towards the lockout of
 * the account. The server is asked first what it offers (RFC 4252, 5.2), so that it is not sent where it is not taken.
 */
function passwordLogin(password: string): Login {
  return (username) => {
    let tried = false;
    return (left) => {
      if (left === null) return { type: 'none', username };
      if (tried) return false;
      tried = true;
      if (left.includes('password')) return { type: 'password', username, password };
      if (!left.includes('keyboard-interactive')) return false;
      let asked = false;
      const prompt = (_name: string, _text: string, _lang: string, prompts: Prompt[], finish: Answers) => {
        // One hidden prompt is for the password; a second one, or a further round, is for something else.
        const answer = !asked && prompts.length === 1 && prompts[0]!.echo !== true;
        asked = true;
        finish(answer ? [password] : prompts.map(() => ''));
      };
      return { type: 'keyboard-interactive', username, prompt };
    };
  };
}

type Answers = (responses: string[]) => void;

function oneAfterAnother(methods: AnyAuthMethod[]): NextMethod {
  const left = [...methods];
  return () => left.shift() ?? false;
}

/** Asked for its keys before any host is: an agent that is gone is no fault of theirs. */
async function usableAgent(path: string): Promise<BaseAgent> {
  const agent = ssh2.createAgent(path) as BaseAgent;
  const count = await new Promise<number>((resolve, reject) =>
    agent.getIdentities((error, keys) => (error ? reject(error) : resolve(keys?.length ?? 0))),
  ).catch((cause: Error) => {
    throw unusable('the SSH agent', path, `does not answer (${cause.message})`, 'at');
  });
  if (count === 0) throw unusable('the SSH agent', path, 'holds no key: add one with ssh-add', 'at');
  return agent;
}

function decrypt(file: string, text: string, passphrase: string | undefined): ParsedKey {
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw unusable('the private key', file, `is not usable: ${key.message}`);
  if (!(key as ParsedKey).isPrivateKey()) throw unusable('the private key', file, 'is a public key');
  return key as ParsedKey;
}

/** Throws DmsaError PLAN_INVALID that names the file. */
export async function readSettingsFile(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw unusable(what, file, `cannot be read${code}`);
  }
}

function unusable(what: string, place: string, problem: string, joined = 'in'): DmsaError {
  return new DmsaError('PLAN_INVALID', place, `${what} ${joined} ${place} ${problem}`);
}
