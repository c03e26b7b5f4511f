import { childDn } from '../../src/directory/dn.ts';
import { uac } from '../../src/directory/schema.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { type SeedEntry, seedEntry } from './seed-entry.ts';

/**
 * What every domain is born with: containers, accounts and groups, as a Samba domain that was provisioned with the
 * schema of 2012 R2 has them (read there), and what MS-DTYP 2.4.2.4 and MS-ADTS 6.1.1.6 know of newer ones.
 */

/** groupType (MS-ADTS 2.2.12): security groups of each scope. */
const global = '-2147483646';
const universal = '-2147483640';
const local = '-2147483644';
const builtinLocal = '-2147483643';

interface Group {
  name: string;
  rid: number;
  type: string;
  /** SDProp has stamped it (MS-ADTS 3.1.1.6.1): privileged. */
  isProtected?: boolean;
  /** Names in CN=Users, or SIDs of foreign security principals; those come before it. */
  members?: string[];
}

const domainGroups: Group[] = [
  { name: 'Domain Users', rid: 513, type: global },
  { name: 'Domain Guests', rid: 514, type: global },
  { name: 'Domain Computers', rid: 515, type: global },
  { name: 'Domain Controllers', rid: 516, type: global, isProtected: true },
  { name: 'Cert Publishers', rid: 517, type: local },
  { name: 'Domain Admins', rid: 512, type: global, isProtected: true, members: ['Administrator'] },
  { name: 'Group Policy Creator Owners', rid: 520, type: global, members: ['Administrator'] },
  { name: 'Read-only Domain Controllers', rid: 521, type: global, isProtected: true },
  { name: 'Cloneable Domain Controllers', rid: 522, type: global },
  { name: 'Protected Users', rid: 525, type: global },
  { name: 'Key Admins', rid: 526, type: global },
  { name: 'RAS and IAS Servers', rid: 553, type: local },
  { name: 'Allowed RODC Password Replication Group', rid: 571, type: local },
  { name: 'DnsAdmins', rid: 1101, type: local },
  { name: 'DnsUpdateProxy', rid: 1102, type: global },
];

/** In the first domain of a forest only. */
const forestGroups: Group[] = [
  { name: 'Enterprise Read-only Domain Controllers', rid: 498, type: universal },
  { name: 'Schema Admins', rid: 518, type: universal, isProtected: true, members: ['Administrator'] },
  { name: 'Enterprise Admins', rid: 519, type: universal, isProtected: true, members: ['Administrator'] },
  { name: 'Enterprise Key Admins', rid: 527, type: universal },
];

const administrators = ['Administrator', 'Domain Admins', 'Enterprise Admins'];
const builtinGroups: Group[] = [
  { name: 'Administrators', rid: 544, type: builtinLocal, isProtected: true, members: administrators },
  { name: 'Users', rid: 545, type: builtinLocal, members: ['Domain Users', 'S-1-5-4', 'S-1-5-11'] },
  { name: 'Guests', rid: 546, type: builtinLocal, members: ['Guest', 'Domain Guests'] },
  { name: 'Account Operators', rid: 548, type: builtinLocal, isProtected: true },
  { name: 'Server Operators', rid: 549, type: builtinLocal, isProtected: true },
  { name: 'Print Operators', rid: 550, type: builtinLocal, isProtected: true },
  { name: 'Backup Operators', rid: 551, type: builtinLocal, isProtected: true },
  { name: 'Replicator', rid: 552, type: builtinLocal, isProtected: true },
  { name: 'Pre-Windows 2000 Compatible Access', rid: 554, type: builtinLocal, members: ['S-1-5-11'] },
  { name: 'Remote Desktop Users', rid: 555, type: builtinLocal },
  { name: 'Network Configuration Operators', rid: 556, type: builtinLocal },
  { name: 'Incoming Forest Trust Builders', rid: 557, type: builtinLocal },
  { name: 'Performance Monitor Users', rid: 558, type: builtinLocal },
  { name: 'Performance Log Users', rid: 559, type: builtinLocal },
  { name: 'Windows Authorization Access Group', rid: 560, type: builtinLocal, members: ['S-1-5-9'] },
  { name: 'Terminal Server License Servers', rid: 561, type: builtinLocal },
  { name: 'Distributed COM Users', rid: 562, type: builtinLocal },
  { name: 'IIS_IUSRS', rid: 568, type: builtinLocal, members: ['S-1-5-17'] },
  { name: 'Cryptographic Operators', rid: 569, type: builtinLocal },
  { name: 'Event Log Readers', rid: 573, type: builtinLocal },
  { name: 'Certificate Service DCOM Access', rid: 574, type: builtinLocal },
];

