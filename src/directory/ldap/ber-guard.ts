import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { ProtocolOperation } from 'ldapts';
import { DmsaError } from '../../domain/errors/errors.ts';
import { BerCursor, BerError, berTag, readHeader } from './ber.ts';
import { emptyReference, withReferralsInText } from './ldap-encode.ts';
import { oneLine } from './ldap-errors.ts';
import { answerTag, checkAnswer, type LdapAnswer, referralCode } from './ldap-message.ts';
import { defaultLimits, type LdapLimits } from './limits.ts';

/** Guard between ldapts and a server. */
export interface LdapGuard {
  /** To be given to ldapts in the place of the socket. */
  readonly socket: TLSSocket;
  /** Reason why the guard ended the connection: ldapts wraps it into a text. */
  readonly failure: DmsaError | null;
  /** Octets received so far. */
  readonly received: number;
}

/**
 * Lets through only whole and sound messages that answer a request which is under way, one at a time. ldapts would
 * ignore other ones and wait until its time is up, or loop without an end over an element that is cut short.
 *
 * Octets that are not LDAP end the connection with DIRECTORY_ANSWER_INVALID, whose message names the offset in the
 * stream (of decrypted octets, from 0); what is too much with DIRECTORY_LIMIT; and a notice of disconnection (RFC 4511
 * 4.4.1) with DIRECTORY_UNREACHABLE and the server's text. The guard takes over the socket's data, errors and end.
 */
export function guardLdap(socket: Socket, server: string, limits: LdapLimits = defaultLimits): LdapGuard {
  const guard = new GuardedSocket(socket, server, limits);
  return {
    socket: guard as unknown as TLSSocket,
    get failure() {
      return guard.failure;
    },
    get received() {
      return guard.received;
    },
  };
}

/** A request that has not been answered in full. */
interface Pending {
  answeredBy: number[];
  octets: number;
  entries: number;
  /** URLs of all its references. */
  references: number;
}

const noticeOfDisconnection = '1.3.6.1.4.1.1466.20036';
/** The longest header: a tag, and a length of five octets. */
const headerOctets = 6;

const answeredBy: Record<number, number[]> = {
  [ProtocolOperation.LDAP_REQ_BIND]: [answerTag.bind],
  [ProtocolOperation.LDAP_REQ_SEARCH]: [
    answerTag.searchEntry,
    answerTag.searchReference,
    answerTag.searchDone,
  ],
  [ProtocolOperation.LDAP_REQ_MODIFY]: [answerTag.modify],
  [ProtocolOperation.LDAP_REQ_ADD]: [answerTag.add],
  [ProtocolOperation.LDAP_REQ_DELETE]: [answerTag.delete],
  [ProtocolOperation.LDAP_REQ_MODRDN]: [answerTag.rename],
  [ProtocolOperation.LDAP_REQ_COMPARE]: [answerTag.compare],
  [ProtocolOperation.LDAP_REQ_EXTENSION]: [answerTag.extended],
};

class GuardedSocket extends Duplex {
  failure: DmsaError | null = null;
  received = 0;
  readonly #socket: Socket;
  readonly #server: string;
  readonly #limits: LdapLimits;
  readonly #pending = new Map<number, Pending>();
  /** Part of the next message that has arrived, and its offset in the stream. */
  #chunks: Buffer[] = [];
  #waiting = 0;
  #start = 0;

