import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';

import { readSecret } from '../config/secret.ts';
import type { HostAddress, SshSettings } from '../config/settings.ts';
import { DmsaError } from '../domain/errors.ts';
import { commandLine } from './bootstrap.ts';
import { type Credential, type PreparedRequest, prepareRequest } from './envelope.ts';
import { type KnownHost, parseKnownHosts } from './known-hosts.ts';
import { type OperationName, operations, type Result } from './operations.ts';
import { sessionSlots } from './session-slots.ts';
import { runSession, type SessionOutput } from './ssh-session.ts';
import type { Transport } from './transport.ts';

export interface SshTransportOptions {
  /** How many connections may be open at once; further runs wait for one to end, on nobody's time-out. */
  maxSessions?: number;
  /** For connecting, the key exchange and the login together. */
  connectTimeoutMs?: number;
}

/**
 * Runs operations over OpenSSH: one connection and one command for each run. A host's address and port come from
 * `hosts`, else its name and port 22; its key is looked up under its name alone. Files and secrets are read for each
 * run, so that a rotated key needs no restart. Also throws PLAN_INVALID where one of them cannot be read.
 */
export function sshTransport(
  settings: SshSettings,
  hosts: Record<string, HostAddress>,
  { maxSessions = 16, connectTimeoutMs = 10_000 }: SshTransportOptions = {},
): Transport {
  const slots = sessionSlots(maxSessions);
  const readPrivateKey = privateKeyReader(settings);
  return {
    async run(host, operation, parameters, { timeoutMs, signal, notAfter }) {
      const giveBack = await slots.take(notAfter ?? signal);
      try {
        const [key, knownHosts, credential] = await Promise.all([
          readPrivateKey(),
          readKnownHosts(settings),
          readCredential(settings, operation),
        ]);
        const request = prepareRequest(operation, parameters, credential);
        notAfter?.throwIfAborted();
        const output = await runSession({
          host,
          port: 22,
          ...(hosts[host.toLowerCase()] ?? { address: host }),
          user: settings.user,
          key,
          knownHosts,
          command: commandLine,
          input: request.input,
          connectTimeoutMs,
          timeoutMs,
          signal,
        });
        return readOutput(host, request, output, credential);
      } finally {
        giveBack();
      }
    },
  };
}

/** An answer that is none says more with what the host printed beside it, such as "powershell.exe is not recognized". */
function readOutput<N extends OperationName>(
  host: string,
  request: PreparedRequest<N>,
  { stdout, stderr, exitCode }: SessionOutput,
  credential: Credential | null,
): Result<N> {
  try {
    return request.read(stdout);
  } catch (error) {
    if (!(error instanceof DmsaError) || error.code !== 'ANSWER_INVALID') throw error;
    const secret = credential?.password;
    const printed = secret ? stderr.replaceAll(secret, '***') : stderr;
    const firstLine = printed.split(/\r?\n/).find((line) => line.trim() !== '');
    const shown = firstLine ? `, standard error "${firstLine.trim().slice(0, 200)}"` : '';
    throw new DmsaError('ANSWER_INVALID', host, `${host}: ${error.message} (exit code ${exitCode}${shown})`, {
      cause: error,
    });
  }
}

/**
 * Reads the private key, afresh each time; it is decrypted again only where file or passphrase have changed, as the
 * key derivation of an encrypted key holds up the whole worker for a third of a second.
 */
function privateKeyReader(settings: SshSettings): () => Promise<ParsedKey> {
  let last: { digest: string; key: ParsedKey } | null = null;
  return async () => {
    const [text, passphrase] = await Promise.all([
      readSettingsFile('the private key', settings.privateKeyFile),
      settings.passphrase ? readSecret(settings.passphrase) : undefined,
    ]);
    const digest = createHash('sha256')
      .update(JSON.stringify([text, passphrase]))
      .digest('hex');
    if (last?.digest !== digest) last = { digest, key: decrypt(settings.privateKeyFile, text, passphrase) };
    return last.key;
  };
}

function decrypt(file: string, text: string, passphrase: string | undefined): ParsedKey {
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw unusable('the private key', file, `is not usable: ${key.message}`);
  if (!(key as ParsedKey).isPrivateKey()) throw unusable('the private key', file, 'is a public key');
  return key as ParsedKey;
}

async function readKnownHosts(settings: SshSettings): Promise<KnownHost[]> {
  return parseKnownHosts(await readSettingsFile('known_hosts', settings.knownHostsFile));
}

/** Only what talks to a DC needs network credentials; no other host is ever sent them. */
async function readCredential(
  { credential }: SshSettings,
  operation: OperationName,
): Promise<Credential | null> {
  if (!credential || operations[operation].on !== 'management') return null;
  return { user: credential.user, password: await readSecret(credential.password) };
}

async function readSettingsFile(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw unusable(what, file, `cannot be read${code}`);
  }
}

function unusable(what: string, file: string, problem: string): DmsaError {
  return new DmsaError('PLAN_INVALID', file, `${what} in ${file} ${problem}`);
}
