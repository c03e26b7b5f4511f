import { createHash } from 'node:crypto';
import ssh2, {
  type AnyAuthMethod,
  type AuthenticationType,
  type BaseAgent,
  type ParsedKey,
  type Prompt,
} from 'ssh2';

import { readNamedFile } from '../../config/files.ts';
import { readSecret } from '../../config/secret.ts';
import type { SshSettings } from '../../config/settings.ts';
import { type DmsaError, errorAbout } from '../../domain/errors/errors.ts';

/** Chooses the next method of those that the server still takes (null: not known yet); false when there is none. */
export type NextMethod = (left: AuthenticationType[] | null) => AnyAuthMethod | false;

/** A login that was read, for one user; each attempt to log in starts anew. */
export type SshLogin = (user: string) => NextMethod;

/**
 * Reads key, agent or password of the settings, afresh each time it is called. A key is decrypted again only where
 * file or passphrase have changed: the key derivation of an encrypted key holds up the whole worker for a third of a
 * second. Throws SSH_LOGIN_UNUSABLE and the codes of files and secrets.
 */
export function loginReader(settings: SshSettings): () => Promise<SshLogin> {
  let last: { digest: string; key: ParsedKey } | null = null;
  return async () => {
    if ('agent' in settings) return agentLogin(await usableAgent(settings.agent));
    if ('password' in settings) return passwordLogin(await readSecret(settings.password));
    const [text, passphrase] = await Promise.all([
      readNamedFile('powershell.private-key-file', settings.privateKeyFile),
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

function agentLogin(agent: BaseAgent): SshLogin {
  return (username) => oneAfterAnother([{ type: 'agent', username, agent }]);
}

/**
 * A password is tried once, by the one way that the server offers: each wrong attempt counts towards the lockout of
 * the account. The server is asked first what it offers (RFC 4252, 5.2), so that it is not sent where it is not taken.
 */
function passwordLogin(password: string): SshLogin {
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
    throw unusable('agent', `${path} does not answer (${cause.message})`);
  });
  if (count === 0) throw unusable('agent', `${path} holds no key: add one with ssh-add`);
  return agent;
}

function decrypt(file: string, text: string, passphrase: string | undefined): ParsedKey {
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw unusable('private-key-file', `${file} is not usable: ${key.message}`);
  if (!(key as ParsedKey).isPrivateKey()) throw unusable('private-key-file', `${file} is a public key`);
  return key as ParsedKey;
}

function unusable(key: string, why: string): DmsaError {
  return errorAbout(`powershell.${key}`, 'SSH_LOGIN_UNUSABLE', why);
}
