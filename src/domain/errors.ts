import { errorKinds } from './error-kinds.ts';

export { errorKinds };

export type ErrorCode = keyof typeof errorKinds;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorKinds, code);
}

/** Whether trying again can help. A code that is not in the table is a fault of this program: not retried. */
export function isRetryable(code: string): boolean {
  return isErrorCode(code) && errorKinds[code].retryable;
}

/** What happened (`message`), to whom (`subject`), and what to do next (`fix`); never holds a secret. */
export class DmsaError extends Error {
  override readonly name = 'DmsaError';
  readonly code: ErrorCode;
  readonly subject: string;

  constructor(code: ErrorCode, subject: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.subject = subject;
  }

  get retryable(): boolean {
    return errorKinds[this.code].retryable;
  }

  get fix(): string {
    return errorKinds[this.code].fix;
  }
}
