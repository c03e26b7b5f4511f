const done: Record<string, string> = {
  prepareHosts: 'prepared',
  restoreHosts: 'put back as it was',
  restartServices: 'services restarted',
  restartHosts: 'rebooted',
  restoreEventLogs: 'event log put back',
};

/** Progress of one host in an activity, as its heartbeat gives it: `services restarted`. */
export function wordHostProgress(activity: string, status: string): string {
  return status === 'done' ? (done[activity] ?? 'done') : status;
}
