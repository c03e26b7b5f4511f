import { join } from 'node:path';

/** The one domain that the lab is, on whichever directory. */
export const realm = 'lab.example';
export const netbiosName = 'LAB';
export const hostName = 'dc1';
export const baseDn = 'DC=lab,DC=example';

export interface Paths {
  /** Everything of this domain controller is below it. */
  folder: string;
  data: string;
  configuration: string;
  certificate: string;
  privateKey: string;
  authority: string;
}

export function pathsIn(folder: string): Paths {
  return {
    folder,
    data: join(folder, 'data'),
    configuration: join(folder, 'smb.conf'),
    certificate: join(folder, 'certificate.pem'),
    privateKey: join(folder, 'key.pem'),
    authority: join(folder, 'ca.pem'),
  };
}

/**
 * smb.conf(5) of a domain controller that answers LDAP and Kerberos on one loopback address and writes nothing outside
 * its folder. The machine's own smb.conf has no say.
 */
export function smbConf(paths: Paths, address: string): string {
  const { data, folder } = paths;
  const settings = {
    'server role': 'active directory domain controller',
    'netbios name': hostName.toUpperCase(),
    realm: realm.toUpperCase(),
    workgroup: netbiosName,
    'server services': 'ldap, kdc, cldap',
    // With its netmask, or Samba takes no loopback address but the interface's first.
    interfaces: `${address}/8`,
    'bind interfaces only': 'yes',
    'private dir': join(data, 'private'),
    'state directory': join(data, 'state'),
    'cache directory': join(data, 'cache'),
    'lock directory': data,
    'binddns dir': join(data, 'bind-dns'),
    'pid directory': folder,
    'ncalrpc dir': join(folder, 'ncalrpc'),
    'winbindd socket directory': join(folder, 'winbindd'),
    'ntp signd socket directory': join(folder, 'ntp'),
    'log file': join(folder, 'samba.log'),
    'tls enabled': 'yes',
    'tls cafile': paths.authority,
    'tls certfile': paths.certificate,
    'tls keyfile': paths.privateKey,
  };
  const lines = Object.entries(settings).map(([name, value]) => `  ${name} = ${value}`);
  return `[global]\n${lines.join('\n')}\n`;
}
