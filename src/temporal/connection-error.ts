import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

import { causeLine } from '../domain/errors/cause-line.ts';
import { DmsaError, type ErrorCode, errorAbout } from '../domain/errors/errors.ts';
import { temporalRefusal } from '../domain/errors/temporal-refusal.ts';

/** How Temporal's SDK is asked to connect, as far as it matters here. */
export interface Endpoint {
  /** `host:port`. */
  address: string;
  tls?: boolean | null | TlsFiles;
}

interface TlsFiles {
  serverNameOverride?: string | undefined;
  serverRootCACertificate?: Uint8Array | undefined;
  clientCertPair?: { crt: Uint8Array; key: Uint8Array } | null | undefined;
}

/**
 * The error for a connection that Temporal's SDK could not make. The SDK of clients waits for its deadline and does not
 * say why: a TLS handshake of our own, at most `limitMs` long, finds out. Nothing is sent over it.
 */
export async function connectionError(
  endpoint: Endpoint,
  cause: unknown,
  limitMs: number,
): Promise<DmsaError> {
  const { address } = endpoint;
  const refusal = temporalRefusal(address, cause);
  if (refusal && refusal.code !== 'TEMPORAL_UNAVAILABLE') return refusal;
  const said = causeLine(cause);
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (/Metadata string value/.test(said) || code.startsWith('ERR_OSSL'))
    return errorAbout('Temporal profile', 'TEMPORAL_PROFILE_INVALID', said, { cause });
  const found = await handshake(endpoint, limitMs).then(
    (seen) => judged(seen, Boolean(endpoint.tls)),
    (error) => ({ code: 'TEMPORAL_PROFILE_INVALID' as const, why: causeLine(error) }),
  );
  if (found && found.code !== 'TEMPORAL_UNAVAILABLE')
    return errorAbout(address, found.code, found.why, { cause });
  const message = `No Temporal server answers at ${address}: ${found?.why ?? said}`;
  return new DmsaError('TEMPORAL_UNAVAILABLE', address, message, { cause });
}

/** How far a TLS handshake came, whatever the certificate is. */
interface Handshake {
  reached: 'nothing' | 'tcp' | 'tls';
  error: NodeJS.ErrnoException | null;
  /** Why the certificate is not trusted; null where it is, or was not seen. */
  untrusted: string | null;
}

function judged(
  { reached, error, untrusted }: Handshake,
  wantsTls: boolean,
): { code: ErrorCode; why: string } | null {
  const isAlert = /ALERT/.test(error?.code ?? '');
  if (reached === 'nothing') return error && { code: 'TEMPORAL_UNAVAILABLE', why: error.message };
  const speaksTls = reached === 'tls' || isAlert;
  if (!wantsTls)
    return speaksTls
      ? { code: 'TEMPORAL_TLS_MISMATCH', why: 'the server speaks TLS, and the connection is to be plain' }
      : null;
  if (!speaksTls)
    return error && { code: 'TEMPORAL_TLS_MISMATCH', why: `the server does not speak TLS (${error.code})` };
  if (untrusted !== null)
    return { code: 'TEMPORAL_CERTIFICATE_INVALID', why: `the certificate of the server: ${untrusted}` };
  if (isAlert)
    return { code: 'TEMPORAL_LOGIN_REFUSED', why: `the server ends the handshake (${error!.code})` };
  return null;
}

async function handshake({ address, tls }: Endpoint, limitMs: number): Promise<Handshake> {
  const options = optionsOf(address, tls);
  return await new Promise((resolve) => {
    const seen: Handshake = { reached: 'nothing', error: null, untrusted: null };
    const socket: TLSSocket = connect(options);
    const end = (error: NodeJS.ErrnoException | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...seen, error });
    };
    const timer = setTimeout(() => end(null), limitMs);
    socket.once('connect', () => {
      seen.reached = 'tcp';
    });
    socket.once('secureConnect', () => {
      seen.reached = 'tls';
      const { authorized, authorizationError } = socket;
      if (!authorized) seen.untrusted = String(authorizationError);
    });
    // In TLS 1.3 a client certificate is refused after the handshake; HTTP/2 has the server speak at once (RFC 9113 3.4).
    socket.once('data', () => end(null));
    socket.on('error', end);
    socket.once('close', () => end(null));
  });
}

/** Trust is judged afterwards (`authorized`), so that whether TLS is spoken is known in any case. */
function optionsOf(address: string, tls: Endpoint['tls']): ConnectionOptions {
  const { hostname, port } = new URL(`tcp://${address.replace(/^[a-z]+:\/+/, '')}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const files = typeof tls === 'object' && tls ? tls : {};
  const { serverNameOverride, serverRootCACertificate: ca, clientCertPair } = files;
  const isName = /[a-z]/i.test(host) && !host.includes(':');
  const name = serverNameOverride ?? (isName ? host : undefined);
  return {
    host,
    port: Number(port || 7233),
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
    ...(name && { servername: name }),
    ...(ca && { ca: Buffer.from(ca) }),
    ...(clientCertPair && { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
  };
}
