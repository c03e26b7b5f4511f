import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import type { HealthCheck } from '../../../src/domain/plan/plan.ts';
import { asciiJson } from '../../../src/powershell/wire/envelope.ts';
import { operationNames, operations, type Parameters } from '../../../src/powershell/wire/operations.ts';
import { prelude, scripts } from '../../../src/powershell/wire/scripts.ts';
import { engine } from '../../activities/scripts/engine.ts';
import { accountDn, dmsa, dmsaDn, service } from '../../activities/scripts/states.ts';
import { failureOf, here, network, temporaryFolder } from './harness.ts';
import { installedJea } from './jea.ts';

const host = 'web01.lab.example';
const wanted = { policy: { value: 1, keyExists: true }, eventLogEnabled: null };
const minute = { timeoutMs: 60_000 };
const jea = here('../../../jea/');
const moduleText = readFileSync(join(jea, 'Dmsa/Dmsa.psm1'), 'utf8');
const run = promisify(execFile);

/** The data in each file, as the engine reads it without running anything. */
async function dataFiles(): Promise<Record<string, Record<string, unknown>>> {
  const folder = await temporaryFolder();
  const script = join(folder, 'read.ps1');
  await writeFile(
    script,
    `$all = @{}
foreach ($file in $args) {
  $errors = $null
  $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$null, [ref]$errors)
  if ($errors) { throw "$file $errors" }
  $all[[System.IO.Path]::GetFileName($file)] = $tree.EndBlock.Statements[0].PipelineElements[0].Expression.SafeGetValue()
}
ConvertTo-Json -InputObject $all -Depth 5 -Compress
`,
  );
  const files = globSync('**/*.{psd1,psrc,pssc}', { cwd: jea }).map((name) => join(jea, name));
  const { stdout } = await run(engine!, ['-NoProfile', '-File', script, ...files]);
  return JSON.parse(stdout);
}

const listOf = (name: string) =>
  [...new RegExp(`\\$${name} = @\\(([^)]*)\\)`).exec(moduleText)![1]!.matchAll(/'([^']+)'/g)].map(
    ([, operation]) => operation!,
  );
const operationsOn = (on: 'host' | 'management') =>
  operationNames.filter((name) => operations[name].on === on);

describe('The JEA module', () => {
  it('offers each role the operations that run there, and no other', () => {
    expect(listOf('HostOperations')).toEqual(operationsOn('host'));
    expect(listOf('ManagementOperations')).toEqual(operationsOn('management'));
  });

  it('has scripts that use none of the commands that a JEA session has in another form', () => {
    const constrained = /\b(Clear-Host|Exit-PSSession|Get-Command|Get-FormatData|Get-Help|Out-Default)\b/;
    for (const text of [prelude, ...Object.values(scripts)]) expect(text).not.toMatch(constrained);
  });

  it('and its configurations are pure ASCII', () => {
    const files = globSync('**/*.ps*', { cwd: jea });
    expect(files.map((name) => basename(name)).sort()).toEqual([
      'Dmsa.psd1',
      'Dmsa.psm1',
      'DmsaHost.psrc',
      'DmsaHost.pssc',
      'DmsaManagement.psrc',
      'DmsaManagement.pssc',
    ]);
    for (const name of files) expect(readFileSync(join(jea, name), 'utf8')).toMatch(/^[\n\x20-\x7e]*$/);
  });
});

