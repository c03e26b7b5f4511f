import { type Entry, octets, text, texts } from '../../src/directory/entry.ts';
import { domainOf, wellKnown } from '../../src/directory/security/well-known-sids.ts';
import { sidOctets, sidText } from '../../src/directory/sid.ts';
import type { DomainController } from './domain-controller.ts';

/**
 * Whether a SID is in the token of the account with the SID `own`: its own, those of its groups with the groups that they
 * are in, its primary group (MS-ADTS 3.1.1.4.5.19), and those that everyone has.
 */
export async function tokenOf(dc: DomainController, own: string): Promise<(sid: string) => boolean> {
  const [account] = await dc.store.find(dc.store.baseDn, 'objectSid', sidOctets(own));
  const sids = new Set([own]);
  const waiting: (Entry | null)[] = account ? [account, await primaryGroup(dc, account, own)] : [];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const sid = entry && octets(entry, 'objectSid');
    if (!entry || !sid || (entry !== account && sids.has(sidText(sid)))) continue;
    sids.add(sidText(sid));
    waiting.push(...(await Promise.all(texts(entry, 'memberOf').map((dn) => dc.store.read(dn)))));
  }
  return (sid) => sids.has(sid) || wellKnown(sid)?.holders === 'everyone';
}

async function primaryGroup(dc: DomainController, account: Entry, own: string): Promise<Entry | null> {
  const rid = text(account, 'primaryGroupID');
  if (rid === null) return null;
  const [group] = await dc.store.find(dc.store.baseDn, 'objectSid', sidOctets(`${domainOf(own)}-${rid}`));
  return group ?? null;
}
