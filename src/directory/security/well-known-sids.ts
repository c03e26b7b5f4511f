/**
 * SIDs that mean the same in every domain, and have no object in it that could be looked up (MS-DTYP 2.4.2.4). The
 * built-in groups (S-1-5-32-…) and the groups of a domain with a well-known RID are objects, and are looked up.
 */
export interface WellKnownSid {
  name: string;
  /**
   * Which requesters have it when they ask a DC over the network: `everyone` that is authenticated, so every computer;
   * `some`, of which nobody can say here which; `none`.
   */
  holders: 'everyone' | 'some' | 'none';
}

export const wellKnownSid = { everyone: 'S-1-1-0', ownerRights: 'S-1-3-4' } as const;

const rows: [sid: string, name: string, holders: WellKnownSid['holders']][] = [
  ['S-1-0-0', 'NULL SID', 'none'],
  [wellKnownSid.everyone, 'Everyone', 'everyone'],
  ['S-1-2-0', 'LOCAL', 'none'],
  ['S-1-2-1', 'CONSOLE LOGON', 'none'],
  ['S-1-3-0', 'CREATOR OWNER', 'none'],
  ['S-1-3-1', 'CREATOR GROUP', 'none'],
  [wellKnownSid.ownerRights, 'OWNER RIGHTS', 'some'],
  ['S-1-5-1', 'DIALUP', 'none'],
  // A computer that fetches the password is logged on to the DC over the network, and authenticated by Kerberos.
  ['S-1-5-2', 'NETWORK', 'everyone'],
  ['S-1-5-3', 'BATCH', 'none'],
  ['S-1-5-4', 'INTERACTIVE', 'none'],
  ['S-1-5-6', 'SERVICE', 'none'],
  ['S-1-5-7', 'ANONYMOUS LOGON', 'none'],
  ['S-1-5-8', 'PROXY', 'none'],
  ['S-1-5-9', 'ENTERPRISE DOMAIN CONTROLLERS', 'some'],
  ['S-1-5-10', 'SELF', 'some'],
  ['S-1-5-11', 'Authenticated Users', 'everyone'],
  ['S-1-5-12', 'RESTRICTED', 'none'],
  ['S-1-5-13', 'TERMINAL SERVER USER', 'none'],
  ['S-1-5-14', 'REMOTE INTERACTIVE LOGON', 'none'],
  // Everyone of the forest has it; who comes over a trust with selective authentication has the other one.
  ['S-1-5-15', 'This Organization', 'everyone'],
  ['S-1-5-1000', 'Other Organization', 'some'],
  ['S-1-5-17', 'IUSR', 'none'],
  ['S-1-5-18', 'SYSTEM', 'none'],
  ['S-1-5-19', 'LOCAL SERVICE', 'none'],
  ['S-1-5-20', 'NETWORK SERVICE', 'none'],
  ['S-1-5-33', 'WRITE RESTRICTED', 'none'],
  ['S-1-5-64-10', 'NTLM Authentication', 'some'],
  ['S-1-5-64-14', 'SChannel Authentication', 'some'],
  ['S-1-5-64-21', 'Digest Authentication', 'some'],
  ['S-1-18-1', 'Authentication authority asserted identity', 'everyone'],
  ['S-1-18-2', 'Service asserted identity', 'some'],
];

const table = new Map<string, WellKnownSid>(rows.map(([sid, name, holders]) => [sid, { name, holders }]));

/** Looks up what a SID means everywhere; null where it is no such SID. */
export function wellKnown(sid: string): WellKnownSid | null {
  return table.get(sid) ?? null;
}

/** The domain's part of an account's SID, `S-1-5-21-…` without the RID; null where it is no SID of a domain. */
export function domainOf(sid: string): string | null {
  return /^(S-1-5-21-\d+-\d+-\d+)-\d+$/.exec(sid)?.[1] ?? null;
}