describe.skipIf(!engine)('The JEA module, read by the engine', () => {
  it('passes the check for Windows PowerShell 5.1', async () => {
    const file = join(await temporaryFolder(), 'Dmsa.psm1');
    await writeFile(file, `${moduleText}\n${prelude}`);
    expect(await run(engine!, ['--check', file])).toMatchObject({ stdout: '' });
  });

  it('shows one function for each role, in a session without language', async () => {
    const files = await dataFiles();
    expect(files['Dmsa.psd1']).toMatchObject({
      RootModule: 'Dmsa.psm1',
      PowerShellVersion: '5.1',
      FunctionsToExport: ['Invoke-DmsaHostOperation', 'Invoke-DmsaManagementOperation'],
      CmdletsToExport: [],
    });
    for (const [role, identity] of [
      ['Host', { RunAsVirtualAccount: true }],
      ['Management', { GroupManagedServiceAccount: 'CONTOSO\\gmsa-dmsa-admin' }],
    ] as const) {
      const { GUID: _, Author, Description, ...capability } = files[`Dmsa${role}.psrc`]!;
      expect([Author, typeof Description]).toEqual(['dmsa', 'string']);
      expect(capability).toEqual({
        ModulesToImport: 'Dmsa',
        VisibleFunctions: `Invoke-Dmsa${role}Operation`,
      });
      const { GUID: guid, Author: author, Description: what, ...configuration } = files[`Dmsa${role}.pssc`]!;
      expect([guid, author, what]).toEqual([expect.any(String), 'dmsa', expect.any(String)]);
      expect(configuration).toEqual({
        SchemaVersion: '2.0.0.0',
        SessionType: 'RestrictedRemoteServer',
        ...identity,
        TranscriptDirectory: 'C:\\ProgramData\\Dmsa\\Transcripts',
        RoleDefinitions: { 'CONTOSO\\gmsa-dmsa$': { RoleCapabilities: `Dmsa${role}` } },
      });
    }
  });
});

/** Calls a function of the module itself, as another caller might. */
async function call(role: 'Host' | 'Management', request: unknown): Promise<Record<string, unknown>> {
  const folder = await installedJea();
  const script = join(folder, 'call.ps1');
  await writeFile(
    script,
    `Import-Module $args[0]; Invoke-Dmsa${role}Operation -Envelope ([Console]::In.ReadToEnd())`,
  );
  const child = run(engine!, ['-NoProfile', '-File', script, join(folder, 'Dmsa', 'Dmsa.psd1')]);
  child.child.stdin!.end(typeof request === 'string' ? request : asciiJson(request));
  const { stdout } = await child;
  return JSON.parse(/ANSWER \S+ \d+\r?\n(.*)\r?\n-----END/.exec(stdout)![1]!);
}

const nonce = 'a'.repeat(32);
const ask = (operation: string, parameters: object, more: object = {}) => ({
  v: 1,
  nonce,
  operation,
  parameters,
  ...more,
});

const restartOf = (checks: HealthCheck[] = []): Parameters<'restart-services'> => ({
  services: ['Billing'],
  pools: [],
  checks,
  startStopped: false,
  unlessStartedSince: null,
  eventsSince: null,
  sentAt: new Date().toISOString(),
  timeoutSeconds: 120,
});

describe.skipIf(!engine)('A JEA endpoint refuses', () => {
  it.each([
    ['an operation of another role', 'Host', ask('start-migration', {}), 'ACCESS_DENIED', 'start-migration'],
    ['the other way round', 'Management', ask('restart-host', {}), 'ACCESS_DENIED', 'restart-host'],
    [
      'a path for a name',
      'Host',
      ask('../Scripts/inspect-host', {}),
      'ACCESS_DENIED',
      '../Scripts/inspect-host',
    ],
    ['the prelude', 'Host', ask('prelude', {}), 'ACCESS_DENIED', 'prelude'],
    ['another version', 'Host', ask('inspect-host', {}, { v: 2 }), 'INVALID_PARAMETER', 'v'],
    [
      'a common parameter',
      'Host',
      ask('inspect-host', { OutVariable: 'x' }),
      'INVALID_PARAMETER',
      'OutVariable',
    ],
    [
      'a credential',
      'Management',
      ask('remove-dmsa', { dmsa: dmsaDn, description: 'm', server: 's', Credential: 'x' }),
      'INVALID_PARAMETER',
      'Credential',
    ],
  ] as const)('%s', async (_, role, request, code, target) => {
    expect(await call(role, request)).toMatchObject({ ok: false, error: { code, target } });
  });

  it('what is no request at all, and answers that', async () => {
    expect(await call('Host', 'Get-Process')).toMatchObject({ ok: false, operation: '' });
  });

  it('a health check by a script outside of its folder, before anything is touched', async () => {
    const net = await network(
      { [host]: { host: { services: [service('Billing')] } } },
      { jea: await installedJea() },
    );
    const transport = net.transport({ configurationName: 'DmsaHost' });
    for (const path of ['/tmp/evil.ps1', 'evil.ps1', '//server/share/evil.ps1']) {
      const restart = transport.run(
        host,
        'restart-services',
        restartOf([{ kind: 'script', path, attempts: 1, everySeconds: 1 }]),
        minute,
      );
      expect(await failureOf(restart)).toMatchObject({ code: 'ACCESS_DENIED', subject: path });
    }
    expect((await net.host(host)).calls).toEqual([]);
  });

  it('script text and every other command, to whoever is in its session', async () => {
    const net = await network({ [host]: {} }, { jea: await installedJea() });
    const script =
      '$s = New-PSSession -ComputerName $args[0] -ConfigurationName DmsaHost; $ps = [powershell]::Create(); $ps.Runspace = $s.Runspace';
    for (const [text, says] of [
      ["$null = $ps.AddScript('Get-Date; 1 + 1')", /no-language mode/],
      ["$null = $ps.AddCommand('Get-ChildItem')", /Get-ChildItem/],
      ["$null = $ps.AddCommand('Invoke-DmsaManagementOperation')", /Invoke-DmsaManagementOperation/],
      ["$null = $ps.AddCommand('Invoke-InstalledOperation')", /Invoke-InstalledOperation/],
    ] as const)
      expect(
        await net.byHand(`${script}; ${text}; try { $ps.Invoke() } catch { "refused: $_" }`, host),
      ).toMatch(new RegExp(`^refused: .*${says.source}`, 's'));
  });
});

