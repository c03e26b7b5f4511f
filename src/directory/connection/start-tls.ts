import type { Socket } from 'node:net';

import { ExtendedRequest } from 'ldapts';

import { DmsaError } from '../../domain/errors/errors.ts';
import { BerError, readHeader } from '../ldap/ber.ts';
import { answerTag, checkAnswer } from '../ldap/ldap-message.ts';

/** LDAP_SERVER_START_TLS_OID (MS-ADTS 3.1.1.3.4.2, RFC 4511 4.14). */
export const startTlsOid = '1.3.6.1.4.1.1466.20037';

const messageId = 1;
/** An answer to StartTLS is a result code and a line of text. */
const longestAnswer = 16 * 1024;
const busyCodes = [51];

/**
 * Asks for TLS on a plain connection, the first and only thing that is ever said over it. Resolves when the server has
 * agreed and the next octets are TLS. It is not left to ldapts, which would take what was sent along with the answer,
 * and so by anyone, for an answer that came encrypted.
 * Throws STARTTLS_REFUSED, DIRECTORY_BUSY, DIRECTORY_ANSWER_INVALID, and the socket's own error.
 */
export async function startTls(socket: Socket, url: string): Promise<void> {
  socket.write(new ExtendedRequest({ messageId, oid: startTlsOid }).write());
  const octets = await firstMessage(socket, url);
  const result = guarded(url, () => {
    const answer = checkAnswer(octets, 0);
    // A server that gives up says so by an unsolicited message (RFC 4511 4.4.1).
    const isOurs = answer.id === messageId || answer.id === 0;
    if (!isOurs || answer.tag !== answerTag.extended || !answer.result)
      throw new BerError('another answer than that to StartTLS', 0);
    return { ...answer.result, isNotice: answer.id === 0 };
  });
  if (result.code === 0 && !result.isNotice) return;
  const text = result.text.replace(/[\s\0]+/g, ' ').trim() || 'no reason given';
  const code = busyCodes.includes(result.code) ? 'DIRECTORY_BUSY' : 'STARTTLS_REFUSED';
  throw new DmsaError(code, url, `${url}: StartTLS is refused: ${text} (LDAP ${result.code})`);
}

/** One message, after which nothing may come before TLS has begun. */
async function firstMessage(socket: Socket, url: string): Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0);
  for (;;) {
    received = Buffer.concat([received, await nextChunk(socket)]);
    const message = guarded(url, () => wholeMessage(received));
    if (!message) continue;
    if (received.length === message.length) return message;
    guarded(url, () => {
      throw new BerError('octets between the answer to StartTLS and TLS', message.length);
    });
  }
}

function wholeMessage(received: Buffer): Buffer | null {
  const header = readHeader(received, 0, received.length, 0);
  if (received.length > 0 && received[0] !== 0x30) throw new BerError('no LDAP message', 0);
  if (!header) return null;
  const end = header.start + header.length;
  if (end > longestAnswer) throw new BerError(`an answer to StartTLS of ${end} octets`, 0);
  return received.length < end ? null : received.subarray(0, end);
}

/** Leaves the socket paused, so that what comes next is still in it. Rejects where the connection ends. */
async function nextChunk(socket: Socket): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      socket.off('readable', onReadable).off('error', onError).off('close', onClose);
      act();
    };
    const onReadable = () => {
      const chunk: Buffer | null = socket.read();
      if (chunk) settle(() => resolve(chunk));
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () =>
      settle(() => reject(new Error('the connection was closed instead of starting TLS')));
    socket.on('readable', onReadable).on('error', onError).on('close', onClose);
    onReadable();
  });
}

function guarded<T>(url: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof BerError)) throw cause;
    const message = `${url}: the answer to StartTLS is no LDAP: ${cause.message} at octet ${cause.offset}`;
    throw new DmsaError('DIRECTORY_ANSWER_INVALID', url, message, { cause });
  }
}
