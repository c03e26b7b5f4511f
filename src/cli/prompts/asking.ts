import type { DiscoverProgress } from '../../discover/discover.ts';
import type { Context } from '../context.ts';
import { columnsOf } from '../io.ts';
import { shorten } from '../view/text.ts';

/** Progress of a host scan, shown to a person. */
export interface AskingProgress {
  show(progress: DiscoverProgress): void;
  /** Clears what is shown in place. */
  end(): void;
}

/** Fewest hosts for which a pipe gets lines: a smaller scan is over before anyone reads them. */
const worthTelling = 20;

/** Shows one line that changes in place on a terminal, whatever the output is; elsewhere a line for each tenth of the hosts. */
export function askingProgress(context: Context): AskingProgress {
  const { err, env } = context.io;
  if (err.isTTY && env.TERM !== 'dumb') {
    const clear = '\r\u001b[2K';
    return {
      show: (progress) => void err.write(`${clear}${shorten(wordProgress(progress), columnsOf(err) - 1)}`),
      end: () => void err.write(clear),
    };
  }
  let tenths = -1;
  return {
    show(progress) {
      const reached = Math.floor((progress.done * 10) / Math.max(1, progress.of));
      if (progress.of < worthTelling || reached === tenths) return;
      tenths = reached;
      context.tell(wordProgress(progress));
    },
    end: () => undefined,
  };
}

function wordProgress({ done, of, using, unasked }: DiscoverProgress): string {
  const trouble = unasked > 0 ? `, ${unasked} could not be asked` : '';
  return `asked ${done} of ${of} hosts: ${using} use the account${trouble}`;
}
