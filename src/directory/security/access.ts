import type { AccessRule } from '../../domain/facts/facts.ts';
import { type AccessAce, aceFlag, right } from './ace.ts';
import type { SecurityDescriptor } from './security-descriptor.ts';
import { wellKnownSid } from './well-known-sids.ts';

/** RIGHT_GENERIC_READ and RIGHT_GENERIC_ALL: on a directory object both hold read property (MS-ADTS 5.1.3.2). */
const genericWithRead = [0x80000000, 0x10000000];

/** schemaIDGUID of msDS-ManagedPassword (MS-ADA2). */
const managedPassword = 'e362ed86-b728-0842-b27d-2dea7a9df218';

/**
 * The ACEs that decide who may retrieve the managed password, in their order. A DC asks `msDS-GroupMSAMembership`
 * whether the requester is granted RIGHT_DS_READ_PROPERTY (MS-ADTS 3.1.1.4.4), for which it goes by MS-ADTS 5.1.3.3.2:
 * the first ACE for any SID of the requester that gives or refuses that right decides; no DACL lets everyone in; ACEs
 * for children only are skipped. What an owner has by itself (read control, write DACL, write owner) is not this right.
 *
 * - Generic bits count as the rights that they stand for on a directory object.
 * - An object ACE without an object type means the same as one that is no object ACE (ACCESS_ALLOWED_OBJECT_ACE in
 *   the Windows reference). With one, it is for that attribute, property set or right alone, and grants nothing here;
 *   neither does Samba count it. Where it allows `msDS-ManagedPassword` itself, or refuses anything by type, the
 *   specification leaves open whether it counts: it becomes conditional.
 * - A callback ACE hangs on a condition that only the DC can evaluate (MS-DTYP 2.4.4.17): it becomes conditional.
 * - OWNER RIGHTS (S-1-3-4) stands for the owner of the descriptor (MS-DTYP 2.5.3.2).
 *
 * An ACE after one that decides for the same SID without condition can say nothing more, and is left out.
 */
export function accessRules({ dacl, owner }: SecurityDescriptor): AccessRule[] {
  if (!dacl) return [{ sid: wellKnownSid.everyone, effect: 'allow' }];
  const decided = new Set<string>();
  const rules: AccessRule[] = [];
  for (const ace of dacl.aces) {
    if (ace.kind === 'raw' || ace.flags & aceFlag.inheritOnly || !holdsTheRight(ace.mask)) continue;
    const certainty = certaintyOf(ace);
    if (certainty === 'none') continue;
    const sid = ace.sid === wellKnownSid.ownerRights && owner !== null ? owner : ace.sid;
    if (decided.has(sid)) continue;
    const effect = ace.kind.startsWith('deny') ? 'deny' : 'allow';
    if (certainty === 'sure') decided.add(sid);
    rules.push({ sid, effect, ...(certainty === 'conditional' && { conditional: true as const }) });
  }
  return rules;
}

/**
 * Each SID that is let in, sorted, once; `conditional` where that hangs on a condition. A refusal of the SID itself
 * before it takes it away, unless the refusal hangs on a condition: then the SID may be let in after all.
 */
export function grantees(rules: AccessRule[]): { sid: string; conditional?: true }[] {
  const found = new Map<string, { sid: string; conditional?: true }>();
  const refused = new Set<string>();
  for (const { sid, effect, conditional } of rules) {
    if (effect === 'deny' && !conditional) refused.add(sid);
    if (effect === 'deny' || refused.has(sid)) continue;
    if (!conditional) found.set(sid, { sid });
    else if (!found.has(sid)) found.set(sid, { sid, conditional });
  }
  return [...found.values()].sort((a, b) => (a.sid < b.sid ? -1 : a.sid > b.sid ? 1 : 0));
}

/** True if all rules allow without a condition: then their order says nothing. */
export function areOnlyGrants(rules: AccessRule[]): boolean {
  return rules.every(({ effect, conditional }) => effect === 'allow' && !conditional);
}

/** Decision about one requester, with the SID of the rule that decided. */
export interface Decision {
  verdict: 'allowed' | 'refused' | 'not-mentioned';
  by: string | null;
}

/**
 * Decides if a requester with these SIDs is surely let in: a grant on a condition does not count, a refusal on a
 * condition does.
 */
export function decide(rules: AccessRule[], isRequester: (sid: string) => boolean): Decision {
  const rule = rules.find(({ sid, effect, conditional }) => {
    return !(effect === 'allow' && conditional) && isRequester(sid);
  });
  if (!rule) return { verdict: 'not-mentioned', by: null };
  return { verdict: rule.effect === 'allow' ? 'allowed' : 'refused', by: rule.sid };
}

function holdsTheRight(mask: number): boolean {
  return [right.readProperty, ...genericWithRead].some((bit) => (mask & bit) !== 0);
}

function certaintyOf(ace: AccessAce): 'sure' | 'conditional' | 'none' {
  const typed = 'objectType' in ace && ace.objectType !== null;
  if (typed && ace.kind.startsWith('allow') && ace.objectType !== managedPassword) return 'none';
  return typed || 'applicationData' in ace ? 'conditional' : 'sure';
}
