import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPrivateKey, type PrivateKey, publicKeyOf } from '../../src/approval/keys.ts';
import { signVote } from '../../src/approval/signed-votes.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { CountedVote } from '../../src/domain/gates/votes.ts';
import type { ApproverKey, Plan } from '../../src/domain/plan/plan.ts';
import { canonicalJson } from '../../src/domain/values/canonical.ts';
import { sealPlan } from '../../src/plan/hash.ts';
import { type PublicKey, publicKeysOf, type SigningKey } from '../../src/report/keys.ts';
import { makeReport, type Report, sha256 } from '../../src/report/report.ts';
import { reportText, sealReport } from '../../src/report/seal.ts';
import { verifyReport } from '../../src/report/verify.ts';
import { completed, now, plan } from '../domain/migration/sample-status.ts';
import { newKey, writeKey } from './keys-of-test.ts';

let folder: string;
let key: SigningKey;
let vouched: PublicKey[];
let report: Report;
let signedText: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-verify-'));
  const { privateJwk, publicJwk } = await newKey();
  key = await writeKey(join(folder, 'worker.jwk'), privateJwk);
  vouched = await publicKeysOf([publicJwk]);
  report = makeReport({ status: { ...completed, account: 'svc-wéb→🙂' }, plan, records: null, madeAt: now });
  signedText = reportText(await sealReport(report, key));
});

afterAll(() => rm(folder, { recursive: true }));
const octets = (text: string) => new TextEncoder().encode(text);

async function codesOf(text: string | Uint8Array, keys: PublicKey[] | null = vouched): Promise<string[]> {
  try {
    const { valid, problems } = await verifyReport(typeof text === 'string' ? octets(text) : text, keys);
    expect(valid).toBe(problems.length === 0);
    return problems.map(({ code }) => code);
  } catch (error) {
    if (error instanceof DmsaError) return [error.code];
    throw error;
  }
}

/** With its digest made to fit, and the signature that it had. */
async function rewritten(change: (report: Report) => Report, signature?: string | null): Promise<string> {
  const { signature: before } = JSON.parse(signedText);
  const changedReport = change(structuredClone(report));
  const digest = sha256(canonicalJson(changedReport));
  return reportText({
    report: changedReport,
    digest,
    signature: signature === undefined ? before : signature,
  });
}

describe('what is wrong with a report is named', () => {
  test('what is no report', async () => {
    for (const text of ['', '{', 'null', '[]', '{"report":{}}', JSON.stringify(plan), '"', '\u{feff}{}'])
      expect(await codesOf(text)).toEqual(['REPORT_INVALID']);
    expect(await codesOf(new Uint8Array([0x7b, 0xff, 0x7d]))).toEqual(['REPORT_INVALID']);
    expect(await codesOf('['.repeat(200_000))).toEqual(['REPORT_INVALID']);
    expect(await codesOf(signedText.replace('"version":1},"sig', '"version":2},"sig'))).toEqual([
      'REPORT_INVALID',
    ]);
  });

  test('one that was changed, whether or not its digest was made to fit', async () => {
    expect(await codesOf(signedText.replace('completed', 'undone'))).toEqual(['REPORT_CHANGED']);
    expect(await codesOf(JSON.stringify(JSON.parse(signedText), null, 2))).toEqual(['REPORT_CHANGED']);
    const forged = await rewritten((each) => ({
      ...each,
      status: { ...each.status, requestedBy: 'LAB\\joe' },
    }));
    expect(await codesOf(forged)).toEqual(['REPORT_CHANGED']);
  });

  test('one that is not signed', async () => {
    expect(await codesOf(reportText(await sealReport(report, null)))).toEqual(['REPORT_UNSIGNED']);
    expect(await codesOf(await rewritten((each) => each, null))).toEqual(['REPORT_UNSIGNED']);
  });

  test('one that is signed by a key that nobody vouches for, with its thumbprint', async () => {
    const { problems, signedBy } = await verifyReport(octets(signedText), null);
    expect(problems.map(({ code }) => code)).toEqual(['REPORT_KEY_UNKNOWN']);
    expect(problems[0]!.message).toBe(
      `it is intact, but signed by a key nobody vouches for: "worker", thumbprint ${key.thumbprint}`,
    );
    expect(signedBy).toEqual({ kid: 'worker', thumbprint: key.thumbprint, vouched: false });
    const other = await publicKeysOf([(await newKey('other')).publicJwk]);
    expect(await codesOf(signedText, other)).toEqual(['REPORT_KEY_UNKNOWN']);
    expect(await codesOf(signedText, [])).toEqual(['REPORT_KEY_UNKNOWN']);
  });

  test('one that is signed by another key of the same name', async () => {
    const namesake = await publicKeysOf([(await newKey('worker')).publicJwk]);
    expect(await codesOf(signedText, namesake)).toEqual(['REPORT_KEY_OTHER']);
  });

  test('a signature of the right key of something else', async () => {
    const other = await sealReport(makeReport({ status: completed, plan, records: null, madeAt: now }), key);
    expect(await codesOf(await rewritten((each) => each, other.signature))).toEqual(['REPORT_CHANGED']);
    const { signature } = await sealReport(report, key);
    const [, payload] = signature!.split('.');
    const vote = await new CompactSign(Buffer.from(payload!, 'base64url'))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'dmsa-vote+jws', kid: 'worker', jwk: key.jwk })
      .sign(key.key);
    expect(await codesOf(await rewritten((each) => each, vote))).toEqual(['REPORT_CHANGED']);
  });

  test('a plan that is not the one that was voted on, though the worker signed it', async () => {
    const other: Plan = { ...plan, requestedBy: 'LAB\\somebody' };
    const sealed = await sealReport({ ...report, plan: other }, key);
    expect(await codesOf(reportText(sealed))).toEqual(['REPORT_CHANGED']);
  });
});

