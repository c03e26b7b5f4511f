import type { ErrorKind } from './error-kind.ts';
import { errorKinds } from './error-kinds.ts';
import { settingsErrorKinds } from './settings-error-kinds.ts';

export { errorKinds };

export type ErrorCode = keyof typeof errorKinds;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorKinds, code);
}

/** Whether trying again can help. A code that is not in the table is a fault of this program: not retried. */
export function isRetryable(code: string): boolean {
  return isErrorCode(code) && errorKinds[code].retryable;
}

/** Whether this machine's own settings, files or keys are at fault: then asking another host does not help. */
export function isSettingsError(error: unknown): boolean {
  return error instanceof DmsaError && Object.hasOwn(settingsErrorKinds, error.code);
}

/** The error with its subject before the message: `--ou: "x" is not a DN`. */
export function errorAbout(
  subject: string,
  code: ErrorCode,
  why: string,
  options?: ErrorOptions & { hint?: string | undefined },
): DmsaError {
  return new DmsaError(code, subject, `${subject}: ${why}`, options);
}

/** The host may be another one: nothing was sent to it, and trying again does not change that. */
export const hostKeyCodes: readonly ErrorCode[] = ['HOST_KEY_MISMATCH', 'HOST_KEY_UNKNOWN'];

/** What happened (`message`), to whom (`subject`), and what to do next (`fix`); never holds a secret. */
export class DmsaError extends Error {
  override readonly name = 'DmsaError';
  readonly code: ErrorCode;
  readonly subject: string;
  readonly #hint: string | undefined;

  /** `hint`: what to do in this very case, such as `Did you mean plan?`; it comes before the fix of the code. */
  constructor(
    code: ErrorCode,
    subject: string,
    message: string,
    options?: ErrorOptions & { hint?: string | undefined },
  ) {
    super(message, options);
    this.code = code;
    this.subject = subject;
    this.#hint = options?.hint;
  }

  get retryable(): boolean {
    return errorKinds[this.code].retryable;
  }

  /** Whether what was asked for is not acceptable, and nothing was changed. */
  get refused(): boolean {
    const kind: ErrorKind = errorKinds[this.code];
    return kind.refused === true;
  }

  get fix(): string {
    const { fix } = errorKinds[this.code];
    return this.#hint === undefined ? fix : `${this.#hint} ${fix}`;
  }
}
