import type { TLSSocket } from 'node:tls';

import { refusal } from '../directory/diagnostics.ts';
import { LdapFailure } from '../store.ts';
import { MalformedMessage, takeMessage } from './ber.ts';
import { damaged, isDamage } from './damage.ts';
import type { Fault, LdapCounts, LdapFaults } from './faults.ts';
import { type Answer, OperationHandler, type Served } from './operations.ts';
import { decodeRequest, type Operation, type Request } from './requests.ts';
import { encodeEntry, encodeResult } from './responses.ts';

export interface SessionOptions extends Served {
  faults: LdapFaults | null;
  counts: LdapCounts;
}

/** Result code `other`, for a fault of the lab itself. */
const other = 80;

/** Serves one connection until it ends: operations one after the other, in the order they came. */
export class LdapSession {
  readonly #socket: TLSSocket;
  readonly #options: SessionOptions;
  readonly #handler: OperationHandler;

  constructor(socket: TLSSocket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#handler = new OperationHandler(options);
  }

  /** Resolves when the connection has ended. What a client sends can end its own connection and no other. */
  async serve(): Promise<void> {
    let received: Buffer = Buffer.alloc(0);
    try {
      for await (const chunk of this.#socket) {
        received = Buffer.concat([received, chunk as Buffer]);
        for (let taken = takeMessage(received); taken; taken = takeMessage(received)) {
          received = taken.rest;
          await this.#handle(decodeRequest(taken.message));
          if (this.#socket.destroyed) return;
        }
      }
    } catch (error) {
      const isBrokenConnection = error instanceof Error && 'code' in error;
      if (!isBrokenConnection && !(error instanceof MalformedMessage)) throw error;
    } finally {
      this.#socket.destroy();
    }
  }

  async #handle(request: Request): Promise<void> {
    const { operation } = request;
    this.#options.counts[operation.kind]++;
    const fault = this.#options.faults?.onOperation(operation.kind, subjectOf(operation)) ?? null;
    if (operation.kind === 'abandon') return;
    if (operation.kind === 'unbind' || fault === 'drop') {
      this.#socket.destroy();
      return;
    }
    const answer = await this.#answer(request, fault);
    if (fault === 'drop-after') this.#socket.destroy();
    if (this.#socket.destroyed || fault === 'silent') return;
    const messages = (answer.entries ?? []).map((entry) =>
      encodeEntry(request.id, entry.dn, entry.attributes),
    );
    messages.push(encodeResult(request.id, operation.kind, answer, answer.controls));
    if (isDamage(fault)) this.#socket.end(damaged(messages, fault));
    else for (const message of messages) this.#socket.write(message);
  }

  async #answer(request: Request, fault: Fault | null): Promise<Answer> {
    try {
      if (fault === 'busy') throw refusal.busy();
      if (typeof fault === 'object' && fault) return fault;
      return await this.#handler.perform(request);
    } catch (error) {
      if (error instanceof LdapFailure) return { code: error.code, message: error.message };
      return { code: other, message: `fault of the lab: ${error}` };
    }
  }
}

/** What an operation is about, as a fault may want to know. */
function subjectOf(operation: Operation): string {
  if (operation.kind === 'search') return operation.base;
  if (operation.kind === 'bind') return operation.user;
  return 'dn' in operation ? operation.dn : '';
}
