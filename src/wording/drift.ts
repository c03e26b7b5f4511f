import { type Drift, driftText } from '../domain/values/drift.ts';

/** Words differences in one line: the first `most`, and how many more there are. */
export function wordDrift(differences: Drift[], most = 20): string {
  const more = differences.length - most;
  const first = differences.slice(0, most).map(driftText).join('; ');
  return more > 0 ? `${first}; and ${more} more` : first;
}
