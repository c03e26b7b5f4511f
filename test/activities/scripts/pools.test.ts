import { describe, expect, it } from 'vitest';

import { engine, run, runByHand } from './engine.ts';
import { type AskedError, type HostState, hostState, type StubPool, service } from './states.ts';

const ask = (pools: string[], changes: object = {}) => ({
  services: ['Billing'],
  pools,
  checks: [],
  startStopped: false,
  unlessStartedSince: null,
  eventsSince: null,
  sentAt: new Date().toISOString(),
  timeoutSeconds: 60,
  ...changes,
});

const early = '2026-01-01T06:01:00.000Z';
const late = '2026-01-01T07:01:00.000Z';

function pool(name: string, changes: Partial<StubPool> = {}): StubPool {
  return { name, state: 'Started', workers: [{ processId: 901, startedAt: early }], ...changes };
}

const host = (pools: StubPool[], changes: Partial<HostState> = {}) => ({
  host: hostState({ services: [service('Billing')], pools, ...changes }),
});
/** What changed something. */
const effects = ({ calls }: HostState) => calls.filter((call) => !call.startsWith('appcmd.exe list'));

describe.skipIf(!engine).concurrent('restart-services with application pools', () => {
  it.each([
    ['is not there', ['Web', 'Gone'], {}, 'SERVICE_NOT_FOUND', 'Gone'],
    ['can be the name of none', ['Web', 'a" /x:"b'], {}, 'INVALID_PARAMETER', 'pools'],
    [
      'may not be asked for',
      ['Web'],
      { message: 'ERROR ( hresult:80070005, message:Command execution failed.' },
      'ACCESS_DENIED',
      'restart-services',
    ],
  ])('touches nothing where one %s', async (_, pools, refusal, code, subject) => {
    const errors: Record<string, AskedError> =
      'message' in refusal ? { 'appcmd.exe': { id: '', category: '', message: refusal.message } } : {};
    const { error, host: after } = await run('restart-services', ask(pools), host([pool('Web')], { errors }));
    expect(error).toMatchObject({ code, subject });
    expect(effects(after)).toEqual([]);
  });

  it('fails where one does not come back', async () => {
    const { error } = await run(
      'restart-services',
      ask(['Web'], { services: [], timeoutSeconds: 1 }),
      host([pool('Web', { becomes: 'Stopped' })]),
    );
    expect(error).toMatchObject({
      code: 'SERVICE_START_FAILED',
      subject: 'Web',
      message: 'The pool Web was Stopped 1 s after it was recycled.',
    });
  });

  it('recycles those that are started, once each, after the services', async () => {
    const name = "It's $(odd) & [n] 100%";
    const { result, host: after } = await run(
      'restart-services',
      ask(['Web', name, 'WEB', 'Idle']),
      host([pool('Web', { state: 'Stopped', workers: [] }), pool(name), pool('Idle', { workers: [] })]),
    );
    expect(result!.pools).toEqual([
      { name: 'Web', action: 'skipped' },
      { name, action: 'recycled' },
      { name: 'Idle', action: 'recycled' },
    ]);
    expect(effects(after)).toEqual([
      'Stop Billing',
      'Start Billing',
      `appcmd.exe recycle apppool /apppool.name:${name}`,
      'appcmd.exe recycle apppool /apppool.name:Idle',
    ]);
  });

  it('leaves one alone on a retry whose worker processes have all started since', async () => {
    const { result, host: after } = await run(
      'restart-services',
      ask(['New', 'Old', 'Mixed', 'Idle'], { services: [], unlessStartedSince: '2026-01-01T07:00:00Z' }),
      host([
        pool('New', { workers: [{ processId: 901, startedAt: late }] }),
        pool('Old', { workers: [{ processId: 902, startedAt: early }] }),
        pool('Mixed', {
          workers: [
            { processId: 903, startedAt: late },
            { processId: 904, startedAt: early },
          ],
        }),
        pool('Idle', { workers: [] }),
      ]),
    );
    expect(result!.pools.map(({ name, action }) => `${name} ${action}`)).toEqual([
      'New skipped',
      'Old recycled',
      'Mixed recycled',
      'Idle recycled',
    ]);
    expect(effects(after)).toHaveLength(3);
  });

  it('recycles nothing under -WhatIf', async () => {
    const tried = await runByHand(
      'restart-services',
      '-Services @() -Pools Web -SentAt (Get-Date) -TimeoutSeconds 9 -WhatIf',
      host([pool('Web')]),
    );
    expect(tried.result!.stdout).toContain('What if: ');
    expect(effects(tried.host)).toEqual([]);
  });
});
