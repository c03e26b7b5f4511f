import { z } from 'zod';

import { groupList, parseGroup } from '../groups.ts';
import { distinguishedName, dmsaName, filledText, hostList, hostName } from '../values.ts';
import type { PlanField } from './field.ts';

/** Fields that the planner resolves in the directory: account, dMSA, hosts and the requester. */
export const targetFields = {
  account: {
    schema: filledText,
    description: 'Account to be superseded: a name, DOMAIN\\name, UPN, DN, GUID or SID',
  },
  dmsa: {
    schema: z.preprocess((name) => (typeof name === 'string' ? name.replace(/\$$/, '') : name), dmsaName),
    description: 'Name of the dMSA, at most 15 characters',
    option: '--dmsa <name>',
  },
  hosts: {
    schema: hostList(hostName, (name) => name),
    description: 'Hosts with services of the account, in rollout order',
    option: '--host <name>',
    help: 'a host with services of the account; may be repeated, in rollout order',
    repeated: true,
  },
  requestedBy: {
    schema: filledText,
    description: 'Requester, who may not approve',
    option: '--by <who>',
    help: 'requester, who may not approve (default: your login)',
  },
  container: {
    schema: distinguishedName.optional(),
    description: 'Container that the dMSA is created in',
    option: '--container <dn>',
    help: 'container that the dMSA is created in (default: CN=Managed Service Accounts of the domain)',
  },
  dnsHostName: {
    schema: hostName.optional(),
    description: 'DNS host name of the dMSA',
    option: '--dns-name <name>',
    help: 'DNS host name of the dMSA (default: its name in the domain)',
  },
  groups: {
    schema: groupList,
    description: 'Groups of hosts that are never worked on together; a host is in one group at most',
    default: [],
    option: '--group <name=hosts>',
    help: 'hosts never worked on together, as farm=web01.contoso.com,web02.contoso.com; may be repeated',
    parse: parseGroup,
    repeated: true,
  },
} satisfies Record<string, PlanField>;
