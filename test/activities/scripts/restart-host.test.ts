import { describe, expect, it } from 'vitest';

import { engine, run, runByHand } from './engine.ts';
import { hostState } from './states.ts';

const booted = '2026-01-01T06:00:00.000Z';
const minutes = (time: string, by: number) => new Date(Date.parse(time) + by * 60_000).toISOString();

const ask = (changes: object = {}) => ({
  reason: "it's dMSA & $more",
  unlessBootedSince: null,
  sentAt: new Date().toISOString(),
  ...changes,
});
const ending = (code: number, text: string) => ({ host: hostState({ shutdown: { code, text } }) });
const call = "shutdown.exe /r /t 5 /d p:4:1 /c it's dMSA & $more";

describe.skipIf(!engine).concurrent('restart-host', () => {
  it.each([
    [5, 'Access is denied.', 'ACCESS_DENIED', 'shutdown.exe ended with 5: Access is denied.(5)'],
    [
      87,
      'The parameter is incorrect.',
      'SCRIPT_FAILED',
      'shutdown.exe ended with 87: The parameter is incorrect.(87)',
    ],
  ])('fails where shutdown.exe ends with %d', async (code, text, expected, message) => {
    const { error } = await run('restart-host', ask(), ending(code, text));
    expect(error).toMatchObject({ code: expected, message });
  });

  it('refuses a reason that 5.1 would not hand on as it is', async () => {
    const { error, host } = await run('restart-host', ask({ reason: 'a "b"' }));
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER', subject: 'Reason' });
    expect(host.calls).toEqual([]);
  });

  it('does not take a shutdown that someone else has scheduled for its own', async () => {
    const text = 'A system shutdown has already been scheduled.';
    const { error } = await run('restart-host', ask(), ending(1190, text));
    expect(error).toMatchObject({ code: 'SCRIPT_FAILED' });
    expect(error?.message).toBe(
      'Someone has scheduled a shutdown of this host (1190); shutdown.exe /a takes it back.',
    );
    // An earlier try may have scheduled it.
    const again = await run(
      'restart-host',
      ask({ unlessBootedSince: minutes(booted, 5) }),
      ending(1190, text),
    );
    expect(again.result).toEqual({ restarting: true, bootTime: booted });
  });

  it('says that a host restarts that is going down already', async () => {
    const { result } = await run('restart-host', ask(), ending(1115, 'A system shutdown is in progress.'));
    expect(result).toEqual({ restarting: true, bootTime: booted });
  });

  it('restarts it in some seconds, as planned, with its reason as it was given', async () => {
    const { result, host } = await run('restart-host', ask());
    expect(result).toEqual({ restarting: true, bootTime: booted });
    expect(host.calls).toEqual([call]);
  });

  it('leaves one alone that has booted since, by the clock of the host', async () => {
    // The host is an hour behind: it booted at 07:00 by the clock of the sender.
    const sentAt = minutes(new Date().toISOString(), 60);
    const since = (by: number) => ask({ sentAt, unlessBootedSince: minutes(booted, by) });
    const done = await run('restart-host', since(59));
    expect(done.result).toEqual({ restarting: false, bootTime: booted });
    expect(done.host.calls).toEqual([]);
    const notYet = await run('restart-host', since(61));
    expect(notYet.result?.restarting).toBe(true);
  });

  it('does nothing under -WhatIf', async () => {
    const tried = await runByHand('restart-host', "-Reason 'x' -SentAt (Get-Date) -WhatIf");
    expect(tried.result!.stdout).toContain('What if: ');
    expect(tried.host.calls).toEqual([]);
  });
});
