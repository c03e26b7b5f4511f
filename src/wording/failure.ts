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