  constructor(socket: Socket, server: string, limits: LdapLimits) {
    super();
    [this.#socket, this.#server, this.#limits] = [socket, server, limits];
    for (const event of ['connect', 'secureConnect', 'timeout']) socket.on(event, () => this.emit(event));
    socket.on('data', (octets: Buffer) => this.#take(octets));
    socket.on('end', () => this.#end());
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** ldapts asks for these two to find out whether a socket is connected already. */
  get connecting(): boolean {
    return this.#socket.connecting;
  }

  get readyState(): string {
    return this.#socket.readyState;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(request: Buffer, _: string, done: (error?: Error | null) => void): void {
    this.#note(request);
    this.#socket.write(request, done);
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#chunks = [];
    this.#pending.clear();
    this.#socket.destroy();
    done(error);
  }

  /** ldapts writes each request at once. */
  #note(request: Buffer): void {
    const message = new BerCursor(request, 0).inside(berTag.sequence);
    const id = message.number(berTag.integer);
    const answers = answeredBy[message.next().tag];
    if (answers) this.#pending.set(id, { answeredBy: answers, octets: 0, entries: 0, references: 0 });
  }

  /** Whole messages are checked and passed on; the pieces of one that is not whole yet are kept as they came. */
  #take(octets: Buffer): void {
    this.received += octets.length;
    this.#chunks.push(octets);
    this.#waiting += octets.length;
    try {
      while (!this.destroyed) {
        const message = this.#wholeMessage();
        if (!message) return;
        this.#pass(message, checkAnswer(message, this.#start));
        this.#start += message.length;
      }
    } catch (error) {
      if (!(error instanceof BerError)) throw error;
      this.#fail(
        'DIRECTORY_ANSWER_INVALID',
        `the answer is no LDAP: ${error.message} at offset ${error.offset}`,
      );
    }
  }

  #wholeMessage(): Buffer | null {
    const first = this.#chunks[0];
    if (!first) return null;
    const head = first.length < headerOctets ? this.#joined() : first;
    if (head.length > 0 && head[0] !== berTag.sequence) throw new BerError('no message begins', this.#start);
    const header = readHeader(head, 0, head.length, this.#start);
    if (!header) return null;
    const length = header.start + header.length;
    const { messageOctets } = this.#limits;
    if (length > messageOctets) {
      this.#fail('DIRECTORY_LIMIT', `a message of ${length} octets, and ${messageOctets} are read at most`);
      return null;
    }
    if (length > this.#waiting) return null;
    const all = this.#joined();
    const rest = all.subarray(length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#waiting = rest.length;
    return all.subarray(0, length);
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#waiting)];
    return this.#chunks[0]!;
  }

  #pass(message: Buffer, answer: LdapAnswer): void {
    if (answer.id === 0) {
      this.#notify(answer);
      return;
    }
    const pending = this.#pending.get(answer.id);
    if (!pending) throw new BerError(`an answer to ${answer.id}, which was not asked`, this.#start);
    if (!pending.answeredBy.includes(answer.tag)) {
      throw new BerError(
        `an answer with the tag 0x${answer.tag.toString(16)} to another request`,
        this.#start,
      );
    }
    pending.octets += message.length;
    if (answer.tag === answerTag.searchEntry) pending.entries++;
    pending.references += answer.references;
    this.#limit('octets', pending.octets, this.#limits.answerOctets);
    this.#limit('entries', pending.entries, this.#limits.entries);
    this.#limit('references', pending.references, this.#limits.entries);
    if (this.failure) return;
    if (answer.result) this.#pending.delete(answer.id);
    // ldapts takes a page without entries for the last one, though its cookie says otherwise; a reference of no URL
    // makes it go on.
    const isEmptyPage = answer.hasMorePages && pending.entries + pending.references === 0;
    if (isEmptyPage) this.#forward(emptyReference(answer.id));
    this.#forward(answer.result?.code === referralCode ? withReferralsInText(answer) : message);
  }

  #limit(what: string, found: number, most: number): void {
    if (found > most) this.#fail('DIRECTORY_LIMIT', `an answer of more than ${most} ${what}`);
  }

  #forward(message: Buffer): void {
    if (!this.push(message)) this.#socket.pause();
  }

  /** An unsolicited notification (RFC 4511 4.4). Those that are not known are to be ignored. */
  #notify({ tag, result, name }: LdapAnswer): void {
    if (tag !== answerTag.extended || !result) {
      throw new BerError('an answer to 0 that is no notification', this.#start);
    }
    if (name !== null && name !== noticeOfDisconnection) return;
    const reason = oneLine(result.text) || 'no reason given';
    const message = `the domain controller ends the connection: ${reason} (LDAP ${result.code})`;
    this.#fail('DIRECTORY_UNREACHABLE', message);
  }

  /** The server has ended its side. */
  #end(): void {
    if (this.destroyed) return;
    if (this.#waiting > 0) {
      const message = `the answer breaks off inside a message at offset ${this.received}`;
      this.#fail('DIRECTORY_ANSWER_INVALID', message);
    } else {
      this.push(null);
    }
  }

  #fail(
    code: 'DIRECTORY_ANSWER_INVALID' | 'DIRECTORY_LIMIT' | 'DIRECTORY_UNREACHABLE',
    message: string,
  ): void {
    this.failure = new DmsaError(code, this.#server, `${this.#server}: ${message}`);
    this.destroy(this.failure);
  }
}
