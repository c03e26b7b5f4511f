import { childDn } from '../../src/directory/dn.ts';
import { isoToFileTime } from '../formats/file-time.ts';
import type { DirectoryStore } from '../store.ts';

/** KDS root keys, effective so many hours from now; values as Add-KdsRootKey makes them (MS-GKDI 2.2.1). */
export async function seedRootKeys(store: DirectoryStore, now: Date, hours: number[]): Promise<void> {
  const services = childDn('CN', 'Services', store.configurationDn);
  const group = childDn('CN', 'Group Key Distribution Service', services);
  const keys = childDn('CN', 'Master Root Keys', group);
  for (const dn of [services, group, keys]) {
    if (!(await store.read(dn))) await store.add(dn, { objectClass: ['top', 'container'] });
  }
  for (const [index, each] of hours.entries()) {
    const effective = isoToFileTime(new Date(now.getTime() + each * 3_600_000).toISOString());
    // It is created before it is effective: ten hours unless it was told otherwise [setup 2025].
    const created = isoToFileTime(new Date(now.getTime() + Math.min(each, 0) * 3_600_000).toISOString());
    const name = `5f2e6c1a-8d43-4b7e-9a10-3c1de2f4a6${(0xb8 + index).toString(16)}`;
    await store.add(childDn('CN', name, keys), {
      objectClass: ['top', 'msKds-ProvRootKey'],
      'msKds-Version': ['1'],
      'msKds-DomainID': [`OU=Domain Controllers,${store.baseDn}`],
      'msKds-CreateTime': [created],
      'msKds-UseStartTime': [effective],
      'msKds-KDFAlgorithmID': ['SP800_108_CTR_HMAC'],
      'msKds-SecretAgreementAlgorithmID': ['DH'],
      'msKds-PublicKeyLength': ['2048'],
      'msKds-PrivateKeyLength': ['512'],
      'msKds-RootKeyData': [Buffer.alloc(64, 1)],
    });
  }
}