test('a report holds nothing that a terminal obeys; digest and signature are those of the plain value', async () => {
  const account = 'svc\u009b2J\u202e\u2028\u007f\u{e0001}';
  const hostile = { ...report, status: { ...report.status, account } };
  const sealed = await sealReport(hostile, key);
  const text = reportText(sealed);
  expect(text).not.toMatch(/(?!\n$)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(text)).toEqual(JSON.parse(canonicalJson(sealed)));
  expect(sealed.digest).toBe(sha256(canonicalJson(hostile)));
  expect(await codesOf(text)).toEqual([]);
  expect(await codesOf(`${canonicalJson(sealed)}\n`)).toEqual(['REPORT_CHANGED']);
});

test('a report that is intact and signed by a key that is vouched for is valid', async () => {
  const verification = await verifyReport(octets(signedText), vouched);
  expect(verification).toMatchObject({
    valid: true,
    problems: [],
    report: { migrationId: report.status.migrationId, outcome: 'completed', madeAt: now.toISOString() },
    digest: sha256(canonicalJson(report)),
    signedBy: { kid: 'worker', thumbprint: key.thumbprint, vouched: true },
  });
  expect(verification.votes.map(({ by, verdict }) => [by, verdict])).toEqual([
    ['LAB\\ann', 'declared'],
    ['LAB\\ann', 'declared'],
    ['LAB\\bob', 'declared'],
  ]);
});

test('any one octet that is another is found', async () => {
  const whole = octets(signedText);
  const unsigned = octets(reportText(await sealReport(report, null)));
  for (const original of [whole, unsigned]) {
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = original.slice();
        changed[at]! ^= bits;
        const codes = await codesOf(changed);
        expect(['REPORT_CHANGED', 'REPORT_INVALID']).toContain(codes[0]);
      }),
      { numRuns: 400 },
    );
  }
});

test('any octet of the signature and the digest that is another is found', async () => {
  const whole = octets(signedText);
  const from = [signedText.indexOf('"signature":'), signedText.indexOf('"digest":')];
  expect(from.every((each) => each >= 0)).toBe(true);
  const starts = Buffer.from(whole).indexOf('"signature":');
  for (let at = starts; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at] = changed[at] === 0x41 ? 0x42 : 0x41;
    expect(['REPORT_CHANGED', 'REPORT_INVALID']).toContain((await codesOf(changed))[0]);
  }
  for (let at = 0; at < 80; at++) {
    const changed = whole.slice();
    changed[at] = changed[at] === 0x61 ? 0x62 : 0x61;
    expect(['REPORT_CHANGED', 'REPORT_INVALID']).toContain((await codesOf(changed))[0]);
  }
});

