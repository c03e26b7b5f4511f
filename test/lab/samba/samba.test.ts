import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reserveAddress } from '../../../lab/samba/address.ts';
import { type Samba, startSamba } from '../../../lab/samba/samba.ts';
import { SambaStore } from '../../../lab/samba/store.ts';
import { text } from '../../../src/directory/entry.ts';
import { computersLdif, describeWithSamba, openSamba } from '../../support/samba.ts';

describeWithSamba('starting and ending Samba', () => {
  it('refuses an address whose ports are taken, and names the port', async () => {
    const { address, release } = await reserveAddress();
    const taken = createServer().listen(389, address);
    await once(taken, 'listening');
    await expect(startSamba({ address })).rejects.toMatchObject({
      code: 'MACHINE_UNSUITABLE',
      message: `Samba cannot start: port 389 of ${address} is in use; stop what uses it`,
    });
    taken.close();
    release();
  });

  it('leaves no folder behind when it is stopped on its way, nor when it is closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dmsa-test-'));
    const stopping = new AbortController();
    const onProgress = (line: string) => line.includes('schema') && stopping.abort(new Error('enough'));
    const made = { domain: undefined, folder, onProgress, signal: stopping.signal };
    await expect(openSamba(made)).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual([]);

    const samba = await openSamba({ domain: undefined, folder });
    expect(await readdir(folder)).toHaveLength(1);
    await samba.close();
    await samba.close();
    expect(await readdir(folder)).toEqual([]);
    await expect(SambaStore.connect(samba)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await rmdir(folder);
  });

  it('two run at once, each with the records that it was given and its own address', async () => {
    const [one, other] = await Promise.all([openSamba({ ldif: computersLdif(3) }), openSamba()]);
    const names = async (samba: Samba) => {
      const store = await SambaStore.connect(samba);
      const found = await store.find(`CN=Computers,${samba.baseDn}`, 'objectClass', 'computer');
      await store.close();
      return found.map((entry) => text(entry, 'sAMAccountName')).sort();
    };
    expect(await names(one)).toEqual(['BULK0$', 'BULK1$', 'BULK2$']);
    expect(await names(other)).toEqual([]);
    expect(one.address).not.toBe(other.address);
    await Promise.all([one.close(), other.close()]);
  });

  it('an address is reserved for one at a time, and free again where its holder was killed', async () => {
    const { address, release } = await reserveAddress();
    const lock = createServer().listen(40_389, address);
    const [error] = await once(lock, 'error');
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
    release();
    release();
    const module = JSON.stringify(join(import.meta.dirname, '../../../lab/samba/address.ts'));
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { reserveAddress } = await import(${module});
      process.stdout.write((await reserveAddress()).address);
      setInterval(() => {}, 1e9);`,
    ]);
    const [held] = await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'close');
    const again = createServer().listen(40_389, String(held));
    await once(again, 'listening');
    again.close();
  });
});
