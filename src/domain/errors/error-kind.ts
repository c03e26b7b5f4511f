/** One row of the table of errors. */
export interface ErrorKind {
  /** Trying again can help; whoever retries decides by this alone. */
  retryable: boolean;
  /** What was asked for is not acceptable and nothing was changed: exit code 2, not 1. */
  refused?: true;
  meaning: string;
  /** An instruction that fits every place that throws the code. */
  fix: string;
}
