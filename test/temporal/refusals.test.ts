import { randomUUID } from 'node:crypto';

import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

import { Migrations } from '../../src/client/migrations.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { temporalRefusal } from '../../src/domain/errors/temporal-refusal.ts';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { offerSearchAttributes, registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { problem } from '../support/problem.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable } from '../support/temporal.ts';
import { temporalFront } from '../support/temporal-front.ts';

const { INDEXED_VALUE_TYPE_INT, INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;
const names = Object.values(searchAttributes).map(({ name }) => name);

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

  it('attributes that cannot be had are no reason for a client not to vote or undo', async () => {
    const namespace = await newNamespace({ DmsaGate: INDEXED_VALUE_TYPE_INT });
    await expect(offerSearchAttributes(temporal.connection, namespace)).resolves.toBeUndefined();
    expect(await problem(offerSearchAttributes(temporal.connection, 'nobodys'))).toContain(
      'NAMESPACE_NOT_FOUND',
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
      const address = await temporalFront({
        behind: temporal.address,
        refuse: ({ method }) =>
          /SearchAttributes|^DescribeNamespace$/.test(method) ? { code, details: 'no permission' } : null,
      });
      expect(await register(await newNamespace({ Other: INDEXED_VALUE_TYPE_KEYWORD }), address)).toBeNull();
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
