import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { newKeyPair } from '../../lab/ssh/key-pair.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { sshTransport } from '../../src/powershell/ssh/ssh-transport.ts';
import { defaultConfig, missing, type OpenSsh, startOpenSsh } from './openssh-server.ts';

const host = 'web01.lab.example';
const lack = missing();
const options = { timeoutMs: 50_000 };
const preparing = { policy: { value: 1, keyExists: true }, eventLogEnabled: true };
const pair = {
  dmsa: 'CN=dWeb,CN=Managed Service Accounts,DC=lab,DC=example',
  account: 'CN=Prüf\\, "svc" <web>,DC=lab,DC=example',
  server: 'dc1.lab.example',
};

/** Only what these operations call: one cmdlet of Active Directory and one log. It records what it was called with. */
const stubs = {
  Stubs: `
function Get-WinEvent {
  param([string] $ListLog)
  $log = [pscustomobject]@{ LogName = $ListLog; IsEnabled = $true }
  $log | Add-Member -MemberType ScriptMethod -Name SaveChanges -Value { } -PassThru
}
function Start-ADServiceAccountMigration {
  param([string] $Identity, [string] $SupersededAccount, [string] $Server, [pscredential] $Credential)
  Write-Warning 'Standard error says things, too.'
  if ($Server -eq 'refusing') { throw (New-Object System.UnauthorizedAccessException('Zugriff verweigert: "Prüfung"')) }
  $call = @{ identity = $Identity; account = $SupersededAccount; server = $Server; user = $Credential.UserName; password = $Credential.GetNetworkCredential().Password }
  Set-Content -LiteralPath $env:DMSA_STUB_CALLS -Encoding UTF8 -Value (ConvertTo-Json $call)
}
Export-ModuleMember -Function Get-WinEvent, Start-ADServiceAccountMigration
`,
};

describe.skipIf(lack)(`OpenSSH${lack ? `: ${lack}` : ''}`, () => {
  let ssh: OpenSsh;
  beforeAll(async () => {
    ssh = await startOpenSsh(host, stubs);
  });
  afterEach(() => ssh.configure(defaultConfig(ssh.folder)));
  afterAll(() => ssh?.close());

  const transport = (changes: Partial<OpenSsh['settings']> = {}) =>
    sshTransport({ ...ssh.settings, ...changes }, { [host]: { address: '127.0.0.1', port: ssh.port } });
  const setHost = (changes?: Partial<OpenSsh['settings']>) =>
    transport(changes).run(host, 'set-host', preparing, options);
  const write = async (name: string, text: string) => {
    await writeFile(join(ssh.folder, name), text, { mode: 0o600 });
    return join(ssh.folder, name);
  };

  test('another host key than in known_hosts is refused', async () => {
    const knownHostsFile = await write('other_hosts', `${host} ${newKeyPair().public}`);
    expect(await failureOf(setHost({ knownHostsFile }))).toEqual(['HOST_KEY_MISMATCH', host]);
  });

  test('a host that is not in known_hosts is refused', async () => {
    const knownHostsFile = await write(
      'no_hosts',
      `127.0.0.1 ${await readFile(join(ssh.folder, 'host_key.pub'), 'utf8')}`,
    );
    expect(await failureOf(setHost({ knownHostsFile }))).toEqual(['HOST_KEY_UNKNOWN', host]);
  });

  test.each([[[]], [['MaxAuthTries 1']]])('a login with another key is refused %j', async (lines) => {
    await ssh.configure([...defaultConfig(ssh.folder), ...lines]);
    const privateKeyFile = await write('other_key', newKeyPair().private);
    expect(await failureOf(setHost({ privateKeyFile, passphrase: null }))).toEqual(['LOGIN_REFUSED', host]);
  });

  test('a server that opens no sessions gives no answer', async () => {
    await ssh.configure([...defaultConfig(ssh.folder), 'MaxSessions 0']);
    expect(await failureOf(setHost())).toEqual(['SESSION_LOST', host]);
  });

  test('a host without powershell.exe gives no answer, and the error says why', async () => {
    const [first, ...rest] = defaultConfig(ssh.folder).map((line) => line.replace(`${ssh.folder}/bin:`, ''));
    await ssh.configure([first!, ...rest]);
    await expect(setHost()).rejects.toThrow(/exit code 127, standard error ".*powershell\.exe.*not found"/);
  });

  test('what the script reports arrives with its code and every letter', async () => {
    const run = transport().run(host, 'start-migration', { ...pair, server: 'refusing' }, options);
    await expect(run).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      message: 'Zugriff verweigert: "Prüfung"',
    });
  });

  test('the policy of the host is set by the real script, twice with one effect', async () => {
    await write('registry.json', '{}');
    const after = { policy: { value: 1, keyExists: true }, eventLogEnabled: true };
    expect(await setHost()).toEqual({ ...after, changed: ['policy'] });
    const registry = await readFile(join(ssh.folder, 'registry.json'), 'utf8');
    expect(registry).toContain('DelegatedMSAEnabled');
    expect(await setHost()).toEqual({ ...after, changed: [] });
    expect(await readFile(join(ssh.folder, 'registry.json'), 'utf8')).toBe(registry);
  });

  test('names and the credential arrive at the cmdlet unchanged', async () => {
    const password = 'p"a\'s$s`w`0rd; <Ünï> \\u0041';
    const credential = { user: 'LAB\\dmsa', password: { file: await write('password', password) } };
    expect(await transport({ credential }).run(host, 'start-migration', pair, options)).toEqual({
      server: pair.server,
    });
    const calls = (await readFile(join(ssh.folder, 'calls.json'), 'utf8')).replace(/^\ufeff/, '');
    expect(JSON.parse(calls)).toEqual({
      identity: pair.dmsa,
      account: pair.account,
      server: pair.server,
      user: credential.user,
      password,
    });
  });
});

async function failureOf(run: Promise<unknown>): Promise<[string, string]> {
  const error = await run.then(
    () => expect.unreachable('the run should have failed'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DmsaError);
  return [(error as DmsaError).code, (error as DmsaError).subject];
}
