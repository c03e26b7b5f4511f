import { baseDn } from '../fixture.ts';

export const users = `CN=Users,${baseDn}`;
export const configuration = `CN=Configuration,${baseDn}`;
export const schema = `CN=Schema,${configuration}`;
export const deletedObjects = `CN=Deleted Objects,${baseDn}`;
export const inChain = '1.2.840.113556.1.4.1941';
export const dmsaClass = 'msDS-DelegatedManagedServiceAccount';

/** An organizational unit of one topic, and what is in it. */
export function place(name: string) {
  const ou = `OU=${name},${baseDn}`;
  return { ou, at: (common: string, parent = ou) => `CN=${common},${parent}` };
}

export const organizationalUnit = { objectClass: 'organizationalUnit' };
/** Account names are unique in the domain: the topic's name goes before each. */
export const user = (sAMAccountName: string, more: Record<string, string | string[]> = {}) => ({
  objectClass: 'user',
  sAMAccountName,
  ...more,
});
export const group = (sAMAccountName: string, more: Record<string, string | string[]> = {}) => ({
  objectClass: 'group',
  sAMAccountName,
  ...more,
});
export const dmsa = (sAMAccountName: string, more: Record<string, string | string[]> = {}) => ({
  objectClass: dmsaClass,
  sAMAccountName,
  userAccountControl: '4096',
  'msDS-DelegatedMSAState': '0',
  'msDS-ManagedPasswordInterval': '30',
  ...more,
});
