import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GuardedProcess, startGuarded } from '../../../lab/processes/guarded.ts';
import type { MadeDomain } from '../../../lab/samba/provision.ts';

/** Provisions one Samba domain for the whole run when a test first needs it; every Samba server copies it. */
export class SambaDomain {
  #keeper: GuardedProcess | null = null;
  #domain: Promise<MadeDomain> | null = null;

  make(): Promise<MadeDomain> {
    this.#domain ??= this.#make();
    return this.#domain;
  }

  async close(): Promise<void> {
    await this.#domain?.catch(() => null);
    await this.#keeper?.stop();
  }

  async #make(): Promise<MadeDomain> {
    const { pathsIn } = await import('../../../lab/samba/configuration.ts');
    const { makeDomain } = await import('../../../lab/samba/provision.ts');
    const folder = await mkdtemp(join(tmpdir(), 'dmsa-samba-'));
    // Its guard removes the folder however the run ends.
    this.#keeper = startGuarded(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { folder });
    return await makeDomain(pathsIn(folder), { address: '127.0.0.1' });
  }
}
