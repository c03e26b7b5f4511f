/** `block` stops a migration, `warn` is shown to whoever votes, `info` explains. */
export type Severity = 'block' | 'warn' | 'info';

export interface FindingKind {
  severity: Severity;
  meaning: string;
  fix: string;
}
