import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { people } from '../../../lab/scenarios/scenario.ts';
import { newPrivateKey, publicKeyOf } from '../../../src/approval/keys.ts';
import { run } from '../../../src/bin/run.ts';
import type { Gate } from '../../../src/domain/gates/gates.ts';
import type { ApproverKey } from '../../../src/domain/plan/plan.ts';
import { temporalAvailable } from '../../support/temporal.ts';
import { codeOf } from '../../support/verdicts.ts';
import { openRealTheatre, type Rehearsal, rehearse, type Theatre } from '../../workflows/support.ts';
import { fakeIo } from '../fake-io.ts';

const { available, reason } = await temporalAvailable();

describe.skipIf(!available)(`votes on a plan with keys${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let theatre: Theatre;
  let playing: Promise<void>;
  let rehearsal: Rehearsal;
  let hash: string;
  const over = Promise.withResolvers<void>();
  const kids: Record<string, string> = {};

  /** Writes a private key to `NAME.jwk` and returns the public one. */
  async function keyFile(name: string, approver: string): Promise<ApproverKey> {
    const key = await newPrivateKey(approver);
    kids[name] = key.kid;
    await writeFile(join(folder, `${name}.jwk`), JSON.stringify(key), { mode: 0o600 });
    return publicKeyOf(key) as ApproverKey;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-votes-'));
    theatre = await openRealTheatre();
    const approverKeys = [await keyFile('bob', people.approver), await keyFile('alice', people.requester)];
    await keyFile('stranger', people.approver);
    const open = Promise.withResolvers<Rehearsal>();
    playing = rehearse(theatre, { request: { approverKeys } }, async (played) => {
      open.resolve(played);
      await over.promise;
    });
    rehearsal = await Promise.race([open.promise, playing.then(() => open.promise)]);
    const status = await rehearsal.until(({ gates }) => Boolean(gates[0]?.hash));
    hash = status.gates[0]!.hash!;
  });
  afterAll(async () => {
    over.resolve();
    await playing;
    await theatre?.close();
    await rm(folder, { recursive: true });
  });

  async function approve(...args: string[]) {
    const env = {
      TEMPORAL_ADDRESS: theatre.env.address,
      TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'),
    };
    const io = fakeIo({ folder, env });
    const exitCode = await run(['approve', rehearsal.id, ...args], io);
    return { exitCode, out: io.stdout(), err: io.stderr() };
  }
  const gate = async (): Promise<Gate> => (await rehearsal.status()).gates[0]!;
  const votes = async () => (await gate()).votes;
  const lastVote = async () => (await votes()).at(-1);
  const seen = () => ['--hash', hash, '--reason', 'evidence read'];
  const refused = (code: string) => new RegExp(`^VOTE_REFUSED: ${code}: .* \\(fix: .*\\)\n$`);

  test('without a key no vote is sent', async () => {
    const { exitCode, out, err } = await approve(...seen(), '--by', people.approver);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(
      new RegExp(
        `^VOTE_KEY_MISSING: ${rehearsal.id} takes signed votes only, and there is no key to sign with \\(fix: `,
      ),
    );
    expect(await votes()).toEqual([]);
  });

  test('a gate that no plan has, and a reason that would be cut, are refused before anything is sent', async () => {
    const nonsense = await approve(...seen(), '--key', 'bob.jwk', '--gate', 'nonsense');
    expect([nonsense.exitCode, nonsense.out]).toEqual([2, '']);
    expect(nonsense.err).toMatch(
      /^USAGE: option '--gate <name>' argument 'nonsense' is invalid\. It is start/,
    );
    const long = await approve('--hash', hash, '--key', 'bob.jwk', '--reason', 'x'.repeat(1025));
    expect([long.exitCode, long.out]).toEqual([2, '']);
    expect(long.err).toMatch(
      /^ARGUMENT_INVALID: --reason: has 1025 characters, and at most 1024 are kept \(fix: /,
    );
    expect(await votes()).toEqual([]);
  });

  test('a key that the plan does not list is told at once, and who it claimed to be is kept', async () => {
    const { exitCode, out, err } = await approve(...seen(), '--key', 'stranger.jwk');
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(refused('VOTE_BAD_SIGNATURE'));
    expect(await lastVote()).toMatchObject({
      ...{ gate: 'start', hash, by: people.approver, decision: 'approve', reason: 'evidence read' },
      ...{ verdict: 'refused', code: 'VOTE_BAD_SIGNATURE' },
    });
    expect(await lastVote()).not.toHaveProperty('kid');
    expect(await lastVote()).not.toHaveProperty('identity');
  });

  test('a key that signs in the name of somebody else does not count', async () => {
    const { exitCode, err } = await approve(...seen(), '--key', 'alice.jwk', '--by', people.approver);
    expect(exitCode).toBe(2);
    expect(err).toMatch(refused('VOTE_BAD_SIGNATURE'));
    expect(await lastVote()).toMatchObject({ by: people.approver, kid: kids.alice });
    expect(await lastVote()).not.toHaveProperty('identity');
  });

  test('whoever asked for the migration cannot approve it, with a key of the plan either', async () => {
    const { exitCode, out, err } = await approve(...seen(), '--key', 'alice.jwk');
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(refused('VOTE_BY_REQUESTER'));
    expect(await lastVote()).toMatchObject({
      ...{ by: people.requester, identity: 'alice@lab.example', kid: kids.alice },
      code: 'VOTE_BY_REQUESTER',
    });
  });

  test('a vote for other evidence than the gate shows does not count', async () => {
    const stale = 'a'.repeat(64);
    const { exitCode, out, err } = await approve('--gate', 'start', '--hash', stale, '--key', 'bob.jwk');
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(refused('VOTE_STALE_HASH'));
    expect(await lastVote()).toMatchObject({ hash: stale, by: people.approver, code: 'VOTE_STALE_HASH' });
  });

  test('a gate that is not open takes no vote', async () => {
    const { exitCode, err } = await approve('--gate', 'complete', '--hash', hash, '--key', 'bob.jwk');
    expect(exitCode).toBe(2);
    expect(err).toMatch(refused('VOTE_WRONG_GATE'));
    const { decision, votes: recorded } = await gate();
    expect(decision).toBe('open');
    expect(recorded.map(codeOf)).not.toContain(null);
  });

  test('a vote signed by its approver counts, by the first characters of the evidence and the longest reason', async () => {
    const long = 'ö'.repeat(1024);
    const { exitCode, out, err } = await approve(
      ...['--hash', hash.slice(0, 8).toUpperCase(), '--key', 'bob.jwk', '--reason', long],
    );
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toBe(
      `Approved gate "start" of ${rehearsal.id} as ${people.approver}, evidence ${hash.slice(0, 16)}\n`,
    );
    expect(await lastVote()).toMatchObject({
      ...{ gate: 'start', hash, by: people.approver, identity: 'bob@lab.example', reason: long },
      ...{ kid: kids.bob, verdict: 'counted' },
    });
  });

  test('a vote of the same person after the decision is late, and changes nothing', async () => {
    await rehearsal.until(({ gates }) => gates[0]!.decision === 'approved');
    const { exitCode, out, err } = await approve('--gate', 'start', ...seen(), '--key', 'bob.jwk');
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(refused('VOTE_LATE'));
    expect(await lastVote()).toMatchObject({ by: people.approver, kid: kids.bob, code: 'VOTE_LATE' });
    expect((await gate()).decision).toBe('approved');
  });
});
