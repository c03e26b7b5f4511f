import { errorKinds, isErrorCode } from '../domain/errors/errors.ts';

interface CodedText {
  code: string;
  message: string;
}

/** Words a failure: `TIMED_OUT: the host did not answer`. */
export function wordFailure({ code, message }: CodedText): string {
  return `${code}: ${message}`;
}

/** Words a failure with what to do next. */
export function wordError({ code, message, fix }: CodedText & { fix: string }): string {
  return `${wordFailure({ code, message })} (fix: ${fix})`;
}

/** Says what to do about a failure; null where nothing is to be done, or nobody knows the code. */
export function wordFix({ code }: Pick<CodedText, 'code'>): string | null {
  const fix = isErrorCode(code) ? errorKinds[code].fix : null;
  return fix === nothingToDo ? null : fix;
}

const nothingToDo = 'No action is needed.';