test('octets that are added or left out are found', async () => {
  const whole = Buffer.from(signedText);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), async (at, octet) => {
      const longer = Buffer.concat([whole.subarray(0, at), Buffer.from([octet]), whole.subarray(at)]);
      const shorter = Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]);
      for (const each of [longer, shorter])
        expect(['REPORT_CHANGED', 'REPORT_INVALID']).toContain((await codesOf(each))[0]);
    }),
    { numRuns: 200 },
  );
});

describe('votes that are signed', () => {
  /** A report with one vote of ann's, `changes` apart from what it was signed for. */
  async function reportWith(changes: object = {}, signer?: PrivateKey): Promise<string> {
    const ann = await newPrivateKey('LAB\\ann');
    const { hash: _, ...parts } = plan;
    const planWithKeys = sealPlan({ ...parts, approverKeys: { keys: [publicKeyOf(ann) as ApproverKey] } });
    const vote = {
      ...(completed.gates[1]!.votes[0] as CountedVote),
      by: 'LAB\\ann',
      at: '2025-06-01T08:00:00.000Z',
    };
    const { gate: name, hash, by, reason, at, decision } = vote;
    const execution = 'run-1';
    const signedFor = { migration: completed.migrationId, execution, plan: planWithKeys.hash };
    const cast = { gate: name, hash, by, reason, at, decision, ...changes };
    const jws = await signVote(cast, { ...signedFor, ...changes }, { ...(signer ?? ann), kid: ann.kid });
    const gate = { ...completed.gates[1]!, votes: [{ ...vote, jws }] };
    const status = { ...completed, execution, planHash: planWithKeys.hash, gates: [gate] };
    return reportText(
      await sealReport(makeReport({ status, plan: planWithKeys, records: null, madeAt: now }), key),
    );
  }

  test('count with the approver’s key', async () => {
    const { valid, votes } = await verifyReport(octets(await reportWith()), vouched);
    expect([valid, votes[0]!.verdict]).toEqual([true, 'signed']);
  });

  test('do not with another key, of another gate or hash, or of another migration', async () => {
    const texts = [
      await reportWith({}, await newPrivateKey('LAB\\ann')),
      await reportWith({ gate: 'start' }),
      await reportWith({ hash: 'f'.repeat(64) }),
      await reportWith({ decision: 'reject' }),
      await reportWith({ migration: 'dmsa/lab.example/other' }),
      await reportWith({ execution: 'run-0' }),
    ];
    for (const text of texts) expect(await codesOf(text)).toEqual(['REPORT_VOTE_INVALID']);
  });

  test('do not where they are filed under another gate or name, and a gate is not passed without enough', async () => {
    const resealed = async (change: (report: Report) => void) => {
      const { report: inside } = JSON.parse(await reportWith());
      change(inside);
      const { problems } = await verifyReport(octets(reportText(await sealReport(inside, key))), vouched);
      return problems.map(({ message }) => message);
    };
    const first = ({ status }: Report) => status.gates[0]!;
    expect(
      await resealed((report) => {
        first(report).name = 'start';
      }),
    ).toEqual(['the vote of LAB\\ann: it is of gate "complete"']);
    expect(
      await resealed((report) => {
        first(report).votes = [];
      }),
    ).toEqual(['gate "complete": it was passed with 0 of 1 votes']);
    expect(
      await resealed((report) => {
        first(report).votes[0]!.verdict = 'void';
      }),
    ).toEqual(['gate "complete": it was passed with 0 of 1 votes']);
  });

  test('one without a signature where the plan has keys', async () => {
    const text = await reportWith();
    const { report: inside } = JSON.parse(text);
    delete inside.status.gates[0].votes[0].jws;
    const { problems } = await verifyReport(octets(reportText(await sealReport(inside, key))), vouched);
    expect(problems[0]!.message).toBe('the vote of LAB\\ann: the plan has keys, and it is not signed');
  });
});