describe.skipIf(!engine)('Over local, a JEA endpoint', () => {
  it('sets and restarts a host, by one command a run and no script', async () => {
    const net = await network(
      { [host]: { host: { services: [service('Billing')] } } },
      { jea: await installedJea() },
    );
    const transport = net.transport({ configurationName: 'DmsaHost' });
    const set = await transport.run(host, 'set-host', wanted, minute);
    expect(set.policy).toEqual(wanted.policy);
    const done = await transport.run(host, 'restart-services', restartOf(), minute);
    expect(done.services).toMatchObject([{ name: 'Billing', action: 'restarted', state: 'Running' }]);
    expect((await net.host(host)).calls).toEqual(['Stop Billing', 'Start Billing']);
    expect(await net.calls()).toMatchObject([
      { call: 'New-PSSession', computer: host, configuration: 'DmsaHost' },
    ]);
  });

  it('reports what a cmdlet does not find as it is over SSH, and goes on', async () => {
    const net = await network(
      { [host]: { host: { services: [service('Billing')] } } },
      { jea: await installedJea() },
    );
    const transport = net.transport({ configurationName: 'DmsaHost' });
    const restart = (services: string[]) => ({ ...restartOf(), services });
    expect(
      await failureOf(transport.run(host, 'restart-services', restart(['Bill*']), minute)),
    ).toMatchObject({ code: 'SERVICE_NOT_FOUND', subject: 'Bill*' });
    expect((await net.host(host)).calls).toEqual([]);
    const { services } = await transport.run(host, 'restart-services', restart(['Billing']), minute);
    expect(services).toMatchObject([{ name: 'Billing', action: 'restarted' }]);
  });

  it('runs the cmdlets on the management host, this machine among them', async () => {
    const mgmt = 'mgmt.lab.example';
    const account = dmsa({
      dn: accountDn,
      name: 'Billing',
      sam: 'svc-billing',
      class: 'user',
      guid: '00000000-0000-4000-8000-000000000002',
    });
    const net = await network(
      { [mgmt]: {} },
      { jea: await installedJea(), directory: { accounts: [dmsa(), account] } },
    );
    const transport = net.transport({ managementConfigurationName: 'DmsaManagement' });
    const removed = await transport.run(
      mgmt,
      'remove-dmsa',
      { dmsa: dmsaDn, description: 'dmsa migration 42', server: 'dc1' },
      minute,
    );
    expect(removed).toEqual({ removed: true });
    expect((await net.directory()).accounts.map(({ dn }) => dn)).toEqual([accountDn]);
    expect(await net.calls()).toMatchObject([
      { call: 'New-PSSession', computer: mgmt, configuration: 'DmsaManagement' },
    ]);
  });

  it('that lacks the function is ACCESS_DENIED', async () => {
    const net = await network({ [host]: {} }, { jea: await installedJea() });
    const transport = net.transport({ configurationName: 'DmsaManagement' });
    expect(await failureOf(transport.run(host, 'inspect-host', { eventsSince: null }, minute))).toMatchObject(
      {
        code: 'ACCESS_DENIED',
        subject: host,
      },
    );
  });
});
