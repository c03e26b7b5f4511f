import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../lab/ldap/server.ts';
import { account, admin, clientOf, replace, serve, storeWithAccount } from './fixture.ts';

describe('faults', () => {
  async function faulty(fault: Fault) {
    const store = await storeWithAccount();
    const seen: string[] = [];
    const server = await serve(store, {
      onOperation: (kind, dn) => {
        seen.push(`${kind} ${dn}`);
        return kind === 'modify' ? fault : null;
      },
    });
    const client = await clientOf(server);
    const failed = await client.modify(account, replace('description', 'new')).catch((error: Error) => error);
    const description = (await store.read(account))!.attributes.description;
    return { failed: failed as Error & { code?: number }, description, seen, server };
  }

  test('drop: the connection ends before the effect', async () => {
    const { failed, description, seen } = await faulty('drop');
    expect(failed.message).toContain('Connection closed before message response was received');
    expect(description).toEqual(['old']);
    expect(seen).toEqual([`bind ${admin.user}`, `modify ${account}`]);
  });

  test('drop-after: the connection ends after the effect, its answer is lost', async () => {
    const { failed, description } = await faulty('drop-after');
    expect(failed.message).toContain('Connection closed before message response was received');
    expect(description).toEqual(['new']);
  });

  test('busy: the operation is refused with 51', async () => {
    const { failed, description, server } = await faulty('busy');
    expect(failed.code).toBe(51);
    expect(failed.message).toContain('0000200E: SvcErr: DSID-00000000, problem 5001 (BUSY), data 0');
    expect(description).toEqual(['old']);
    expect(server.counts).toMatchObject({ connection: 1, bind: 1, modify: 1, search: 0 });
  });
});
