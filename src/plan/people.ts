import type { Directory } from '../directory/directory.ts';
import { type Entry, sidOf, text, texts } from '../directory/entry.ts';
import { findPrincipal } from '../directory/names/find-principal.ts';
import { type Finding, finding } from '../domain/findings/findings.ts';
import type { DomainNames } from '../domain/plan/identity.ts';
import { normalName, type Person } from '../domain/plan/people.ts';

/**
 * The accounts behind the names of who asks and who decides, so that one person under two names is one. One search a name.
 * A name without an account is a finding: only its spelling tells it from others.
 */
export async function findPeople(
  directory: Directory,
  written: string[],
  domain: DomainNames,
): Promise<{ people: Person[]; findings: Finding[] }> {
  const people = new Map<string, Person>();
  const findings: Finding[] = [];
  for (const [normal, name] of distinctNames(written, domain)) {
    const found = await findPrincipal(directory, name, {
      attributes: ['objectClass', 'objectSid', 'sAMAccountName', 'userPrincipalName'],
      domain,
      field: 'approver',
    });
    // People of other domains of the forest are as good, and not read here.
    if (found.status === 'in-other-domain') continue;
    const why = found.status === 'found' ? whyNobody(found.entry) : found.why;
    if (why !== null) findings.push(finding('PERSON_UNKNOWN', name, why));
    else if (found.status === 'found') {
      const read = personFrom(found.entry, domain);
      const person = people.get(read.sid) ?? read;
      // AD ignores marks and widths: what it has found is the person, whatever letters were written.
      if (!person.names.includes(normal)) person.names.push(normal);
      people.set(person.sid, person);
    }
  }
  return { people: [...people.values()], findings };
}

/** Names without duplicates, by their normal form. Names without one are refused with the plan. */
function distinctNames(written: string[], domain: DomainNames): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of written) {
    const normal = normalName(name, domain);
    if (normal !== null && !names.has(normal)) names.set(normal, name);
  }
  return names;
}

/** Groups and computers are principals, and do not vote. */
function whyNobody(entry: Entry): string | null {
  const classes = texts(entry, 'objectClass').map((name) => name.toLowerCase());
  if (classes.includes('group')) return `${entry.dn} is a group: only its members' own names vote`;
  // A computer is a user as well (MS-ADSC), and so is every managed service account.
  const isPerson = classes.includes('user') && !classes.includes('computer');
  return isPerson ? null : `${entry.dn} is no account of a person`;
}

function personFrom(entry: Entry, domain: DomainNames): Person {
  const names = [text(entry, 'sAMAccountName'), text(entry, 'userPrincipalName')];
  const normal = names.flatMap((name) => (name === null ? [] : (normalName(name, domain) ?? [])));
  return { sid: sidOf(entry, 'objectSid'), names: [...new Set(normal)] };
}
