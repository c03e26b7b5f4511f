import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseNeighbor } from '../../../src/directory/read/replication-xml.ts';

const dsa = 'CN=NTDS Settings,CN=DC2,CN=Servers,CN=Site,CN=Sites,CN=Configuration,DC=lab,DC=example';

/** A value as a DC gives it, with every field of DS_REPL_NEIGHBORW in its order. */
function written(changes: Record<string, string | null> = {}, element = 'DS_REPL_NEIGHBOR'): string {
  const fields: Record<string, string | null> = {
    pszNamingContext: 'DC=lab,DC=example',
    pszSourceDsaDN: dsa,
    pszSourceDsaAddress: 'e4a6a9d0-1f3c-4b61-9a3a-3e8f9c1b7a10._msdcs.lab.example',
    pszAsyncIntersiteTransportDN: '',
    dwReplicaFlags: '1879113840',
    dwReserved: '0',
    uuidNamingContextObjGuid: '3b9f2d3e-5c29-4b8f-a0f5-3b4b9f0b7f10',
    uuidSourceDsaObjGuid: 'e4a6a9d0-1f3c-4b61-9a3a-3e8f9c1b7a10',
    uuidSourceDsaInvocationID: 'e4a6a9d0-1f3c-4b61-9a3a-3e8f9c1b7a11',
    uuidAsyncIntersiteTransportObjGuid: '00000000-0000-0000-0000-000000000000',
    usnLastObjChangeSynced: '45678',
    usnAttributeFilter: '45678',
    ftimeLastSyncSuccess: '2025-09-01T07:00:00Z',
    ftimeLastSyncAttempt: '2025-09-01T08:00:00Z',
    dwLastSyncResult: '8524',
    cNumConsecutiveSyncFailures: '4',
    ...changes,
  };
  const children = Object.entries(fields).filter(([, value]) => value !== null);
  const lines = children.map(([name, value]) => `\t<${name}>${value}</${name}>\n`);
  return `<${element}>\n${lines.join('')}</${element}>\n\0`;
}

describe('nothing is concluded from', () => {
  test.each([
    ['no XML', 'DC2 failed'],
    ['nothing', ''],
    ['another element', written({}, 'DS_REPL_CURSOR')],
    ['an element that does not end', written().replace('</DS_REPL_NEIGHBOR>', '')],
    ['text beside the fields', written().replace('\t<dwReserved>', 'oops <dwReserved>')],
    ['a field within a field', written({ dwReserved: '<b>0</b>' })],
    ['a field that ends as another', written().replace('</dwReserved>', '</dwReserve>')],
    [
      'a field that comes twice',
      written().replace('\t<dwReserved>', '<dwLastSyncResult>0</dwLastSyncResult><dwReserved>'),
    ],
    ['no partner', written({ pszSourceDsaDN: null })],
    ['a partner that is no DN', written({ pszSourceDsaDN: 'DC2' })],
    ['no time of the last success', written({ ftimeLastSyncSuccess: null })],
    ['a time that is none', written({ ftimeLastSyncSuccess: 'yesterday' })],
    ['a day that is none', written({ ftimeLastSyncSuccess: '2025-13-01T07:00:00Z' })],
    ['a result that is no number', written({ dwLastSyncResult: '-1' })],
    ['no number of failures', written({ cNumConsecutiveSyncFailures: null })],
  ])('%s', (_what, xml) => {
    expect(parseNeighbor(xml)).toBeNull();
  });

  test('what anybody may write there: it never throws', () => {
    const parts = fc.constantFrom(
      '<',
      '>',
      '/',
      'DS_REPL_NEIGHBOR',
      'pszSourceDsaDN',
      '&amp;',
      '\0',
      ' ',
      'CN=a',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((each) => each.join('')),
        ),
        (text) => {
          expect(parseNeighbor(text)).toBeNull();
          expect(
            parseNeighbor(written({ pszSourceDsaDN: text.replace(/[<>&\0]/g, '') })),
          ).not.toBeUndefined();
        },
      ),
    );
  });
});

describe('a partner is told', () => {
  const told = { partner: 'DC2', lastSuccess: '2025-09-01T07:00:00.000Z', lastResult: 8524, failures: 4 };

  test('by the name of its server, with the last success, result and failures', () => {
    expect(parseNeighbor(written())).toEqual(told);
    expect(parseNeighbor(written({}, 'DS_REPL_NEIGHBORW'))).toEqual(told);
    expect(parseNeighbor(written().replace(/[\n\t\0]/g, ''))).toEqual(told);
  });

  test('with fields that are empty or absent, where they do not matter', () => {
    const empty = written({ pszAsyncIntersiteTransportDN: null }).replace(
      '<dwReserved>0</dwReserved>',
      '<dwReserved/>',
    );
    expect(parseNeighbor(empty)).toEqual(told);
  });

  test('as one that has never answered', () => {
    const never = written({ ftimeLastSyncSuccess: '1601-01-01T00:00:00Z' });
    expect(parseNeighbor(never)).toEqual({ ...told, lastSuccess: null });
  });

  test('by any name, unescaped from XML and from the DN, and as it was called before it was deleted', () => {
    const named = (rdn: string) => written({ pszSourceDsaDN: dsa.replace('CN=DC2', rdn) });
    expect(parseNeighbor(named('CN=A &amp; &lt;B\\, C&gt; &quot;&apos;'))?.partner).toBe('A & <B, C> "\'');
    expect(parseNeighbor(named('CN=&amp;lt;'))?.partner).toBe('&lt;');
    expect(parseNeighbor(named('CN=DC2\\0ADEL:e4a6a9d0-1f3c-4b61-9a3a-3e8f9c1b7a10'))?.partner).toBe('DC2');
  });
});
