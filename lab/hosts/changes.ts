import type { LabHost } from '../topology.ts';

/** What `set-host` has changed, in its words. */
export function changes(before: LabHost, after: LabHost): string[] {
  const changed: string[] = [];
  if (before.policy.value !== after.policy.value) {
    changed.push(
      `DelegatedMSAEnabled ${before.policy.value ?? 'absent'} \u2192 ${after.policy.value ?? 'absent'}`,
    );
  }
  if (before.eventLogEnabled !== after.eventLogEnabled) {
    changed.push(`Kerberos operational log ${after.eventLogEnabled ? 'enabled' : 'disabled'}`);
  }
  return changed;
}
