import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../../lab/certificates.ts';
import type { HealthCheck } from '../../../src/domain/plan/plan.ts';
import { engine, run, runByHand } from './engine.ts';
import { hostState, service } from './states.ts';

const ask = (checks: HealthCheck[], changes: object = {}) => ({
  services: [],
  pools: [],
  checks,
  startStopped: false,
  unlessStartedSince: null,
  eventsSince: null,
  sentAt: new Date().toISOString(),
  timeoutSeconds: 60,
  ...changes,
});

const once1 = { attempts: 1, everySeconds: 1 };
const tcp = (port: number, tries = once1): HealthCheck => ({ kind: 'tcp', port, ...tries });
const http = (url: string, status = 200, tries = once1): HealthCheck => ({
  kind: 'http',
  url,
  status,
  ...tries,
});
const script = (path: string, tries = once1): HealthCheck => ({ kind: 'script', path, ...tries });

async function checksOf(...checks: HealthCheck[]) {
  const { result, error } = await run('restart-services', ask(checks));
  if (error) throw error;
  return result!.checks;
}

async function listening(server: Server | HttpServer, address = '127.0.0.1'): Promise<number> {
  onTestFinished(async () => {
    server.close();
  });
  server.listen(0, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port on which nothing listens: one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function file(text: string, name = "it's $(throw) [a].ps1"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-check-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe.skipIf(!engine)('A health check', () => {
  it('by TCP is unhealthy where nothing listens, after all of its attempts', async () => {
    const [check] = await checksOf(tcp(await freePort(), { attempts: 2, everySeconds: 1 }));
    expect(check).toMatchObject({ healthy: false, attempts: 2 });
    expect(check!.detail).toMatch(/refused/);
  });

  it('by TCP is healthy where something listens, on one of its addresses alone', async () => {
    const first = await listening(createServer((socket) => socket.end()));
    const other = await listening(
      createServer((socket) => socket.end()),
      '::1',
    ).catch(() => null);
    const [check, sixth] = await checksOf(tcp(first), ...(other === null ? [] : [tcp(other)]));
    expect(check).toEqual({ healthy: true, attempts: 1, detail: 'connected to 127.0.0.1' });
    if (other !== null) expect(sixth).toEqual({ healthy: true, attempts: 1, detail: 'connected to ::1' });
  });

  it('by HTTP wants the status, follows nothing, and is tried again', async () => {
    const asked: string[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(request.url!);
      if (request.url === '/later' && asked.filter((url) => url === '/later').length === 2)
        response.statusCode = 200;
      else response.statusCode = request.url === '/moved' ? 302 : 503;
      response.setHeader('location', '/elsewhere');
      response.end();
    });
    const base = `http://127.0.0.1:${await listening(server)}`;
    const thrice = { attempts: 3, everySeconds: 1 };
    expect(
      await checksOf(
        http(`${base}/sick`),
        http(`${base}/moved`),
        http(`${base}/moved`, 302),
        http(`${base}/later`, 200, thrice),
      ),
    ).toEqual([
      { healthy: false, attempts: 1, detail: 'HTTP 503, not 200' },
      { healthy: false, attempts: 1, detail: 'HTTP 302, not 200' },
      { healthy: true, attempts: 1, detail: 'HTTP 302' },
      { healthy: true, attempts: 2, detail: 'HTTP 200' },
    ]);
    expect(asked).toEqual(['/sick', '/moved', '/moved', '/later', '/later']);
  });

  it('by HTTPS says that a certificate is not trusted', async () => {
    const now = new Date();
    const { privateKey, certificate } = issueServerCertificate(createAuthority(now), ['localhost'], now);
    const options = { key: privateKey, cert: certificate };
    const port = await listening(createHttpsServer(options, (_, response) => response.end()));
    const [check] = await checksOf(http(`https://localhost:${port}/`));
    expect(check).toMatchObject({ healthy: false, attempts: 1 });
    expect(check!.detail).toMatch(/^the certificate is not trusted: /);
  });

  it('by script is unhealthy where it fails, with its last line or its first error', async () => {
    const long = 'x'.repeat(300);
    const answers = await checksOf(
      script(await file("'one'; \"two`tthree\"; ''; exit 3")),
      script(await file("throw 'the queue is full'")),
      script(await file(`'${long}'; exit 1`)),
      script('/nowhere/at all.ps1'),
    );
    expect(answers.map(({ healthy }) => healthy)).toEqual([false, false, false, false]);
    expect(answers[0]!.detail).toBe('exit code 3: two three');
    expect(answers[1]!.detail).toMatch(/^exit code 1: .*the queue is full/);
    expect(answers[2]!.detail).toBe(`exit code 1: ${long}`.slice(0, 200));
    expect(answers[3]!.detail).toBe('there is no file /nowhere/at all.ps1');
  });

  it('by script is healthy where it ends well, wherever it is; it is given nothing to read', async () => {
    const path = await file("[Console]::In.ReadToEnd().Length; 'well'");
    expect(await checksOf(script(path))).toEqual([
      { healthy: true, attempts: 1, detail: 'exit code 0: well' },
    ]);
  });

  it.each(['check.ps1', '.\\check.ps1', '/x".ps1'])(
    'refuses the path %s, and touches nothing',
    async (path) => {
      const { error, host } = await run('restart-services', ask([script(path)], { services: ['Billing'] }), {
        host: hostState({ services: [service('Billing')] }),
      });
      expect(error).toMatchObject({ code: 'INVALID_PARAMETER', subject: 'checks' });
      expect(host.calls).toEqual([]);
    },
  );

  it('comes after the restarts, and what is unhealthy is told with the rest', async () => {
    const path = await file('Get-Content -LiteralPath $env:STUB_HOST | Select-String Start; exit 1');
    const looks = await file(
      "if ((Get-Content -LiteralPath $env:STUB_HOST -Raw) -match 'Start Billing') { exit 0 } else { exit 9 }",
    );
    const { result } = await run(
      'restart-services',
      ask([script(looks), script(path)], { services: ['Billing'] }),
      {
        host: hostState({ services: [service('Billing')] }),
      },
    );
    expect(result!.checks.map(({ healthy }) => healthy)).toEqual([true, false]);
    expect(result!.services[0]).toMatchObject({ action: 'restarted', state: 'Running' });
  });

  it('is asked again where a retry leaves the service alone', async () => {
    const path = await file('exit 0');
    const { result, host } = await run(
      'restart-services',
      ask([script(path)], { services: ['Billing'], unlessStartedSince: '2026-01-01T06:00:00Z' }),
      { host: hostState({ services: [service('Billing')] }) },
    );
    expect(result!.checks).toEqual([{ healthy: true, attempts: 1, detail: 'exit code 0' }]);
    expect(host.calls).toEqual([]);
  });

  it('is not asked under -WhatIf', async () => {
    const path = await file(
      "[System.IO.File]::WriteAllText((Join-Path $PSScriptRoot 'ran'), 'x')",
      'check.ps1',
    );
    const check = `@{ kind = 'script'; path = '${path}'; attempts = 1; everySeconds = 1 }`;
    const tried = await runByHand(
      'restart-services',
      `-Services @() -Checks ${check} -SentAt (Get-Date) -TimeoutSeconds 9 -WhatIf`,
    );
    expect(tried.result!.stdout).toContain(`What if: `);
    const { result } = await run('restart-services', ask([script(path.replace('check.ps1', 'ran'))]));
    expect(result!.checks[0]!.detail).toBe(`there is no file ${path.replace('check.ps1', 'ran')}`);
  });
});
