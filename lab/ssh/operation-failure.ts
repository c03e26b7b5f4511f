import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { OperationError } from '../../src/powershell/wire/operations.ts';

/** An operation that fails as its script would: what the script's error answer says. */
export class OperationFailure extends Error {
  override readonly name = 'OperationFailure';
  /** A code of `src/domain/errors/errors.ts`. */
  readonly code: string;
  /** PowerShell's ErrorCategory, for example `PermissionDenied`. */
  readonly category: string;
  readonly target: string | null;

  constructor(code: string, category: string, message: string, target: string | null = null) {
    super(message);
    this.code = code;
    this.category = category;
    this.target = target;
  }
}

/** The error of an answer for whatever a handler threw; what is no known failure is SCRIPT_FAILED. */
export function operationErrorOf(thrown: unknown): OperationError {
  if (thrown instanceof OperationFailure) {
    const { code, category, message, target } = thrown;
    return { code, category, message, target };
  }
  if (thrown instanceof DmsaError)
    return { code: thrown.code, category: 'NotSpecified', message: thrown.message, target: thrown.subject };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'SCRIPT_FAILED', category: 'NotSpecified', message, target: null };
}
