import { onTestFinished } from 'vitest';
import { descriptorForPrincipals } from '../../lab/formats/security-descriptor.ts';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { completeMigration, startMigration } from '../../lab/rules/phases.ts';
import { type Audit, audit } from '../../src/audit/audit.ts';
import type { AuditFilter } from '../../src/audit/filter.ts';
import type { AuditedPair } from '../../src/audit/report.ts';
import { connectionsOf } from '../../src/connections.ts';
import { childDn } from '../../src/directory/dn.ts';
import { octets, type Value } from '../../src/directory/entry.ts';
import { attribute, dmsaClass, uac } from '../../src/directory/schema.ts';
import { sidText } from '../../src/directory/sid.ts';

export const seededAt = new Date('2025-06-01T08:00:00.000Z');
export const by = 'LAB\\rosa';

/** userAccountControl of a computer, and of a user without a password, enabled and disabled. */
const control = {
  computer: uac.workstationTrustAccount,
  enabled: uac.normalAccount | 0x20,
  disabled: uac.normalAccount | 0x20 | uac.accountDisabled,
};

export interface AuditedDomain {
  lab: Lab;
  clock: { now: Date };
  dmsaDn(name: string): string;
  accountDn(name: string): string;
  /** Adds a user, with or without what makes it a superseded one. Returns its SID. */
  account(name: string, made?: { state?: number; link?: string; disabled?: boolean }): Promise<string>;
  dmsa(name: string, made?: { state?: number; link?: string; principals?: string[] }): Promise<void>;
  group(name: string, members: string[], attributes?: Record<string, Value[]>): Promise<string>;
  /** As the cmdlets do it, event 3085 included. */
  start(account: string, dmsa: string): Promise<void>;
  complete(account: string, dmsa: string): Promise<void>;
  /** Both links and states as a forger would write them: nothing is logged. */
  forge(account: string, dmsa: string, state: number): Promise<void>;
  set(dn: string, attributes: Record<string, Value[]>): Promise<void>;
  audit(filter?: Partial<AuditFilter>, options?: { events?: boolean }): Promise<Audit>;
}

/** A lab of the test's own without any dMSA; its clock is the test's. */
export async function domainOf(options: Partial<LabOptions> = {}): Promise<AuditedDomain> {
  const domain = await startDomain(options);
  onTestFinished(() => domain.lab.close());
  return domain;
}

/** The same, which the caller closes. */
export async function startDomain(options: Partial<LabOptions> = {}): Promise<AuditedDomain> {
  const clock = { now: seededAt };
  const lab = await startLab({ clock: () => clock.now, ...options });
  const { dc } = lab;
  const { store } = dc;
  const dmsaDn = (name: string) => childDn('CN', name, `CN=Managed Service Accounts,${store.baseDn}`);
  const accountDn = (name: string) => childDn('CN', name, `CN=Users,${store.baseDn}`);
  const sidOf = async (dn: string) => sidText(octets((await store.read(dn))!, 'objectSid')!);
  const stateOf = (name: string, state: number | undefined) =>
    state === undefined ? {} : { [name]: [String(state)] };
  const linkOf = (name: string, dn: string | undefined) => (dn === undefined ? {} : { [name]: [dn] });
  const pair = (account: string, dmsa: string) => {
    return { account: accountDn(account), dmsa: dmsaDn(dmsa), requestedBy: by };
  };
  return {
    lab,
    clock,
    dmsaDn,
    accountDn,
    async account(name, { state, link, disabled = false } = {}) {
      await store.add(accountDn(name), {
        objectClass: ['top', 'person', 'organizationalPerson', 'user'],
        sAMAccountName: [name],
        userPrincipalName: [`${name}@lab.example`],
      });
      await store.replace(accountDn(name), {
        userAccountControl: [String(disabled ? control.disabled : control.enabled)],
        ...stateOf(attribute.accountState, state),
        ...linkOf(attribute.supersededBy, link),
      });
      return await sidOf(accountDn(name));
    },
    async dmsa(name, { state = 0, link, principals } = {}) {
      await store.add(dmsaDn(name), {
        objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer', dmsaClass],
        sAMAccountName: [`${name}$`],
        dNSHostName: [`${name}.lab.example`],
        userAccountControl: [String(control.computer)],
        [attribute.passwordInterval]: ['30'],
        [attribute.dmsaState]: [String(state)],
        ...linkOf(attribute.precededBy, link),
        ...(principals && { [attribute.principals]: [descriptorForPrincipals(principals)] }),
      });
    },
    async group(name, members, attributes = {}) {
      const sAMAccountName = [name];
      await store.add(accountDn(name), { objectClass: ['top', 'group'], sAMAccountName, ...attributes });
      if (members.length > 0) await store.replace(accountDn(name), { member: members });
      return await sidOf(accountDn(name));
    },
    start: (account, dmsa) => startMigration(dc, pair(account, dmsa)),
    complete: (account, dmsa) => completeMigration(dc, pair(account, dmsa)),
    async forge(account, dmsa, state) {
      const states = { account: { [attribute.accountState]: [String(state)] } };
      await store.replace(accountDn(account), {
        ...states.account,
        [attribute.supersededBy]: [dmsaDn(dmsa)],
      });
      await store.replace(dmsaDn(dmsa), {
        [attribute.dmsaState]: [String(state)],
        [attribute.precededBy]: [accountDn(account)],
      });
    },
    set: (dn, attributes) => store.replace(dn, attributes),
    async audit(filter = {}, { events = true } = {}) {
      const { connectDirectory, transport } = connectionsOf(lab.settings);
      const { management, records } = lab.settings;
      return await audit(
        {
          connectDirectory,
          events: events ? { transport, managementHost: management.host } : null,
          recordsFolder: records.folder,
        },
        {
          filter: { account: null, dmsa: null, ou: null, ...filter },
          now: clock.now,
          signal: new AbortController().signal,
        },
      );
    },
  };
}

/** `CODE severity`, sorted: what a test of one case expects. */
export function codes({ findings }: Pick<Audit, 'findings'>): string[] {
  return findings.map(({ code, severity }) => `${severity} ${code}`).sort();
}

export function pairNamed({ pairs }: Audit, account: string | null, dmsa: string | null): AuditedPair {
  const found = pairs.find(
    (pair) =>
      (pair.account?.samAccountName ?? null) === account && (pair.dmsa?.samAccountName ?? null) === dmsa,
  );
  if (!found) throw new Error(`there is no pair ${account} ${dmsa}`);
  return found;
}

export const day = 24 * 3_600_000;

/** A pair that was migrated as it should be, on hosts that were there. */
export async function withGoodPair(domain: AuditedDomain): Promise<void> {
  await domain.account('svc-web');
  await domain.dmsa('dmsa-web', { principals: [domain.lab.seeded.computerSids.get('fin01.lab.example')!] });
  await domain.start('svc-web', 'dmsa-web');
}
