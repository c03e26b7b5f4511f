import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import { Client } from 'ldapts';
import { onTestFinished } from 'vitest';
import { element, integerElement, takeMessage, textElement } from '../../../lab/ldap/ber.ts';
import { decodeRequest, type Request } from '../../../lab/ldap/requests.ts';
import { encodeEntry, encodeResult } from '../../../lab/ldap/responses.ts';
import { guardLdap } from '../../../src/directory/ldap/ber-guard.ts';
import { LdapDirectory } from '../../../src/directory/ldap/ldap-directory.ts';
import { defaultLimits, type LdapLimits } from '../../../src/directory/ldap/limits.ts';

export const server = 'ldap://dc1.lab.example';

/** What goes over the wire for a request, as the chunks in which it arrives. */
export interface Reply {
  chunks: Buffer[];
  /** The server ends its side: at once, or when it is asked nothing more, for who waits for the rest of the answer. */
  end?: boolean | 'if-idle';
}

/** Turns of the event loop after which a client that asks nothing more waits; it needs two or three. */
const idleTurns = 20;

/** A server at the other end of a socket that is none: it says what it is told to, be it LDAP or not. */
export class ScriptedServer extends Duplex {
  readonly connecting = false;
  readonly readyState = 'open';
  readonly requests: Request[] = [];
  readonly #answer: (request: Request, nth: number) => Reply | Buffer;

  constructor(answer: (request: Request, nth: number) => Reply | Buffer) {
    super();
    this.#answer = answer;
  }

  override _read(): void {
    // What there is to read was pushed when the request came.
  }

  override _write(octets: Buffer, _: string, done: () => void): void {
    const request = decodeRequest(takeMessage(octets)!.message);
    if (request.operation.kind === 'bind') this.push(encodeResult(request.id, 'bind', success));
    else if (request.operation.kind !== 'unbind') this.#reply(request);
    done();
  }

  #reply(request: Request): void {
    const reply = this.#answer(request, this.requests.push(request) - 1);
    const { chunks, end } = Buffer.isBuffer(reply) ? { chunks: [reply], end: false } : reply;
    for (const chunk of chunks) if (chunk.length > 0) this.push(chunk);
    if (end === true) this.push(null);
    if (end === 'if-idle') this.#endIfIdle(this.requests.length, idleTurns);
  }

  #endIfIdle(asked: number, turns: number): void {
    if (this.destroyed || this.requests.length > asked) return;
    if (turns === 0) this.push(null);
    else setImmediate(() => this.#endIfIdle(asked, turns - 1));
  }
}

type Change = Partial<LdapLimits> & { timeout?: number };

/** The directory as a worker reads it, bound. */
export async function directoryOn(script: ScriptedServer, change: Change = {}): Promise<LdapDirectory> {
  const { timeout = 30_000, ...limits } = change;
  const all = { ...defaultLimits, ...limits };
  const guard = guardLdap(script as unknown as Socket, server, all);
  const client = new Client({ url: server, timeout, createConnection: () => guard.socket });
  const release = () => undefined;
  const directory = new LdapDirectory({ client, guard, limits: all, server, signal: null, release });
  await client.bind('admin@lab.example', 'secret');
  return directory;
}

/** The same on a server that answers so, closed with the test. */
export async function directoryWith(
  answer: (request: Request, nth: number) => Reply | Buffer,
  change: Change = {},
): Promise<{ directory: LdapDirectory; requests: Request[] }> {
  const script = new ScriptedServer(answer);
  const directory = await directoryOn(script, change);
  onTestFinished(() => directory.close());
  return { directory, requests: script.requests };
}

interface Result {
  code: number;
  message: string;
  referrals?: string[];
}

export const success: Result = { code: 0, message: '' };

/** The end of a search, with a cookie where more pages follow. */
export function searchDone(id: number, cookie?: string, result = success): Buffer {
  if (cookie === undefined) return encodeResult(id, 'search', result);
  const value = element(0x30, integerElement(0x02, 0), textElement(cookie));
  return encodeResult(id, 'search', result, [{ type: '1.2.840.113556.1.4.319', value }]);
}

export function entries(id: number, ...names: string[]): Buffer {
  return Buffer.concat(
    names.map((name) => encodeEntry(id, `CN=${name},DC=lab,DC=example`, [['cn', [name]]])),
  );
}

export function reference(id: number, ...urls: string[]): Buffer {
  return message(id, element(0x73, ...urls.map(textElement)));
}

/** One message around an operation. */
export function message(id: number, ...parts: Buffer[]): Buffer {
  return element(0x30, integerElement(0x02, id), ...parts);
}
