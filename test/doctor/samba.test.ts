import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology } from '../../lab/topology.ts';
import { serversOf } from '../../src/directory/connection/servers.ts';
import { checkRights } from '../../src/doctor/rights.ts';
import { describeWithSamba, reserveSamba } from '../support/samba.ts';

const base = 'DC=lab,DC=example';
const reader = `CN=reader,CN=Users,${base}`;
const password = 'Passw0rd!reader';

/** Only a real directory constructs what an account may do. */
describeWithSamba('what the credential of the cmdlets may do', () => {
  let folder: string;
  let lab: Lab;
  let release: () => void;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-rights-'));
    const reserved = await reserveSamba();
    release = reserved.release;
    lab = await startLab({
      topology: defaultTopology({ restartMs: 0 }),
      directory: 'samba',
      samba: reserved.samba,
    });
    const { store } = lab.dc;
    await store.add(reader, { objectClass: ['user'], sAMAccountName: ['reader'] });
    await store.replace(reader, { unicodePwd: [Buffer.from(`"${password}"`, 'utf16le')] });
    await store.replace(reader, { userAccountControl: ['512'] });
    await writeFile(join(folder, 'password'), password, { mode: 0o600 });
  });
  afterAll(async () => {
    await lab?.close();
    release?.();
    await rm(folder, { recursive: true });
  });

  const rights = async (credential: { user: string; password: { file: string } }, account: string | null) => {
    const settings = { ...lab.settings, powershell: { ...lab.settings.powershell, credential } };
    const [server] = serversOf(settings.directory, settings.hosts);
    return await checkRights(settings, server!, {
      limitMs: 20_000,
      signal: new AbortController().signal,
      account,
    });
  };

  test('an ordinary account may not create dMSAs, nor write the account', async () => {
    const [container, account] = await rights(
      { user: reader, password: { file: join(folder, 'password') } },
      'svc-finance',
    );
    expect(container).toMatchObject({
      verdict: 'warn',
      seen: expect.stringContaining('may not create dMSAs'),
    });
    expect(account).toMatchObject({ verdict: 'warn', seen: expect.stringContaining('may not write') });
  });

  test('an account that is not there fails', async () => {
    const { user, password: own } = lab.settings.directory as { user: string; password: { file: string } };
    const [, account] = await rights({ user, password: own }, 'svc-nobody');
    expect(account).toMatchObject({ verdict: 'fail', seen: expect.stringContaining('ACCOUNT_NOT_FOUND') });
  });

  test('an administrator may do both', async () => {
    const { user, password: own } = lab.settings.directory as { user: string; password: { file: string } };
    const checks = await rights({ user, password: own }, 'svc-finance');
    expect(checks.map(({ verdict, seen }) => [verdict, seen])).toEqual([
      ['ok', `${user} may create dMSAs in CN=Managed Service Accounts,${base}`],
      ['ok', expect.stringMatching(/^may write attributes and security descriptor of CN=svc-finance,/)],
    ]);
  });
});
