import { createLogUpdate } from 'log-update';

import type { LiveStatus } from '../../client/live.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import type { Io } from '../io.ts';
import { plainLines } from './plain.ts';
import { renderStatus } from './status.ts';

/** Shows a migration while it goes on. */
export interface Presenter {
  show(status: LiveStatus | MigrationStatus): void;
  /** Prints a line above what is shown. */
  note(line: string): void;
  /** Shows the last status whole, and stops. */
  end(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** On a terminal one view that changes in place; elsewhere one plain line for each thing that happens. */
export function createPresenter(io: Io, options: { color: boolean; width: number }): Presenter {
  return io.out.isTTY ? livePresenter(io, options) : plainPresenter(io);
}

function plainPresenter(io: Io): Presenter {
  let previous: MigrationStatus | null = null;
  const write = (line: string) => io.out.write(`${line}\n`);
  return {
    show(status) {
      for (const line of plainLines(previous, status)) write(line);
      previous = status;
    },
    note: (line) => write(escapeTerminal(line)),
    end: () => undefined,
  };
}

function livePresenter(io: Io, { color, width }: { color: boolean; width: number }): Presenter {
  const view = createLogUpdate(io.out as NodeJS.WriteStream);
  let current: LiveStatus | MigrationStatus | null = null;
  let frame = 0;

  const render = (height?: number) => {
    if (!current) return '';
    const progress = 'progress' in current ? current.progress : {};
    const spinner = frames[frame++ % frames.length];
    return renderStatus(current, { color, width, now: io.now(), height, spinner, progress, maxHosts: 8 });
  };
  const draw = () => current && view(render((io.out.rows ?? 24) - 1));
  const timer = setInterval(draw, 100);
  timer.unref();

  return {
    show(status) {
      current = status;
      draw();
    },
    note: (line) => view.persist(escapeTerminal(line)),
    end() {
      clearInterval(timer);
      view.clear();
      view.done();
      if (current) io.out.write(`${render()}\n`);
    },
  };
}
