import { BerReader, BerWriter } from 'ldapts';

/** A message that is no LDAP: the connection it came on is closed (RFC 4511 4.1.1). */
export class MalformedMessage extends Error {}

/** MaxReceiveBuffer of AD's LDAP policies (MS-ADTS 3.1.1.3.4.6). */
const longestMessage = 10_485_760;
const sequence = 0x30;
const octetString = 0x04;

/** One BER element: its tag, and its contents as octets. */
export interface Element {
  tag: number;
  content: Buffer;
}

/** The first whole message of what has arrived, and what is left; null where more must arrive. */
export function takeMessage(received: Buffer): { message: Buffer; rest: Buffer } | null {
  const reader = new BerReader(received);
  if (received.length > 0 && reader.peek() !== sequence) throw new MalformedMessage('no sequence');
  if (guarded(() => reader.readSequence()) === null) return null;
  if (reader.length < 0 || reader.length > longestMessage) throw new MalformedMessage('too long');
  if (reader.length > reader.remain) return null;
  const end = reader.offset + reader.length;
  return { message: received.subarray(reader.offset, end), rest: received.subarray(end) };
}

/** Reads elements one after the other; each is whole and within its parent, or it throws MalformedMessage. */
export class Elements {
  readonly #reader: BerReader;

  constructor(content: Buffer) {
    this.#reader = new BerReader(content);
  }

  get more(): boolean {
    return this.#reader.remain > 0;
  }

  peek(): number | null {
    return this.#reader.peek();
  }

  next(): Element {
    const tag = guarded(() => this.#reader.readSequence());
    const { length, offset, remain } = this.#reader;
    if (tag === null || length < 0 || length > remain) throw new MalformedMessage('cut short');
    this.#reader.offset = offset + length;
    return { tag, content: this.#reader.buffer.subarray(offset, offset + length) };
  }

  take(tag: number): Buffer {
    const element = this.next();
    if (element.tag !== tag) throw new MalformedMessage(`tag ${element.tag} in the place of ${tag}`);
    return element.content;
  }

  octets(): Buffer {
    return this.take(octetString);
  }

  text(): string {
    return this.octets().toString();
  }

  /** An integer of up to 32 bits, by the tag of INTEGER or ENUMERATED. */
  integer(tag: number): number {
    const content = this.take(tag);
    if (content.length < 1 || content.length > 4) throw new MalformedMessage('no number of 32 bits');
    return content.readIntBE(0, content.length);
  }

  boolean(): boolean {
    return this.take(0x01).some((octet) => octet !== 0);
  }

  /** The elements of a constructed element. */
  inside(tag: number): Elements {
    return new Elements(this.take(tag));
  }

  /** Everything that is left, each read by `read`. */
  all<T>(read: (elements: Elements) => T): T[] {
    const items: T[] = [];
    while (this.more) items.push(read(this));
    return items;
  }
}

/** One element with these contents. */
export function element(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const writer = new BerWriter({ size: content.length + 16 });
  writer.writeBuffer(content, tag);
  return writer.buffer;
}

export function integerElement(tag: number, value: number): Buffer {
  const writer = new BerWriter({ size: 16 });
  writer.writeInt(value, tag);
  return writer.buffer;
}

export function textElement(value: string): Buffer {
  return element(octetString, Buffer.from(value));
}

/** What ldapts's reader refuses is malformed too. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new MalformedMessage('not BER', { cause });
  }
}
