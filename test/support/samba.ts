import { describe } from 'vitest';

import { reserveAddress } from '../../lab/samba/address.ts';
import { sambaAvailable } from '../../lab/samba/available.ts';
import { type Samba, type SambaOptions, startSamba } from '../../lab/samba/samba.ts';

const { available, reason } = sambaAvailable();

/**
 * A Samba AD DC for one test file: freshly provisioned in a folder of its own, on a loopback address that nothing else
 * has, in about 8 s. Close it in afterAll; where the test process crashes, server and folder go with it.
 */
export async function openSamba(options: Omit<SambaOptions, 'address'> = {}): Promise<Samba> {
  const { address, release } = await reserveAddress();
  try {
    const samba = await startSamba({ ...options, address });
    return { ...samba, close: () => samba.close().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

/** Tests that need Samba: where it cannot run they are skipped, and their title says why. */
export function describeWithSamba(title: string, tests: () => void): void {
  describe.skipIf(!available)(`${title}${reason ? ` (skipped: ${reason})` : ''}`, tests);
}

/** LDIF of so many computers, `BULK0` onwards, in CN=Computers; for SambaOptions.ldif. */
export function computersLdif(count: number, baseDn = 'DC=lab,DC=example'): string {
  const records = Array.from({ length: count }, (_, index) => [
    `dn: CN=BULK${index},CN=Computers,${baseDn}`,
    'changetype: add',
    'objectClass: computer',
    `sAMAccountName: BULK${index}$`,
    `dNSHostName: bulk${index}.lab.example`,
    'userAccountControl: 4096',
  ]);
  return records.map((lines) => `${lines.join('\n')}\n`).join('\n');
}
