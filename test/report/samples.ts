import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import type { Recorded } from '../../src/report/recorded.ts';
import { makeReport } from '../../src/report/report.ts';
import type { SealedReport } from '../../src/report/seal.ts';
import { at, completed, evidence, now, plan, vote } from '../domain/migration/sample-status.ts';

const allowed = { sid: 'S-1-5-21-9', by: 'LAB\\ann', reason: 'known', at: at(40) };
const seen = [
  { at: at(40), source: 'host', of: ['policy', 'build'] },
  { at: at(41), source: 'restart', of: ['restarted', 'healthy'] },
] as const;

/** Of everything something. */
export const full: MigrationStatus = {
  ...completed,
  hosts: [
    evidence('web01.lab.example', {
      build: 'yes',
      seen: seen.map((each) => ({ ...each, of: [...each.of] })),
      skipped: { by: 'LAB\\carol', reason: 'is being replaced', at: at(42) },
    }),
    ...completed.hosts.slice(1),
  ],
  allowedPrincipals: [allowed],
  earlyVotes: [vote('LAB\\early', { verdict: 'refused', code: 'VOTE_WRONG_GATE' })],
  signals: [
    {
      signal: 'skipHost',
      by: 'LAB\\joe',
      reason: 'why',
      at: at(43),
      verdict: 'refused',
      code: 'SIGNAL_NO_HOST',
    },
  ],
};

const doing = { activity: 'preflight', task: '3', attempt: 1, at: at(1) };
export const records: Recorded = {
  commands: [
    {
      ...doing,
      host: 'web01.lab.example',
      operation: 'set-host',
      changes: true,
      parameters: { policy: { value: 1, keyExists: true }, eventLogEnabled: null },
      outcome: 'ok',
      tookMs: 250,
      error: null,
      result: { changed: ['policy'] },
    },
    {
      ...doing,
      at: at(15),
      attempt: 2,
      host: 'mgmt.lab.example',
      operation: 'start-migration',
      changes: true,
      parameters: { dmsa: plan.dmsa.dn },
      outcome: 'failed',
      tookMs: 1_500,
      error: { code: 'ACCESS_DENIED', message: 'access is denied' },
      result: null,
    },
  ],
  reads: [1, 20, 30].map((seconds, task) => ({
    ...doing,
    task: String(task),
    at: at(seconds),
    activity: 'observe',
    tookMs: 3,
    dc: 'dc1.lab.example',
    base: 'DC=lab,DC=example',
    scope: 'sub',
    filter: '(sAMAccountName=dmsa-web$)',
    attributes: ['cn', 'objectSid'],
    entries: task === 2 ? null : 1,
    error: task === 2 ? 'DIRECTORY_BUSY' : null,
  })),
  leftOut: { commands: 0, reads: 0 },
  full: { commands: false, reads: false },
};

/** Not signed, with a digest of its own. */
export const sealedOf = (status: MigrationStatus, recorded: Recorded | null = records): SealedReport => ({
  report: makeReport({ status, plan, records: recorded, madeAt: now }),
  digest: 'd'.repeat(64),
  signature: null,
});
const attack = `<script>alert("1")</script>'&\u202e\u001b[31m](http://evil)|\`**x**\n# head\n`;

/** Every text replaced by something hostile, wherever it stands; what the code itself decides stays. */
export function poisoned<T>(value: T): T {
  if (typeof value === 'string') {
    const enumerated = /^(\d{4}-|yes|no|unknown|Running|running|[a-z-]+$|VOTE_)/.test(value);
    return (enumerated ? value : `${attack}${value}`) as T;
  }
  if (Array.isArray(value)) return value.map(poisoned) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, poisoned(member)])) as T;
}
