import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

import { type Client, ResultCodeError } from 'ldapts';

import { readNamedFile, readPrivateFile } from '../../config/files.ts';
import { readSecret } from '../../config/secret.ts';
import type { CertificateLogin, DirectorySettings } from '../../config/settings.ts';
import { DmsaError, errorAbout, errorKinds } from '../../domain/errors/errors.ts';
import { directoryError } from '../ldap/ldap-errors.ts';

/** Identity that binds, with its secrets read. */
export type DirectoryLogin = { user: string; password: string } | ClientCertificate;

/** PEM of the certificate with its chain, and of its key, as `tls.connect` takes them. */
export interface ClientCertificate {
  cert: string;
  key: string;
}

export function isCertificate(login: DirectoryLogin): login is ClientCertificate {
  return 'cert' in login;
}

/** LDAP_SERVER_WHO_AM_I_OID (MS-ADTS 3.1.1.3.4.2, RFC 4532). */
export const whoAmIOid = '1.3.6.1.4.1.4203.1.11.3';

/**
 * Binds over a connection that is encrypted already. How a certificate binds depends on how TLS came about (MS-ADTS
 * 5.1.1.2): over LDAPS the DC has bound the connection by the handshake, and refuses a bind EXTERNAL; after StartTLS
 * only EXTERNAL binds it. A DC that cannot tell whose certificate it is goes on anonymously and says nothing, so it is
 * asked who it takes us for. Throws what ldapts throws, and BIND_REFUSED where the DC takes us for nobody.
 */
export async function bind(
  client: Client,
  login: DirectoryLogin,
  { url, startTls }: { url: string; startTls: boolean },
): Promise<void> {
  if (!isCertificate(login)) return await client.bind(login.user, login.password);
  try {
    if (startTls) await client.bindSASL('EXTERNAL');
    const { value } = await client.exop(whoAmIOid);
    if (value) return;
  } catch (cause) {
    throw refused(url, cause);
  }
  const message = `${url}: the domain controller does not know whose the client certificate is`;
  throw new DmsaError('BIND_REFUSED', url, message);
}

/** Whatever the result, it is the bind that is refused: a server that takes no certificates has several ways to say so. */
function refused(url: string, cause: unknown): unknown {
  if (!(cause instanceof ResultCodeError)) return cause;
  const { code, message } = directoryError(url, cause);
  if (errorKinds[code].retryable || code === 'BIND_REFUSED') return cause;
  const text = message.replace(`${url}: `, `${url}: the client certificate is not taken: `);
  return new DmsaError('BIND_REFUSED', url, text, { cause });
}

/** Throws PEM_INVALID and the codes of files and secrets, with the setting and never what a secret is. */
export async function readLogin(settings: DirectorySettings): Promise<DirectoryLogin> {
  if ('certificateFile' in settings) return await readCertificate(settings);
  const password = await readSecret(settings.password);
  // A simple bind without a password is anonymous, and succeeds (RFC 4513 5.1.2).
  if (password === '') throw errorAbout('directory.password', 'SECRET_UNUSABLE', 'the password is empty');
  return { user: settings.user, password };
}

/** PEM of the trusted CAs; undefined for those that Node.js trusts. */
export async function readAuthorities({ caFile }: DirectorySettings): Promise<string | undefined> {
  if (caFile === null) return undefined;
  const pem = await readNamedFile('directory.ca-file', caFile);
  if (!pem.includes('-----BEGIN CERTIFICATE-----') && !pem.includes('-----BEGIN TRUSTED CERTIFICATE-----'))
    throw errorAbout('directory.ca-file', 'PEM_INVALID', `${caFile} holds no certificate in PEM form`);
  return pem;
}

async function readCertificate({
  certificateFile,
  privateKeyFile,
  passphrase,
}: CertificateLogin): Promise<ClientCertificate> {
  const cert = await readNamedFile('directory.certificate-file', certificateFile);
  const certificate = parsedCertificate(certificateFile, cert);
  const encrypted = await readPrivateFile('directory.private-key-file', privateKeyFile);
  const key = parsedKey(privateKeyFile, encrypted, passphrase && (await readSecret(passphrase)));
  if (!certificate.checkPrivateKey(key))
    throw errorAbout(
      'directory.private-key-file',
      'PEM_INVALID',
      `${privateKeyFile} is not the key of ${certificateFile}`,
    );
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function parsedCertificate(file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw errorAbout('directory.certificate-file', 'PEM_INVALID', `${file} holds no certificate in PEM form`);
  }
}

function parsedKey(file: string, pem: string, passphrase: string | null): KeyObject {
  // PKCS #8, and what OpenSSL wrote before it.
  const isEncrypted = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
  if (isEncrypted && passphrase === null)
    throw errorAbout(
      'directory.private-key-file',
      'PEM_INVALID',
      `${file} is encrypted: set private-key-passphrase-file`,
    );
  try {
    return createPrivateKey({ key: pem, ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    if (isEncrypted)
      throw errorAbout('directory.private-key-passphrase', 'PEM_INVALID', `it does not open ${file}`);
    throw errorAbout('directory.private-key-file', 'PEM_INVALID', `${file} holds no private key in PEM form`);
  }
}
