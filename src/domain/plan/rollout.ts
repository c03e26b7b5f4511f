import type { Plan, PlanHost, Rollout } from './plan.ts';

/** Which hosts are worked on together, and in which order. Pure: workflows ask it, and replay what it answers. */

/** The limits on a wave. What is absent limits nothing. */
type RolloutLimits = Pick<Rollout, 'canary' | 'maxParallel' | 'maxUnavailable'>;

/**
 * The hosts that are worked on next, in the order of `remaining`: at most `maxParallel`, at most `maxUnavailable` less
 * those of `down`, and never two of one group, nor one of a group that has a host in `down`. `down` are hosts that
 * failed and that nobody has decided on.
 *
 * A host that is passed over for its group stays where it is, so that it comes first among those that remain. Empty
 * where none may be taken before somebody decides on a host that is down.
 */
export function nextWave(
  remaining: PlanHost[],
  rollout: RolloutLimits,
  down: Pick<PlanHost, 'group'>[] = [],
): PlanHost[] {
  return take(remaining, rollout.maxParallel, rollout, down);
}

/** As `nextWave`, of the canary hosts: all that are left of them at once, where no group or limit keeps them apart. */
export function nextCanaryWave(
  remaining: PlanHost[],
  rollout: RolloutLimits,
  down: Pick<PlanHost, 'group'>[] = [],
): PlanHost[] {
  return take(remaining, remaining.length, rollout, down);
}

/**
 * The hosts that go first, in the order of the plan, and have to be well before any other is touched: `rollout.canary`
 * of them, or the first wave where that is 0.
 */
export function canaryOf({ hosts, rollout }: Pick<Plan, 'hosts' | 'rollout'>): PlanHost[] {
  return rollout.canary > 0 ? hosts.slice(0, rollout.canary) : nextWave(hosts, rollout);
}

/** Every wave, the canary's first, of a rollout in which no host fails. */
export function waves(plan: Pick<Plan, 'hosts' | 'rollout'>): PlanHost[][] {
  const { hosts, rollout } = plan;
  const canary = canaryOf(plan);
  return [
    ...allOf(canary, (left) => nextCanaryWave(left, rollout)),
    ...allOf(without(hosts, canary), (left) => nextWave(left, rollout)),
  ];
}

/** `remaining` without the hosts of `wave`, in its order. */
export function without(remaining: PlanHost[], wave: PlanHost[]): PlanHost[] {
  const taken = new Set(wave.map(({ name }) => name));
  return remaining.filter(({ name }) => !taken.has(name));
}

function take(
  remaining: PlanHost[],
  most: number,
  { maxUnavailable }: RolloutLimits,
  down: Pick<PlanHost, 'group'>[],
): PlanHost[] {
  const size = Math.min(most, (maxUnavailable ?? Number.POSITIVE_INFINITY) - down.length);
  const groups = new Set(down.flatMap(({ group }) => group ?? []));
  const wave: PlanHost[] = [];
  for (const host of remaining) {
    if (wave.length >= size) break;
    if (host.group !== undefined && groups.has(host.group)) continue;
    if (host.group !== undefined) groups.add(host.group);
    wave.push(host);
  }
  return wave;
}

function allOf(hosts: PlanHost[], next: (remaining: PlanHost[]) => PlanHost[]): PlanHost[][] {
  const result: PlanHost[][] = [];
  for (let left = hosts; left.length > 0; left = without(left, result.at(-1)!)) result.push(next(left));
  return result;
}
