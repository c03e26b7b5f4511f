import { sameDn } from '../../src/directory/dn.ts';
import { type Entry, integer, octets, text } from '../../src/directory/entry.ts';
import { attribute, uac } from '../../src/directory/schema.ts';
import { accessRules, decide } from '../../src/directory/security/access.ts';
import { right } from '../../src/directory/security/ace.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { firstCapableBuild } from '../../src/domain/facts/domain-facts.ts';
import { MigrationState } from '../../src/domain/states.ts';
import {
  descriptorForPrincipals,
  encodeSecurityDescriptor,
  withAce,
} from '../formats/security-descriptor.ts';
import type { DomainController } from './domain-controller.ts';
import { tokenOf } from './token.ts';

/** The host that a service logs on from, as the KDC and the dMSA see it. */
export interface LogonHost {
  name: string;
  computerSid: string;
  build: number;
  /** `DelegatedMSAEnabled` is 1. */
  policyEnabled: boolean;
  /** It reaches an RODC only, and so cannot write to the dMSA (failure-cases.md, 14). */
  behindRodc: boolean;
}

/** Events 105, 307, 308 and 309 of the host's Kerberos log, and whether the service may run. */
export interface Logon {
  succeeded: boolean;
  events: { id: 105 | 307 | 308 | 309; fields: Record<string, string> }[];
}

/** A service on `host` logs on as the account with this sAMAccountName, wherever it is in the domain. */
export function logOn(dc: DomainController, host: LogonHost, accountName: string): Promise<Logon> {
  return dc.serially(async () => {
    const [account] = await dc.store.find(dc.store.baseDn, 'sAMAccountName', accountName);
    if (!account) return refused();
    const state = integer(account, attribute.accountState) ?? MigrationState.Unlinked;
    const dmsa = state === MigrationState.Unlinked ? null : await linkedDmsa(dc, account);
    if (state === MigrationState.Completed) return dmsa ? await asDmsa(dc, host, account, dmsa) : refused();
    if (((integer(account, 'userAccountControl') ?? 0) & uac.accountDisabled) !== 0) return refused();
    const notices = dmsa !== null && host.policyEnabled && host.build >= firstCapableBuild;
    return notices ? await join(dc, host, account, dmsa) : { succeeded: true, events: [] };
  });
}

/** In state 1 the host discovers the dMSA (307) and adds itself to its principals (308) [overview, setup]. */
async function join(dc: DomainController, host: LogonHost, account: Entry, dmsa: Entry): Promise<Logon> {
  const discovered = { id: 307 as const, fields: fieldsOf307(dc, account, dmsa) };
  if (host.behindRodc) return { succeeded: true, events: [discovered] };
  const authorized = await mayRetrieve(dc, dmsa, host);
  if (!authorized) await addPrincipal(dc, dmsa, host.computerSid);
  const fields = {
    'DC Used': `\\\\${dc.name.split('.')[0]!.toUpperCase()}`,
    'DMSA Distinguished Name': dmsa.dn,
    'Linked Account': text(account, 'sAMAccountName') ?? '',
    'Domain Name': domainName(dc),
    'Previously Authorized': String(authorized),
    Status: '0x0',
  };
  return { succeeded: true, events: [discovered, { id: 308, fields }] };
}

/** In state 2 the KDC names the dMSA; a host that may not use it cannot log on any more [overview, faq]. */
async function asDmsa(dc: DomainController, host: LogonHost, account: Entry, dmsa: Entry): Promise<Logon> {
  const able = host.policyEnabled && host.build >= firstCapableBuild && (await mayRetrieve(dc, dmsa, host));
  const fields = {
    'New Account Name': text(dmsa, 'sAMAccountName') ?? '',
    Status: able ? '0x0' : '0xc0000022',
  };
  if (!able) return { succeeded: false, events: [{ id: 105, fields }] };
  const { dn } = dmsa;
  dc.log({
    id: 2946,
    operation: 'KEYS-FETCHED',
    requestedBy: host.name,
    errorCode: '0',
    account: account.dn,
    dmsa: dn,
  });
  return { succeeded: true, events: [{ id: 309, fields }] };
}

/** Adds one SID to the principals, as a host does for itself, and as an intruder would. */
export async function addPrincipal(dc: DomainController, dmsa: Entry, sid: string): Promise<void> {
  const present = octets(dmsa, attribute.principals);
  const descriptor = decodeSecurityDescriptor(present ?? descriptorForPrincipals([]));
  const grown = withAce(descriptor, { kind: 'allow', flags: 0, mask: right.fullControl, sid });
  await dc.store.replace(dmsa.dn, { [attribute.principals]: [encodeSecurityDescriptor(grown)] });
}

/** Both links must point at each other since the August 2025 update: the KDC refuses a one-sided one [research]. */
async function linkedDmsa(dc: DomainController, account: Entry): Promise<Entry | null> {
  const link = text(account, attribute.supersededBy);
  const dmsa = link ? await dc.store.read(link) : null;
  return dmsa && sameDn(text(dmsa, attribute.precededBy), account.dn) ? dmsa : null;
}

/** By its own SID or by one of a group that it is in, unless a refusal comes first. */
async function mayRetrieve(dc: DomainController, dmsa: Entry, { computerSid }: LogonHost): Promise<boolean> {
  const descriptor = octets(dmsa, attribute.principals);
  if (!descriptor) return false;
  const rules = accessRules(decodeSecurityDescriptor(descriptor));
  return decide(rules, await tokenOf(dc, computerSid)).verdict === 'allowed';
}

function fieldsOf307(dc: DomainController, account: Entry, dmsa: Entry): Record<string, string> {
  return {
    'Old Account Name': text(account, 'sAMAccountName') ?? '',
    'New Account Name': text(dmsa, 'sAMAccountName') ?? '',
    'Domain Name': domainName(dc),
    Status: '0x0',
    'Migration Complete': 'false',
  };
}

function domainName(dc: DomainController): string {
  return [...dc.store.baseDn.matchAll(/DC=([^,]+)/gi)].map((match) => match[1]!.toUpperCase()).join('.');
}

function refused(): Logon {
  return { succeeded: false, events: [] };
}
