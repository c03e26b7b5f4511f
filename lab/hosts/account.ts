import { type Entry, octets, text } from '../../src/directory/entry.ts';
import { sidText } from '../../src/directory/sid.ts';
import { isLogonOf } from '../../src/domain/plan/identity.ts';
import type { DomainController } from '../rules/domain-controller.ts';
import { type LabDomain, labDomain } from '../topology.ts';

/** The account that is migrated, and the host's own. */
export interface HostIdentity {
  /** sAMAccountName of the account, which stays the same wherever it is moved. */
  accountName: string;
  computerSid: string;
  /** Of which both are; the lab's first domain where absent. */
  domain?: LabDomain;
}

/** Services of other accounts start as well, and meet no rule of the migration. */
export async function isTheAccount(
  dc: DomainController,
  identity: HostIdentity,
  startName: string,
  computerName: string,
): Promise<boolean> {
  const { accountName, domain = labDomain } = identity;
  const account = await find(dc, identity);
  const explicit = account && text(account, 'userPrincipalName');
  const { dnsName, netbiosName } = domain;
  const principalNames = [`${accountName}@${dnsName}`, `${accountName}@${netbiosName}`, explicit ?? ''];
  const names = {
    samAccountName: accountName,
    principalNames: principalNames.map((name) => name.toLowerCase()),
  };
  return isLogonOf(names, startName, domain, computerName);
}

/** A service that was set up by hand was given "Log on as a service" then, and its account keeps it. */
export async function accountSids(dc: DomainController, identity: HostIdentity): Promise<string[]> {
  const account = await find(dc, identity);
  const sid = account && octets(account, 'objectSid');
  return sid ? [sidText(sid)] : [];
}

async function find(dc: DomainController, { accountName }: HostIdentity): Promise<Entry | undefined> {
  const [account] = await dc.store.find(dc.store.baseDn, 'sAMAccountName', accountName);
  return account;
}