/** Well-known principals that groups have as members (MS-DTYP 2.4.2.4). */
const foreignPrincipals = ['S-1-5-4', 'S-1-5-9', 'S-1-5-11', 'S-1-5-17'];

/** systemFlags of what may neither be deleted, renamed nor moved (MS-ADTS 2.2.10). */
const fixed = { systemFlags: ['-1946157056'], isCriticalSystemObject: ['TRUE'] };
const critical = { isCriticalSystemObject: ['TRUE'] };

export interface BuiltinOptions {
  baseDn: string;
  domainSid: string;
  /** Whether it is the first domain of its forest, which has the enterprise groups. */
  isForestRoot: boolean;
}

/** Everything below the head of a new domain but its domain controllers; what is named comes before what names it. */
export function builtinObjects(options: BuiltinOptions): SeedEntry[] {
  const { baseDn } = options;
  const users = childDn('CN', 'Users', baseDn);
  const builtin = childDn('CN', 'Builtin', baseDn);
  const foreign = childDn('CN', 'ForeignSecurityPrincipals', baseDn);
  const system = childDn('CN', 'System', baseDn);
  return [
    seedEntry(users, 'container', fixed),
    seedEntry(childDn('CN', 'Computers', baseDn), 'container', fixed),
    seedEntry(childDn('CN', 'Managed Service Accounts', baseDn), 'container'),
    seedEntry(childDn('CN', 'Program Data', baseDn), 'container'),
    seedEntry(childDn('CN', 'LostAndFound', baseDn), 'lostAndFound', fixed),
    seedEntry(childDn('OU', 'Domain Controllers', baseDn), 'organizationalUnit', fixed),
    seedEntry(system, 'container', fixed),
    seedEntry(childDn('CN', 'AdminSDHolder', system), 'container', fixed),
    seedEntry(builtin, 'builtinDomain', { objectSid: [sidOctets('S-1-5-32')], ...fixed }),
    seedEntry(foreign, 'container', fixed),
    ...foreignPrincipals.map((sid) =>
      seedEntry(childDn('CN', sid, foreign), 'foreignSecurityPrincipal', { objectSid: [sidOctets(sid)] }),
    ),
    ...accounts(options, users),
    ...groups(options, { users, builtin, foreign }),
  ];
}

function accounts({ domainSid }: BuiltinOptions, users: string): SeedEntry[] {
  const account = (name: string, rid: number, control: number, isProtected: boolean): SeedEntry =>
    seedEntry(childDn('CN', name, users), 'user', {
      objectSid: [sidOctets(`${domainSid}-${rid}`)],
      sAMAccountName: [name],
      userAccountControl: [String(control)],
      // Domain Guests.
      ...(rid === 501 && { primaryGroupID: ['514'] }),
      ...(isProtected && { adminCount: ['1'] }),
      ...critical,
    });
  return [
    account('Administrator', 500, uac.normalAccount, true),
    // Disabled, and without a password that it needs or that expires: as Samba provisions it.
    account('Guest', 501, 0x10222, false),
    account('krbtgt', 502, uac.normalAccount | uac.accountDisabled, true),
  ];
}

function groups(
  { domainSid, isForestRoot }: BuiltinOptions,
  places: { users: string; builtin: string; foreign: string },
): SeedEntry[] {
  const inDomain = [...domainGroups, ...(isForestRoot ? forestGroups : [])];
  const known = new Set(['Administrator', 'Guest', 'krbtgt', ...inDomain.map(({ name }) => name)]);
  const toEntry = (place: string, authority: string, more: SeedEntry['attributes']) => (group: Group) => {
    const members = (group.members ?? []).filter((name) => known.has(name) || name.startsWith('S-1-'));
    return seedEntry(childDn('CN', group.name, place), 'group', {
      objectSid: [sidOctets(`${authority}-${group.rid}`)],
      sAMAccountName: [group.name],
      groupType: [group.type],
      ...(group.isProtected && { adminCount: ['1'] }),
      ...(members.length > 0 && {
        member: members.map((name) =>
          childDn('CN', name, name.startsWith('S-1-') ? places.foreign : places.users),
        ),
      }),
      ...more,
    });
  };
  const denied: Group = {
    name: 'Denied RODC Password Replication Group',
    rid: 572,
    type: local,
    members: [
      'krbtgt',
      'Domain Controllers',
      'Read-only Domain Controllers',
      'Domain Admins',
      'Cert Publishers',
      'Schema Admins',
      'Enterprise Admins',
      'Group Policy Creator Owners',
    ],
  };
  return [
    ...[...inDomain, denied].map(toEntry(places.users, domainSid, critical)),
    ...builtinGroups.map(toEntry(places.builtin, 'S-1-5-32', fixed)),
  ];
}
