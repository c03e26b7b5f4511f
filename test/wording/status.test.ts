import { expect, test } from 'vitest';

import { driftText } from '../../src/domain/values/drift.ts';
import { wordChange } from '../../src/wording/change.ts';
import { wordStatus } from '../../src/wording/status.ts';
import { wordWaiting } from '../../src/wording/waiting.ts';
import { full } from '../report/samples.ts';

test('a status for programs says in English what it has as data, and loses nothing of it', () => {
  const waitingFor = { kind: 'observation', since: full.startedAt, until: null } as const;
  const drift = [{ path: 'hosts.web02.build', before: 26100, after: 20348 }];
  const gates = full.gates.map((gate) => ({ ...gate, drift }));
  const status = { ...full, waitingFor, gates };
  const worded = wordStatus(status);
  expect(worded).toMatchObject(status);
  expect(worded.waitingFor).toEqual({ ...waitingFor, text: wordWaiting(waitingFor) });
  const changes = status.stages.flatMap(({ changed }) => changed);
  expect(worded.stages.flatMap(({ changed }) => changed)).toEqual(
    changes.map((change) => ({ ...change, text: wordChange(change) })),
  );
  expect(worded.gates[0]!.drift).toEqual([{ ...drift[0]!, text: driftText(drift[0]!) }]);
  expect(worded.signals.map((signal) => 'text' in signal)).toEqual(status.signals.map(() => true));
  expect(changes.length * status.signals.length).toBeGreaterThan(0);
});
