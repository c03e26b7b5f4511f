import type { Socket } from 'node:net';
import { startTlsOid } from '../../src/directory/connection/start-tls.ts';
import { refusal } from '../directory/diagnostics.ts';
import { LdapFailure } from '../store.ts';
import type { Channel } from './authentication.ts';
import { MalformedMessage, takeMessage } from './ber.ts';
import { damaged, isDamage } from './damage.ts';
import type { Fault, LdapCounts, LdapFaults } from './faults.ts';
import { type LdapReply, OperationHandler, type Served } from './operations.ts';
import { decodeRequest, type Operation, type Request } from './requests.ts';
import { encodeEntry, encodeReference, encodeResult } from './responses.ts';

export interface LdapSessionOptions extends Served {
  faults: LdapFaults | null;
  counts: LdapCounts;
}

/** A connection, and how it becomes an encrypted one where it is none yet. */
export interface Line {
  socket: Socket;
  channel: Channel;
  startTls: (() => Promise<Line>) | null;
}

/** Result code `other`, for a fault of the lab itself. */
const other = 80;

/** Serves one connection until it ends: operations one after the other, in the order they came. */
export class LdapSession {
  readonly #options: LdapSessionOptions;
  readonly #handler: OperationHandler;
  #line: Line;
  /** StartTLS has been answered with success: what comes next is no LDAP. */
  #isStartingTls = false;

  constructor(line: Line, options: LdapSessionOptions) {
    this.#line = line;
    this.#options = options;
    this.#handler = new OperationHandler(options, line.channel);
  }

  /** Resolves when the connection has ended. What a client sends can end its own connection and no other. */
  async serve(): Promise<void> {
    const { socket } = this.#line;
    try {
      await this.#serveLine();
      while (this.#isStartingTls) {
        this.#isStartingTls = false;
        this.#line = await this.#line.startTls!();
        this.#handler.secured(this.#line.channel);
        await this.#serveLine();
      }
    } catch (error) {
      const isBrokenConnection = error instanceof Error && 'code' in error;
      if (!isBrokenConnection && !(error instanceof MalformedMessage)) throw error;
    } finally {
      this.#line.socket.destroy();
      socket.destroy();
    }
  }

  /** Until the connection ends, or TLS begins. */
  async #serveLine(): Promise<void> {
    const { socket } = this.#line;
    let received: Buffer = Buffer.alloc(0);
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      received = Buffer.concat([received, chunk as Buffer]);
      for (let taken = takeMessage(received); taken; taken = takeMessage(received)) {
        received = taken.rest;
        await this.#handle(decodeRequest(taken.message));
        if (socket.destroyed) return;
        // Nothing may come before the answer to StartTLS (RFC 4511 4.14.1).
        if (this.#isStartingTls && received.length > 0) throw new MalformedMessage('more than StartTLS');
        if (this.#isStartingTls) return;
      }
    }
  }

  async #handle(request: Request): Promise<void> {
    const { operation } = request;
    this.#options.counts[operation.kind]++;
    const fault = this.#options.faults?.onOperation(operation.kind, subjectOf(operation)) ?? null;
    if (operation.kind === 'abandon') return;
    if (operation.kind === 'unbind' || fault === 'drop') {
      this.#line.socket.destroy();
      return;
    }
    const answer = await this.#answer(request, fault);
    const { socket } = this.#line;
    if (fault === 'drop-after') socket.destroy();
    if (socket.destroyed || fault === 'silent') return;
    const messages = (answer.entries ?? []).map((entry) =>
      encodeEntry(request.id, entry.dn, entry.attributes),
    );
    messages.push(...(answer.references ?? []).map((url) => encodeReference(request.id, url)));
    messages.push(encodeResult(request.id, operation.kind, answer, answer.controls));
    if (isDamage(fault)) socket.end(damaged(messages, fault));
    else for (const message of messages) socket.write(message);
  }

  async #answer(request: Request, fault: Fault | null): Promise<LdapReply> {
    try {
      if (fault === 'busy') throw refusal.busy();
      if (typeof fault === 'object' && fault) return fault;
      if (this.#line.startTls && isStartTls(request.operation)) {
        this.#isStartingTls = true;
        return { code: 0, message: '' };
      }
      return await this.#handler.perform(request);
    } catch (error) {
      if (error instanceof LdapFailure) {
        return { code: error.code, message: error.message, referrals: error.referrals };
      }
      return { code: other, message: `fault of the lab: ${error}` };
    }
  }
}

function isStartTls(operation: Operation): boolean {
  return operation.kind === 'extended' && operation.oid === startTlsOid;
}

/** What an operation is about, as a fault may want to know. */
function subjectOf(operation: Operation): string {
  if (operation.kind === 'search') return operation.base;
  if (operation.kind === 'bind') return operation.user;
  if (operation.kind === 'extended') return operation.oid;
  return 'dn' in operation ? operation.dn : '';
}
