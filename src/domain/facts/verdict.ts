/** Yes, no or unknown, never a guess. */
export type Verdict = 'yes' | 'no' | 'unknown';
