import { expect, test } from 'vitest';
import { wordUndo } from '../../src/wording/journal.ts';
import { account, dmsa, now, undone, waiting } from '../domain/migration/sample-status.ts';

test('what an undo would do is said newest first, hosts that get the same together.', () => {
  expect(wordUndo(waiting)).toEqual([
    'unlink svc-web and dmsa-web$, both in state 0',
    'restart WebApp on web03.lab.example, if that took effect',
    'restart WebApp on 2 hosts',
    'remove dmsa-web$, which this migration created',
    'put the policy back (not set, event log off) on 3 hosts',
  ]);
  const complete = {
    id: 'complete',
    target: dmsa.dn,
    status: 'applied',
    registeredAt: now.toISOString(),
    step: 'complete',
    beforeImage: { account, dmsa },
  } as const;
  expect(wordUndo({ ...waiting, journal: [...waiting.journal, complete] })[0]).toBe(
    'undo the completion: enable svc-web, move 2 SPNs back from dmsa-web$, both in state 1',
  );
  expect(wordUndo(undone)).toEqual([]);
});
