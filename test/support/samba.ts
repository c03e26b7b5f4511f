import { describe } from 'vitest';

import { reserveAddress } from '../../lab/samba/address.ts';
import { sambaAvailable } from '../../lab/samba/available.ts';
import type { MadeDomain } from '../../lab/samba/provision.ts';
import { type Samba, type SambaOptions, type SambaPlace, startSamba } from '../../lab/samba/samba.ts';
import { ask } from './run/ask.ts';

const { available, reason } = sambaAvailable();

/** Reserves a loopback address that nothing else has, for a Samba that copies the domain of the test run. */
export async function reserveSamba(): Promise<{ samba: SambaPlace; release(): void }> {
  const domain = await ask<MadeDomain>('samba-domain');
  const { address, release } = await reserveAddress();
  return { samba: { address, domain }, release };
}

/**
 * Starts a Samba AD DC for one test file, in a folder of its own, in about 2 s. Close it in afterAll; if the test
 * process crashes, server and folder go with it.
 */
export async function openSamba(options: SambaOptions = {}): Promise<Samba> {
  const { samba: place, release } = await reserveSamba();
  try {
    const samba = await startSamba({ ...place, ...options });
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
