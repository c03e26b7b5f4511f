import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { connectTemporal, connectWorker } from '../../src/temporal/connection.ts';
import { problem } from '../support/problem.ts';
import { httpServer, newAuthority, type Refuse, temporalFront } from '../support/temporal-front.ts';

describe('a connection to Temporal that is not made says why', () => {
  const connect = (env: NodeJS.ProcessEnv) => connectTemporal({ connectWithinMs: 1_000 }, env);
  const both = async (env: NodeJS.ProcessEnv): Promise<string[]> => [
    await problem(connect(env)),
    await problem(connectWorker({}, env)),
  ];
  const twice = (text: string) => [text, text];

  test('nobody listens', async () => {
    expect(await both({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).toEqual(
      twice(
        'TEMPORAL_UNAVAILABLE: No Temporal server answers at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
      ),
    );
  });

  test('TLS against a plain server', async () => {
    const address = await temporalFront({});
    expect(await both({ TEMPORAL_ADDRESS: address, TEMPORAL_TLS: 'true' })).toEqual(
      twice(
        `TEMPORAL_TLS_MISMATCH: ${address}: the server does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)`,
      ),
    );
  });

  test('plain against a server with TLS', async () => {
    const address = await temporalFront({ tls: { authority: newAuthority() } });
    expect(await both({ TEMPORAL_ADDRESS: address })).toEqual(
      twice(`TEMPORAL_TLS_MISMATCH: ${address}: the server speaks TLS, and the connection is to be plain`),
    );
  });

  test('a certificate that is not trusted, or names another server; the right CA lets it in', async () => {
    const authority = newAuthority();
    const address = await temporalFront({ tls: { authority } });
    const untrusted = { TEMPORAL_ADDRESS: address, TEMPORAL_TLS: 'true' };
    expect(await both(untrusted)).toEqual(
      twice(
        `TEMPORAL_CERTIFICATE_INVALID: ${address}: the certificate of the server: UNABLE_TO_VERIFY_LEAF_SIGNATURE`,
      ),
    );
    const trusted = { ...untrusted, TEMPORAL_TLS_SERVER_CA_CERT_DATA: authority.certificate };
    expect(await both({ ...trusted, TEMPORAL_TLS_SERVER_NAME: 'temporal.contoso.com' })).toEqual(
      twice(
        `TEMPORAL_CERTIFICATE_INVALID: ${address}: the certificate of the server: ERR_TLS_CERT_ALTNAME_INVALID`,
      ),
    );
    await (await connect(trusted)).close();
    await (await connectWorker({}, trusted)).connection.close();
  });

  test('a server that wants a client certificate', async () => {
    const authority = newAuthority();
    const address = await temporalFront({ tls: { authority, clientCertificate: true } });
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_TLS_SERVER_CA_CERT_DATA: authority.certificate };
    for (const told of await both(env))
      expect(told).toMatch(
        /^TEMPORAL_LOGIN_REFUSED: .* ends the handshake \(ERR_SSL_.*CERTIFICATE_REQUIRED\)$/,
      );
  });

  test('something that is no Temporal server', async () => {
    const address = await httpServer();
    for (const told of await both({ TEMPORAL_ADDRESS: address }))
      expect(told).toMatch(new RegExp(`^TEMPORAL_UNAVAILABLE: No Temporal server answers at ${address}: `));
  });

  test.each([
    [16, 'Request unauthorized.', 'TEMPORAL_LOGIN_REFUSED: Temporal: '],
    [7, 'Request unauthorized.', 'TEMPORAL_DENIED: Temporal: '],
  ])(
    'an API key that is refused with gRPC status %i; the key is in no message',
    async (code, details, told) => {
      const key = 'sk-secret-key';
      const refuse: Refuse = ({ metadata }) =>
        metadata.get('authorization')[0] === 'Bearer right' ? null : { code, details };
      const address = await temporalFront({ refuse });
      const env = { TEMPORAL_ADDRESS: address, TEMPORAL_TLS: 'false' };
      for (const message of await both({ ...env, TEMPORAL_API_KEY: key })) {
        expect(message).toContain(told);
        expect(message).toContain(details);
        expect(message).not.toContain(key);
      }
      expect(await problem(connect(env))).toContain(told);
      await (await connect({ ...env, TEMPORAL_API_KEY: 'right' })).close();
    },
  );

  test('an API key with a line break, which is not repeated; files that are not there, or hold no PEM', async () => {
    const env = { TEMPORAL_ADDRESS: await temporalFront({}), TEMPORAL_TLS: 'false' };
    const broken = await problem(connect({ ...env, TEMPORAL_API_KEY: 'sec\nret' }));
    expect(broken).toMatch(/^TEMPORAL_PROFILE_INVALID: .*contains illegal characters/);
    expect(broken).not.toMatch(/sec|ret/);
    const none = join(tmpdir(), randomUUID());
    expect(
      await problem(connect({ ...env, TEMPORAL_TLS: '', TEMPORAL_TLS_SERVER_CA_CERT_PATH: none })),
    ).toMatch(/^TEMPORAL_PROFILE_INVALID: .*ENOENT/);
    await writeFile(none, 'no certificate');
    const noPem = { TEMPORAL_TLS_CLIENT_CERT_PATH: none, TEMPORAL_TLS_CLIENT_KEY_PATH: none };
    expect(await problem(connect({ ...env, TEMPORAL_TLS: '', ...noPem }))).toMatch(
      /^TEMPORAL_PROFILE_INVALID: /,
    );
  });
});
