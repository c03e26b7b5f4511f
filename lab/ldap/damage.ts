import type { Fault } from './faults.ts';
import { encodeNotice } from './responses.ts';

type Damage = Extract<Fault, 'half-answer' | 'malformed' | 'notice'>;

/** Faults that change the octets of an answer, after which the connection ends. */
export function isDamage(fault: Fault | null): fault is Damage {
  return fault === 'half-answer' || fault === 'malformed' || fault === 'notice';
}

/** What goes over the wire in the place of these messages. */
export function damaged(messages: Buffer[], damage: Damage): Buffer {
  if (damage === 'notice') return encodeNotice(unavailable, 'The server is about to shut down');
  const octets = Buffer.concat(messages);
  if (damage === 'half-answer') return octets.subarray(0, octets.length / 2);
  const last = octets.length - messages.at(-1)!.length;
  octets[last + 1]! -= 1;
  return octets;
}

/** Result code of a server that shuts down (RFC 4511 A.2). */
const unavailable = 52;
