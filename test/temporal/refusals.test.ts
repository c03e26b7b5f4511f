import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

import { Migrations } from '../../src/client/migrations.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { temporalRefusal } from '../../src/domain/errors/temporal-refusal.ts';
import { connectTemporal, connectWorker } from '../../src/temporal/connection.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable } from '../support/temporal.ts';
import { httpServer, newAuthority, type Refuse, temporalFront } from '../support/temporal-front.ts';

const { INDEXED_VALUE_TYPE_INT, INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;
const names = Object.values(searchAttributes).map(({ name }) => name);

/** `CODE: message` of a failure that has a fix. */
async function problem(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DmsaError)) throw error ?? new Error('it did not fail');
  expect(error.fix).toMatch(/^[A-Z].*\.$/);
  return `${error.code}: ${error.message}`;
}

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

test.each([
  [
    'Namespace nobodys was not found or otherwise could not be described: Status { code: NotFound, message: "Namespace nobodys is not found.", details: b"\\x08", metadata: MetadataMap { headers: {} }, source: None }',
    'NAMESPACE_NOT_FOUND',
  ],
  [
    'Failed to call GetSystemInfo: code: \'The request does not have valid authentication credentials\', message: "Request unauthorized."',
    'TEMPORAL_LOGIN_REFUSED',
  ],
  ['Status { code: PermissionDenied, message: "no" }', 'TEMPORAL_DENIED'],
  ['Status { code: ResourceExhausted, message: "namespace rate limit exceeded" }', 'TEMPORAL_BUSY'],
])('the native connection of a worker says %j, which is %s', (text, code) => {
  const error = Object.assign(new Error(text), { name: 'TransportError' });
  expect(temporalRefusal('x', new Error('the worker failed', { cause: error }))).toMatchObject({
    code,
    message: `Temporal: the worker failed: ${text}`,
  });
});

test('what is none of Temporal’s errors is left to whoever knows it', () => {
  expect(temporalRefusal('x', new TypeError('x is not a function'))).toBeNull();
  expect(temporalRefusal('x', 'text')).toBeNull();
  const own = new DmsaError('TIMED_OUT', 'web01', 'late');
  expect(temporalRefusal('x', own)).toBe(own);
});

