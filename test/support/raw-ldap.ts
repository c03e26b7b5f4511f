import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';

import { BindRequest, Control, type Message, UnbindRequest } from 'ldapts';

import { Elements, takeMessage } from '../../lab/ldap/ber.ts';

/** Everything that a server answered to one operation, in the order in which it came. */
export interface RawAnswer {
  code: number;
  matchedDn: string;
  message: string;
  /** Of result 10 (RFC 4511 4.1.10). */
  referrals: string[];
  entries: RawEntry[];
  /** Continuation references of a search. */
  references: string[];
  /** Response controls by type. */
  controls: Record<string, Buffer>;
}

export interface RawEntry {
  dn: string;
  /** Names as the server spells them; values as octets. */
  attributes: Record<string, Buffer[]>;
}

const searchEntry = 0x64;
const searchReference = 0x73;
const controlsTag = 0xa0;

/**
 * An LDAP client that hides nothing: no value is decoded, no name added, no referral swallowed. ldapts writes the
 * requests, and the answers are read octet by octet.
 */
export class RawLdap {
  readonly #socket: TLSSocket;
  #received: Buffer = Buffer.alloc(0);
  #messages = 0;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  /** Not bound yet. */
  static async connect(socket: TLSSocket): Promise<RawLdap> {
    await once(socket, 'secureConnect');
    return new RawLdap(socket);
  }

  async bind(user: string, password: string): Promise<RawAnswer> {
    return await this.send((messageId) => new BindRequest({ messageId, dn: user, password }));
  }

  /** Sends a request and reads to the end of its answer. Rejects where the server ends the connection. */
  async send(request: (messageId: number) => Message | Buffer): Promise<RawAnswer> {
    const written = request(++this.#messages);
    this.#socket.write(Buffer.isBuffer(written) ? written : written.write());
    const entries: RawEntry[] = [];
    const references: string[] = [];
    for (;;) {
      const elements = new Elements(await this.#nextMessage());
      elements.integer(0x02);
      const { tag, content } = elements.next();
      if (tag === searchEntry) entries.push(readEntry(content));
      else if (tag === searchReference) references.push(...new Elements(content).all((each) => each.text()));
      else return { ...readResult(content), entries, references, controls: readControls(elements) };
    }
  }

  close(): void {
    this.#socket.end(new UnbindRequest({ messageId: ++this.#messages }).write());
    this.#socket.destroySoon();
  }

  async #nextMessage(): Promise<Buffer> {
    for (;;) {
      const taken = takeMessage(this.#received);
      if (taken) {
        this.#received = taken.rest;
        return taken.message;
      }
      const ended = new AbortController();
      const chunk = await Promise.race([
        once(this.#socket, 'data', { signal: ended.signal }).then(([octets]) => octets as Buffer),
        once(this.#socket, 'close', { signal: ended.signal }).then(() => null),
      ]).finally(() => ended.abort());
      if (chunk === null) throw new Error('the server ended the connection');
      this.#received = Buffer.concat([this.#received, chunk]);
    }
  }
}

function readEntry(content: Buffer): RawEntry {
  const inner = new Elements(content);
  const dn = inner.text();
  const attributes = inner.inside(0x30).all((elements): [string, Buffer[]] => {
    const attribute = elements.inside(0x30);
    return [attribute.text(), attribute.inside(0x31).all((values) => values.octets())];
  });
  return { dn, attributes: Object.fromEntries(attributes) };
}

function readResult(content: Buffer) {
  const inner = new Elements(content);
  const [code, matchedDn, message] = [inner.integer(0x0a), inner.text(), inner.text()];
  const referrals = inner.peek() === 0xa3 ? inner.inside(0xa3).all((each) => each.text()) : [];
  return { code, matchedDn, message, referrals };
}

function readControls(elements: Elements): Record<string, Buffer> {
  if (!elements.more) return {};
  const controls = elements.inside(controlsTag).all((each): [string, Buffer] => {
    const inner = each.inside(0x30);
    const type = inner.text();
    if (inner.peek() === 0x01) inner.boolean();
    return [type, inner.more ? inner.octets() : Buffer.alloc(0)];
  });
  return Object.fromEntries(controls);
}

/** A request control with these octets as its value. */
export class RawControl extends Control {
  readonly #value: Buffer | null;

  constructor(type: string, value: Buffer | null = null, critical = false) {
    super(type, { critical });
    this.#value = value;
  }

  override writeControl(writer: { writeBuffer(value: Buffer, tag: number): void }): void {
    if (this.#value) writer.writeBuffer(this.#value, 0x04);
  }
}
