/** Options of the view of a status. */
export interface StatusView {
  color: boolean;
  /** Columns of the terminal; never written beyond. */
  width: number;
  now: Date;
  /** Sign before the stage that runs, instead of `▶`. */
  spinner?: string;
  /** Current work of each host, by heartbeat. */
  progress?: Record<string, string>;
  /** Most hosts that are shown; all by default. */
  maxHosts?: number;
  /** Rows of the terminal: what matters least is left out until the rest fits; everything is shown by default. */
  height?: number;
}
