import type { Activities } from '../../activities/index.ts';
import type { RehearsalOptions } from './support.ts';

export interface Held {
  activities: NonNullable<RehearsalOptions['activities']>;
  /** Resolves once the run that is held has come to where it is held. */
  reached: Promise<void>;
  release(): void;
}

/** One run of an activity, counted from 1, is held where a test wants it; all others are as they are. */
export function holding(
  name: keyof Activities,
  where: 'before its effect' | 'after its effect',
  which = 1,
): Held {
  const reached = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let runs = 0;
  const activities: Held['activities'] = (real) => ({
    [name]: async (input: never) => {
      const isHeld = ++runs === which;
      const hold = async () => {
        reached.resolve();
        await release.promise;
      };
      if (isHeld && where === 'before its effect') await hold();
      const result = await (real[name] as (input: never) => Promise<unknown>)(input);
      if (isHeld && where === 'after its effect') await hold();
      return result;
    },
  });
  return { activities, reached: reached.promise, release: release.resolve };
}
