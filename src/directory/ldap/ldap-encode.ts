import { BerWriter } from 'ldapts';
import { answerTag, type LdapAnswer } from './ldap-message.ts';

/** Characters of the text that goes before a referral's own; the rest says no more to a person. */
const longestText = 2_000;

/** A reference of no URL, which means nothing. */
export function emptyReference(id: number): Buffer {
  return encode(id, (writer) => writer.startSequence(answerTag.searchReference));
}

/** Encodes the result with its referrals before its text: ldapts does not read the field that they are in. */
export function withReferralsInText({ id, tag, result }: LdapAnswer): Buffer {
  const { code, matchedDn, text, referrals } = result!;
  const told = [referrals.join(', ').slice(0, longestText), text.slice(0, longestText)];
  return encode(id, (writer) => {
    writer.startSequence(tag);
    writer.writeEnumeration(code);
    writer.writeString(matchedDn.slice(0, longestText));
    writer.writeString(told.filter((part) => part).join(': '));
  });
}

/** One message with the operation that `write` begins. */
function encode(id: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}
