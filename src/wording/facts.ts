import { encryptionText } from '../domain/facts/encryption.ts';
import type { AccountFacts, DelegationFacts, DmsaFacts, Facts } from '../domain/facts/facts.ts';
import type { HostFacts, PolicyValue } from '../domain/facts/host-facts.ts';
import { principalLabel } from '../domain/facts/principals.ts';
import { andMore, firstOf } from './lists.ts';

/** One line of the comparison before and after, in the words that terminal and report share. */
export interface FactField {
  label: string;
  /** One text a line; a single `absent` where there is nothing. */
  before: string[];
  after: string[];
}

export interface FactSection {
  title: string;
  fields: FactField[];
}

/** Account, dMSA, and one section for all hosts that look alike before and after. */
export function factSections(before: Facts | null, after: Facts | null): FactSection[] {
  const account = after?.account ?? before?.account;
  const dmsa = after?.dmsa ?? before?.dmsa;
  const names = namesOf([before, after]);
  return [
    {
      title: `Account ${account?.samAccountName ?? '(absent)'}`,
      fields: compare(before?.account ?? null, after?.account ?? null, (facts) =>
        accountFields(facts, names),
      ),
    },
    {
      title: `dMSA ${dmsa?.samAccountName ?? '(absent)'}`,
      fields: compare(before?.dmsa ?? null, after?.dmsa ?? null, (facts) => dmsaFields(facts, names)),
    },
    ...hostSections(before?.hosts ?? [], after?.hosts ?? []),
  ].filter(({ fields }) => fields.length > 0);
}

export const stateNames = ['0 unlinked', '1 started', '2 completed', '3 standalone'];

type Values = Record<string, string | string[]>;

function accountFields(facts: AccountFacts, names: Map<string, string>): Values {
  return {
    state: stateNames[facts.state] ?? String(facts.state),
    enabled: yesNo(facts.enabled),
    'superseded by': named(facts.supersededBy, names),
    ...delegationFields(facts),
    encryption: encryptionTypes(facts),
  };
}

function dmsaFields(facts: DmsaFacts, names: Map<string, string>): Values {
  return {
    state: stateNames[facts.state] ?? String(facts.state),
    enabled: yesNo(facts.enabled),
    'preceded by': named(facts.precededBy, names),
    ...delegationFields(facts),
    encryption: encryptionTypes(facts),
    principals: facts.principals.map(principalLabel),
  };
}

function encryptionTypes({ encryptionTypes: types }: AccountFacts | DmsaFacts): string | string[] {
  return types === null || types === undefined ? [] : encryptionText(types);
}

function delegationFields(facts: DelegationFacts): Values {
  return {
    SPNs: facts.servicePrincipalNames,
    'delegates to': facts.allowedToDelegateTo,
    'acts on behalf': facts.actOnBehalfOf === null ? [] : `descriptor ${facts.actOnBehalfOf.slice(0, 12)}…`,
    'authn policy': facts.authenticationPolicy ?? [],
    'authn silo': facts.authenticationSilo ?? [],
    'protocol transition': yesNo(facts.trustedToAuthForDelegation),
  };
}

function hostFields(facts: HostFacts): Values {
  if (facts.unreachable) {
    const { code, message } = facts.unreachable;
    return { reachable: `no: ${code}: ${message}` };
  }
  return {
    policy: facts.policy ? wordPolicy(facts.policy) : 'unknown',
    'event log': wordEventLog(facts.eventLogEnabled),
    services: facts.services.map(({ name, state, startName }) => `${name} ${state}, as ${startName}`),
    pools: facts.pools,
  };
}

/** Null where it could not be read. */
export function wordEventLog(enabled: boolean | null): string {
  return enabled === null ? 'unknown' : enabled ? 'on' : 'off';
}

/** With and without the key differ: a key that was created is removed again. */
export function wordPolicy({ value, keyExists }: PolicyValue): string {
  if (value !== null) return String(value);
  return keyExists ? 'not set, key exists' : 'not set';
}

function hostSections(before: HostFacts[], after: HostFacts[]): FactSection[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const alike = new Map<string, { hosts: string[]; fields: FactField[] }>();
  for (const name of names) {
    const fields = compare(
      before.find((host) => host.name === name) ?? null,
      after.find((host) => host.name === name) ?? null,
      hostFields,
    );
    const key = JSON.stringify(fields);
    alike.set(key, { hosts: [...(alike.get(key)?.hosts ?? []), name], fields });
  }
  return [...alike.values()].map(({ hosts, fields }) => ({ title: hostTitle(hosts), fields }));
}

function hostTitle(hosts: string[]): string {
  if (hosts.length === 1) return `Host ${hosts[0]}`;
  return `${hosts.length} hosts alike: ${firstOf(hosts, 5, andMore).join(', ')}`;
}

/** Fields that are absent on both sides, or `no` on both, say nothing and are left out. */
function compare<T>(before: T | null, after: T | null, fieldsOf: (facts: T) => Values): FactField[] {
  const left = before === null ? {} : fieldsOf(before);
  const right = after === null ? {} : fieldsOf(after);
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .map((label) => ({ label, before: lines(left[label]), after: lines(right[label]) }))
    .filter((field) => [field.before, field.after].some(([first]) => first !== 'absent'))
    .filter(
      (field) => field.label !== 'protocol transition' || [...field.before, ...field.after].includes('yes'),
    );
}

function lines(value: string | string[] | undefined): string[] {
  if (typeof value === 'string') return [value];
  return value && value.length > 0 ? value : ['absent'];
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function namesOf(all: (Facts | null)[]): Map<string, string> {
  return new Map(
    all
      .flatMap((facts) => [facts?.account, facts?.dmsa])
      .flatMap((object) => (object ? [[object.dn.toLowerCase(), object.samAccountName] as const] : [])),
  );
}

/** The short name of an object that is shown anyway, else the DN whole. */
function named(dn: string | null, names: Map<string, string>): string | string[] {
  return dn === null ? [] : (names.get(dn.toLowerCase()) ?? dn);
}
