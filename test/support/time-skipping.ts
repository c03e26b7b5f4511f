import { TestWorkflowEnvironment } from '@temporalio/testing';

import { searchAttributes } from '../../workflows/search-attributes.ts';
import { ask, borrow } from './run/ask.ts';
import { noteServer } from './run/used-servers.ts';

/** For `describe.skipIf(!available)`; `reason` is one line for people, null if there is a server. */
export async function timeSkippingAvailable(): Promise<{ available: boolean; reason: string | null }> {
  const reason = await ask<string | null>('time-skipping-lack');
  return { available: reason === null, reason };
}

/**
 * Borrows a Temporal test server in which 28 days pass in a second. Time is the server's, so tests that share one run
 * one after the other. Tear it down in `afterEach`.
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const { value, giveBack } = await borrow<{ address: string }>('time-skipping');
  noteServer(value.address, true);
  const environment = await connectTimeSkipping(value.address);
  await addSearchAttributes(environment);
  const close = environment.teardown.bind(environment);
  environment.teardown = async () => {
    const reusable = await skipsTime(environment);
    await close();
    giveBack({ reusable });
    noteServer(value.address, false);
  };
  return environment;
}

/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API, and ALREADY_EXISTS of gRPC. */
const keyword = 2;
const alreadyExists = 6;

/** The SDK skips time only with servers that it started: its constructor for all of them is not public. */
async function connectTimeSkipping(address: string): Promise<TestWorkflowEnvironment> {
  const options = { server: { type: 'existing' }, supportsTimeSkipping: true, namespace: 'default', address };
  // biome-ignore lint/complexity/useLiteralKeys: it is private
  const create = TestWorkflowEnvironment['create'] as (all: object) => Promise<TestWorkflowEnvironment>;
  return await create.call(TestWorkflowEnvironment, options);
}

/** Adds each search attribute to a server that no test had before: it can add them, and not list them. */
async function addSearchAttributes({ connection }: TestWorkflowEnvironment): Promise<void> {
  const attributes = Object.values(searchAttributes).map(({ name }) => [name, keyword]);
  const request = { namespace: 'default', searchAttributes: Object.fromEntries(attributes) };
  await connection.operatorService.addSearchAttributes(request).catch((error) => {
    if (error.code !== alreadyExists) throw error;
  });
}

/**
 * Whether the next test could use the server: something that a test left unfinished, such as an activity, keeps it
 * from skipping time.
 */
async function skipsTime({ connection, sleep }: TestWorkflowEnvironment): Promise<boolean> {
  return await connection
    .withDeadline(Date.now() + 300, () => sleep('1 hour'))
    .then(
      () => true,
      () => false,
    );
}
