import { type Duration, durationMs } from '../values/duration.ts';
import type { HealthCheck } from './plan.ts';

/** What one attempt of a health check may take (activities/scripts/restart-services.ps1). */
const checkMs = 30_000;

/** A service is waited for until it settles, has stopped, and runs; each wait is as long as `serviceTimeout`. */
const waitsOfService = 3;

/**
 * How long one host may take at the most, in milliseconds. Nobody knows the dependents of its services before they are
 * asked for: as many again are allowed for. Whoever waits longer than that waits for a host that hangs.
 */
export function restartTimeMs(
  { services, pools = [] }: { services: string[]; pools?: string[] },
  serviceTimeout: Duration,
  checks: HealthCheck[] = [],
): number {
  const waits = 2 * waitsOfService * services.length + pools.length;
  const checking = checks.map(({ attempts, everySeconds }) => attempts * (everySeconds * 1_000 + checkMs));
  return waits * durationMs(serviceTimeout) + checking.reduce((sum, each) => sum + each, 0);
}
