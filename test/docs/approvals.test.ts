import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findExecutable } from '../../lab/temporal/executable.ts';
import { signalNames } from '../../src/domain/migration/signals.ts';
import { signalRefusals } from '../../src/wording/signal.ts';
import { voteRefusals } from '../../src/wording/vote.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { codeOf } from '../support/verdicts.ts';
import { openRealTheatre, rehearse, type Theatre } from '../workflows/support.ts';

const page = await readFile(new URL('../../docs/approvals.md', import.meta.url), 'utf8');
const section = (title: string) => page.split(/^## /m).find((each) => each.startsWith(title))!;

test('the page has every reason for which a vote does not count, and every signal', () => {
  const rows = section('Votes that do not count').matchAll(/^\| `(\w+)` \| (.*) \|$/gm);
  expect(Object.fromEntries([...rows].map(([, code, meaning]) => [code, meaning]))).toEqual(voteRefusals);
  const [table, refusals] = section('Signals\n').split('| Reason |');
  const named = table!.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm);
  const signals = [...named].flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(signals).toEqual(['approve', 'reject', ...signalNames]);
  const reasons = [...refusals!.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  const limits: Record<string, string> = {
    SIGNAL_TOO_MANY_ALLOWED: '200',
    SIGNAL_OBSERVATION_TOO_LONG: '3650d',
  };
  const worded = Object.entries(signalRefusals).map(([code, word]) => [
    code,
    word.replace('{limit}', limits[code] ?? ''),
  ]);
  expect(reasons).toEqual(worded);
});

const { available, reason } = await temporalAvailable();

describe.skipIf(!available)(`the walk-through${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  let temporal: string;
  beforeAll(async () => {
    temporal = await findExecutable({ env: process.env, onProgress: () => undefined });
    theatre = await openRealTheatre();
  });
  afterAll(() => theatre?.close());

  test('leads an approver with nothing but the temporal command line through a whole migration', async () => {
    const blocks = [...section('Walk-through').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!);
    expect(blocks).toHaveLength(6);
    await rehearse(
      theatre,
      { request: { observe: '4s', checkEvery: '1s', soak: '1s' } },
      async (rehearsal) => {
        const { until, id } = rehearsal;
        const run = async (block: string) => {
          const script = `set -eu\nID=${id}\n${block.replace(/^ID=.*\n/, '')}`;
          const PATH = `${dirname(temporal)}:${process.env.PATH}`;
          const env = { ...process.env, PATH, TEMPORAL_ADDRESS: theatre.env.address, NO_COLOR: '1' };
          return (await promisify(execFile)('bash', ['-c', script], { env })).stdout;
        };
        const [look, approve, verdict, meanwhile, complete, end] = blocks as [
          string,
          string,
          string,
          string,
          string,
          string,
        ];
        const { gates } = await until((status) => status.gates.some(({ hash }) => hash !== null));
        expect(await run(look)).toContain(gates[0]!.hash);

        await run(approve);
        await until((status) => status.gates[0]!.decision === 'approved');
        expect((await run(verdict)).replace(/\s/g, '')).toContain('"verdict":"counted"');

        await until(({ waitingFor }) => waitingFor?.kind === 'observation');
        expect((await run(meanwhile)).replace(/\s/g, '')).toMatch(
          /"reason":"month-end",.*"verdict":"accepted"/,
        );
        const { signals } = await until((status) => status.signals.length === 3);
        expect(signals!.map((each) => [each.signal, codeOf(each)])).toEqual([
          ['extendObservation', null],
          ['pause', null],
          ['resume', null],
        ]);

        await until((status) => status.gates[1]?.decision === 'open' && status.gates[1].hash !== null);
        await run(complete);
        await until(({ outcome }) => outcome === 'completed');
        expect(await run(end)).toContain('completed');
      },
    );
  });
});
