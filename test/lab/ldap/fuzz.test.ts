import { once } from 'node:events';

import fc from 'fast-check';
import { AddRequest, Attribute, BerWriter, BindRequest, Change, ModifyRequest, SearchRequest } from 'ldapts';
import { describe, expect, test } from 'vitest';

import { Elements, element, MalformedMessage, takeMessage } from '../../../lab/ldap/ber.ts';
import { OperationHandler } from '../../../lab/ldap/operations.ts';
import { decodeRequest } from '../../../lab/ldap/requests.ts';
import { LdapFailure } from '../../../lab/store.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { admin, baseDn, clientOf, newStore, secureSocket, serve } from './fixture.ts';

const attribute = new Attribute({ type: 'description', values: ['a', 'b'] });
const samples = [
  new BindRequest({ messageId: 1, dn: admin.user, password: admin.password }),
  new SearchRequest({
    messageId: 2,
    baseDN: baseDn,
    filter: parseFilter('(&(cn=a*b*c)(!(|(cn=x)(cn=*)(memberOf:1.2.840.113556.1.4.1941:=CN=x,DC=y))))'),
    attributes: ['cn', 'nTSecurityDescriptor'],
  }),
  new AddRequest({ messageId: 3, dn: `CN=x,CN=Users,${baseDn}`, attributes: [attribute] }),
  new ModifyRequest({
    messageId: 4,
    dn: baseDn,
    changes: [new Change({ operation: 'add', modification: attribute })],
  }),
].map((request) => request.write());

/** A sound message of which some octets were changed, cut off or doubled. */
const damaged = fc
  .tuple(
    fc.constantFrom(...samples),
    fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
    fc.nat(400),
  )
  .map(([sample, changes, length]) => {
    const octets = Buffer.from(sample);
    for (const [offset, octet] of changes) octets[offset % octets.length] = octet;
    return length % 3 === 0 ? octets.subarray(0, length % octets.length) : octets;
  });
const octets = fc.oneof(
  damaged,
  fc.uint8Array({ maxLength: 300 }).map((noise) => Buffer.from(noise)),
);

/** Octets in a sequence whose length is right, so that what is inside is looked at. */
const enclosed = fc.uint8Array({ maxLength: 100 }).map((noise) => element(0x30, Buffer.from(noise)));

describe('whatever octets arrive', () => {
  test('a request is decoded or found malformed, and what is decoded is answered or refused', async () => {
    const handler = new OperationHandler({ store: newStore(), credentials: [admin] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(octets, enclosed), async (received) => {
        try {
          const taken = takeMessage(received);
          if (taken) await handler.perform(decodeRequest(taken.message));
        } catch (error) {
          expect([MalformedMessage, LdapFailure]).toContain((error as Error).constructor);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('the server lives on, and serves the next client', async () => {
    const server = await serve();
    await fc.assert(
      fc.asyncProperty(fc.array(octets, { minLength: 1, maxLength: 4 }), async (pieces) => {
        const socket = secureSocket(server.port);
        socket.on('error', () => undefined);
        await once(socket, 'secureConnect');
        socket.resume().end(Buffer.concat(pieces));
        await once(socket, 'close');
      }),
      { numRuns: 40 },
    );
    const client = await clientOf(server);
    expect((await client.search(baseDn, { scope: 'base' })).searchEntries).toHaveLength(1);
  });

  test('every element is inside the one around it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const elements = new Elements(Buffer.from(noise));
        let total = 0;
        try {
          while (elements.more) total += 2 + elements.next().content.length;
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
        expect(total).toBeLessThanOrEqual(noise.length);
      }),
    );
  });

  test.each([
    ['an indefinite length', '3080'],
    ['a length of five octets', '30850000000001'],
    ['a length that is negative in 32 bits', '3084ffffffff'],
    ['a length beyond what AD receives', '308400a00001'],
    ['no sequence', '3100'],
  ])('%s is refused before it is waited for', (_, hex) => {
    expect(() => takeMessage(Buffer.from(hex, 'hex'))).toThrow(MalformedMessage);
  });

  test.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['half a length', '308200'],
    ['half the contents', '30050201'],
  ])('%s is waited for', (_, hex) => {
    expect(takeMessage(Buffer.from(hex, 'hex'))).toBeNull();
  });

  test('a filter written by ldapts is read whole', () => {
    const writer = new BerWriter();
    parseFilter('(cn=x)').write(writer);
    const elements = new Elements(writer.buffer);
    elements.next();
    expect(elements.more).toBe(false);
  });
});
