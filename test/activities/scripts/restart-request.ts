import { hostState, type StubService } from './states.ts';

export const ask = (services: string[], changes: object = {}) => ({
  services,
  pools: [],
  checks: [],
  startStopped: false,
  unlessStartedSince: null,
  eventsSince: null,
  sentAt: new Date().toISOString(),
  timeoutSeconds: 120,
  ...changes,
});

export const host = (...services: StubService[]) => ({ host: hostState({ services }) });
