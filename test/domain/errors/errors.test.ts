import { describe, expect, test } from 'vitest';

import {
  DmsaError,
  type ErrorCode,
  errorKinds,
  isErrorCode,
  isRetryable,
} from '../../../src/domain/errors/errors.ts';

describe('the table of errors', () => {
  test.each(Object.entries(errorKinds))(
    '%s says in whole sentences what it means and what to do',
    (code, kind) => {
      expect(code).toMatch(/^[A-Z0-9]+(_[A-Z0-9]+)*$/);
      expect(kind.meaning).toMatch(/^[A-Z].*\.$/s);
      expect(kind.fix).toMatch(/^[A-Z].*\.$/s);
      // A fix says what to do; that a message is to be read goes without saying.
      expect(kind.fix).not.toMatch(/the message names|read the message|^nothing/i);
    },
  );

  test('what was refused, is invalid, foreign, or somebody’s decision is not tried again', () => {
    const final: ErrorCode[] = [
      'ACCESS_DENIED',
      'BIND_REFUSED',
      'CERTIFICATE_INVALID',
      'DMSA_NAME_TAKEN',
      'DMSA_NOT_OURS',
      'GATE_EXPIRED',
      'GATE_REJECTED',
      'HOST_KEY_MISMATCH',
      'LINK_FOREIGN',
      'LINK_UNPROVEN',
      'LOGIN_REFUSED',
      'NOT_FOUND',
      'PLAN_EDITED',
      'PLAN_INVALID',
      'PREFLIGHT_BLOCKED',
      'RESTORE_DIFFERS',
      'SERVICE_LOGON_FAILED',
      'STATE_UNEXPECTED',
      'UNABLE_TO_PROCEED',
      'UNDO_REQUESTED',
    ];
    expect(final.filter(isRetryable)).toEqual([]);
  });

  test('what is busy, slow, cut off or not due is tried again', () => {
    const passing: ErrorCode[] = [
      'ANSWER_INVALID',
      'DIRECTORY_BUSY',
      'DIRECTORY_UNREACHABLE',
      'HOST_UNREACHABLE',
      'NOT_DUE',
      'RPC_UNAVAILABLE',
      'SERVICE_BUSY',
      'SESSION_LOST',
      'STATE_NOT_VERIFIED',
      'TIMED_OUT',
    ];
    expect(passing.filter((code) => !isRetryable(code))).toEqual([]);
  });

  test.each(['', 'toString', '__proto__', 'constructor', 'not_found', 'TypeError'])(
    '%j is no code',
    (text) => {
      expect(isErrorCode(text)).toBe(false);
      expect(isRetryable(text)).toBe(false);
    },
  );
});

test('an error carries its code, its subject, its fix and its cause', () => {
  const cause = new Error('deeper');
  const error = new DmsaError('TIMED_OUT', 'web01', 'no answer', { cause });
  expect(error).toMatchObject({
    name: 'DmsaError',
    code: 'TIMED_OUT',
    subject: 'web01',
    message: 'no answer',
    cause,
  });
  expect(error.fix).toBe(errorKinds.TIMED_OUT.fix);
  expect(error.retryable).toBe(true);
});
