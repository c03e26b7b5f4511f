/** How a status is shown. */
export interface StatusView {
  color: boolean;
  /** Columns of the terminal; never written beyond. */
  width: number;
  now: Date;
  /** What is shown before the stage that runs, instead of `▶`. */
  spinner?: string;
  /** What each host does right now, by heartbeat. */
  progress?: Record<string, string>;
  /** How many hosts are shown at most; all by default. */
  maxHosts?: number;
  /** Rows of the terminal: what matters least is left out until the rest fits; everything is shown by default. */
  height?: number;
}