describe.skipIf(!(await temporalAvailable()).available)('what Temporal refuses has a code and a fix:', () => {
  let temporal: TestTemporal;
  beforeAll(async () => {
    temporal = await connectTestTemporal();
  });
  afterAll(() => temporal.close());

  const operator = () => temporal.connection.operatorService;
  const plan = samplePlan();

  /** A namespace of its own, with Keyword attributes of these names. */
  async function newNamespace(attributes: Record<string, number> = {}): Promise<string> {
    const namespace = randomUUID();
    const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
    await temporal.connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod,
    });
    await expect
      .poll(() => start(namespace).catch(({ message }) => message), { timeout: 20_000 })
      .not.toContain('not found');
    if (Object.keys(attributes).length > 0)
      await operator().addSearchAttributes({ namespace, searchAttributes: attributes });
    return namespace;
  }

  async function at(namespace: string, address = temporal.address) {
    const { client, connection, close } = await connectTemporal({ address, namespace, embedded: true });
    return { migrations: new Migrations(client, { taskQueue: 'nobody' }), connection, close };
  }

  async function start(namespace: string, address?: string): Promise<string> {
    const { migrations, close } = await at(namespace, address);
    try {
      return await migrations.start(plan);
    } finally {
      await close();
    }
  }

  async function register(namespace: string, address?: string): Promise<string[] | null> {
    const { connection, close } = await at(namespace, address);
    try {
      return await registerSearchAttributes(connection, namespace);
    } finally {
      await close();
    }
  }

  it('a namespace that is not there, to client and worker alike', async () => {
    expect(await problem(start('nobodys'))).toBe(
      "NAMESPACE_NOT_FOUND: Temporal: Namespace not found: 'nobodys'",
    );
    expect(await problem(register('nobodys'))).toBe(
      'NAMESPACE_NOT_FOUND: Temporal: NOT_FOUND: Namespace nobodys is not found.',
    );
    const { migrations, close } = await at('nobodys');
    expect(await problem(migrations.status('dmsa/lab.example/x'))).toContain('NAMESPACE_NOT_FOUND');
    await close();
  });

  it('search attributes that are missing; registering them mends it', async () => {
    const namespace = await newNamespace();
    expect(await problem(start(namespace))).toContain(
      `SEARCH_ATTRIBUTES_MISSING: Temporal: Failed to start Workflow: INVALID_ARGUMENT: Namespace ${namespace} has no mapping defined for search attribute Dmsa`,
    );
    expect(await register(namespace)).toEqual(names);
    expect(await start(namespace)).toMatch(/^dmsa\//);
    expect(await register(namespace)).toEqual([]);
  });

  it('a search attribute of another type, before and when a migration starts', async () => {
    const namespace = await newNamespace({ DmsaGate: INDEXED_VALUE_TYPE_INT });
    expect(await problem(register(namespace))).toBe(
      `SEARCH_ATTRIBUTES_MISTYPED: the namespace ${namespace}: DmsaGate is of type INT, not KEYWORD`,
    );
    const others = names.filter((name) => name !== 'DmsaGate');
    const keywords = Object.fromEntries(others.map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD]));
    await operator().addSearchAttributes({ namespace, searchAttributes: keywords });
    expect(await problem(start(namespace))).toMatch(
      /^SEARCH_ATTRIBUTES_MISTYPED: .*invalid value for search attribute DmsaGate of type Int/,
    );
  });

  it('too many search attributes of a type', async () => {
    const taken = [...Array(6).keys()].map((each) => [`Taken${each}`, INDEXED_VALUE_TYPE_KEYWORD]);
    const namespace = await newNamespace(Object.fromEntries(taken));
    expect(await problem(register(namespace))).toBe(
      'SEARCH_ATTRIBUTES_FULL: Temporal: INVALID_ARGUMENT: Unable to create search attributes: cannot have more than 10 search attribute of type Keyword.',
    );
  });

  describe.each([
    ['PERMISSION_DENIED', 7],
    ['UNIMPLEMENTED', 12],
  ])('an operator service that answers %s', (_, code) => {
    const front = (methods: string) =>
      temporalFront({
        behind: temporal.address,
        refuse: ({ service, method }) =>
          service.includes('OperatorService') && new RegExp(methods).test(method)
            ? { code, details: 'unknown service or no permission' }
            : null,
      });

    it('in a namespace that lacks attributes names them; in one that has them it does not matter', async () => {
      const namespace = await newNamespace({ Other: INDEXED_VALUE_TYPE_KEYWORD });
      expect(await problem(register(namespace, await front('.')))).toBe(
        `SEARCH_ATTRIBUTES_MISSING: the namespace ${namespace} has no ${names.join(', ')}, and the server lets dmsa add none`,
      );
      expect(await problem(register(namespace, await front('^Add')))).toContain('SEARCH_ATTRIBUTES_MISSING');
      await register(namespace);
      expect(await register(namespace, await front('.'))).toEqual([]);
    });

    it('where nobody can tell what is there, is no reason not to try', async () => {
      expect(await register(await newNamespace(), await front('.'))).toBeNull();
    });
  });

  it.each([
    [12, 'unknown method', 'TEMPORAL_UNSUITABLE'],
    [13, 'something broke', 'TEMPORAL_REFUSED'],
  ])('a call that ends with gRPC status %i', async (code, details, told) => {
    const address = await temporalFront({
      behind: temporal.address,
      refuse: ({ method }) => (method === 'StartWorkflowExecution' ? { code, details } : null),
    });
    expect(await problem(start(temporal.namespace, address))).toMatch(new RegExp(`^${told}: .*${details}`));
  });
});
