import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Certificate, createAuthority, issueServerCertificate } from '../../lab/certificates.ts';
import { checkCertificate } from '../../src/doctor/certificate.ts';

const dayMs = 86_400_000;
/** The lab issues them for ten years. */
const lifetimeDays = 3_650;
const now = new Date();
const name = 'dc1.contoso.com';

let folder: string;
let server: Server | null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-certificate-'));
  server = null;
});
afterEach(async () => {
  server?.close();
  await rm(folder, { recursive: true });
});

/** What is seen of a certificate that was issued so many days ago, by a CA that is as old. */
async function seen(
  issuedDaysAgo: number,
  { trusted, named = name }: { trusted?: Certificate; named?: string } = {},
) {
  const authority = createAuthority(new Date(now.getTime() - issuedDaysAgo * dayMs + dayMs));
  // The CA outlives it: it is the server's own that has run out.
  const issued = issueServerCertificate(authority, [named], new Date(now.getTime() - issuedDaysAgo * dayMs));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, (trusted ?? authority).certificate);
  server = createServer({ cert: issued.certificate, key: issued.privateKey }).on(
    'tlsClientError',
    () => undefined,
  );
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return await checkCertificate(
    { url: `ldaps://${name}:636`, name, address: '127.0.0.1', port, startTls: false },
    { urls: [], caFile, user: 'u', password: { env: 'X' } },
    { limitMs: 20_000, signal: new AbortController().signal, now: () => now },
  );
}

test('one that has expired fails, with the fix', async () => {
  expect(await seen(lifetimeDays + 0.5)).toEqual({
    name: `certificate ${name}`,
    verdict: 'fail',
    seen: `CERTIFICATE_INVALID: ldaps://${name}:636: certificate has expired`,
    fix: 'Renew the certificate of the domain controller.',
  });
});

test('one of another CA fails, with the setting', async () => {
  expect(await seen(0, { trusted: createAuthority(now) })).toMatchObject({
    verdict: 'fail',
    seen: expect.stringContaining('CERTIFICATE_INVALID'),
    fix: 'Set [directory] ca-file to the CA that issued it.',
  });
});

test('one of another name fails, with the names that it has', async () => {
  expect(await seen(0, { named: 'dc2.contoso.com' })).toMatchObject({
    verdict: 'fail',
    seen: expect.stringContaining('DNS:dc2.contoso.com'),
    fix: 'Write the name that the certificate has into [directory] urls.',
  });
});

test('one that expires within thirty days is warned of', async () => {
  const check = await seen(lifetimeDays - 29.5);
  expect(check).toMatchObject({ verdict: 'warn', seen: expect.stringMatching(/, 29 days from now$/) });
});

test('one that lasts is told with issuer and date', async () => {
  const check = await seen(lifetimeDays - 30.5);
  const until = new Date(now.getTime() + 30.5 * dayMs).toISOString().slice(0, 10);
  expect(check).toEqual({
    name: `certificate ${name}`,
    verdict: 'ok',
    seen: `issued by DMSA Lab CA, valid until ${until}`,
    fix: null,
  });
});
