import { DmsaError } from '../../domain/errors/errors.ts';
import { type ConnectDirectory, withDirectory } from '../directory.ts';
import { type Entry, octets, text, texts } from '../entry.ts';
import { readDomainNames } from '../read/read-domain.ts';
import { sidText } from '../sid.ts';
import { findPrincipal } from './find-principal.ts';
import { parsePrincipalName } from './principal-name.ts';

/** Principal that a name stands for. */
export interface ResolvedPrincipal {
  sid: string;
  /** Null where nothing in the domain has the SID. */
  found: { dn: string; name: string; kind: string } | null;
  /** Reason why nothing was found, in a phrase. */
  why: string | null;
}

/**
 * The principal that somebody named, with its SID. A SID needs not be anybody's here: it may be of another forest, or
 * of what has been deleted. Throws NAME_UNKNOWN for any other name that nothing answers to, ARGUMENT_INVALID for what
 * is no principal or several, and what reading the directory throws.
 */
export async function resolvePrincipal(
  connect: ConnectDirectory,
  written: string,
): Promise<ResolvedPrincipal> {
  const name = parsePrincipalName(written, 'principal');
  return await withDirectory(connect, {}, async (directory) => {
    const domain = await readDomainNames(directory);
    const options = {
      attributes: ['objectClass', 'objectSid', 'sAMAccountName'],
      domain,
      field: 'principal',
    };
    const search = await findPrincipal(directory, written, options);
    if (search.status === 'found') return resolved(search.entry);
    if (name.form === 'sid') return { sid: name.sid, found: null, why: search.why };
    throw new DmsaError('NAME_UNKNOWN', written, `principal: ${written}: ${search.why}`);
  });
}

function resolved(entry: Entry): ResolvedPrincipal {
  const sid = octets(entry, 'objectSid');
  if (!sid) {
    const message = `principal: ${entry.dn} has no SID: name an account, a group or a computer`;
    throw new DmsaError('ARGUMENT_INVALID', 'principal', message);
  }
  const name = text(entry, 'sAMAccountName') ?? text(entry, 'name') ?? entry.dn;
  return { sid: sidText(sid), found: { dn: entry.dn, name, kind: kindOf(entry) }, why: null };
}

/** From the most specific class down: a managed account is a computer, and a computer is a user (MS-ADSC). */
function kindOf(entry: Entry): string {
  const classes = texts(entry, 'objectClass').map((name) => name.toLowerCase());
  const kinds: [className: string, kind: string][] = [
    ['msds-delegatedmanagedserviceaccount', 'dMSA'],
    ['msds-groupmanagedserviceaccount', 'gMSA'],
    ['computer', 'computer'],
    ['user', 'user'],
    ['group', 'group'],
    ['foreignsecurityprincipal', 'principal of another forest'],
  ];
  return kinds.find(([className]) => classes.includes(className))?.[1] ?? 'object';
}
