import type { DiscoverProgress } from '../../discover/discover.ts';
import type { Context } from '../context.ts';
import { columnsOf } from '../io.ts';
import { shorten } from '../view/text.ts';

/** Tells how far the asking of many hosts is. */
export interface AskingProgress {
  show(progress: DiscoverProgress): void;
  /** Takes away what is shown in place. */
  end(): void;
}

/** Below this a pipe is told nothing: it is over before anyone reads it. */
const worthTelling = 20;

/** On a terminal one line that changes in place, whatever the output is; elsewhere a line for each tenth of the hosts. */
export function askingProgress(context: Context): AskingProgress {
  const { err, env } = context.io;
  if (err.isTTY && env.TERM !== 'dumb') {
    const clear = '\r\u001b[2K';
    return {
      show: (progress) => void err.write(`${clear}${shorten(told(progress), columnsOf(err) - 1)}`),
      end: () => void err.write(clear),
    };
  }
  let tenths = -1;
  return {
    show(progress) {
      const reached = Math.floor((progress.done * 10) / Math.max(1, progress.of));
      if (progress.of < worthTelling || reached === tenths) return;
      tenths = reached;
      context.tell(told(progress));
    },
    end: () => undefined,
  };
}

function told({ done, of, using, unasked }: DiscoverProgress): string {
  const trouble = unasked > 0 ? `, ${unasked} could not be asked` : '';
  return `asked ${done} of ${of} hosts: ${using} use the account${trouble}`;
}
