import type { ErrorCode } from '../../src/domain/errors/errors.ts';
import type { SignalName } from '../../src/domain/migration/signals.ts';
import { type Duration, durationMs, durationPattern } from '../../src/domain/values/duration.ts';
import { retryHost, skipHost } from '../hosts/host-decisions.ts';
import { inMs, now } from '../state.ts';
import { isRecord, senderOf, textOf } from './payload.ts';
import { type Reaction, refuse, turnsBack } from './signals.ts';

const pause: Reaction = ({ state }) => {
  if (state.status.outcome === 'completed') return refuse('SIGNAL_AFTER_COMPLETION');
  if (turnsBack(state)) return refuse('SIGNAL_TURNS_BACK');
  if (state.status.paused) return refuse('SIGNAL_PAUSED_ALREADY');
  state.status.paused = true;
  return {};
};

const resume: Reaction = ({ state }) => {
  if (!state.status.paused) return refuse('SIGNAL_NOT_PAUSED');
  state.status.paused = false;
  return {};
};

const undo: Reaction = (m, payload) => {
  if (turnsBack(m.state)) return refuse('SIGNAL_TURNS_BACK');
  if (m.state.status.outcome === 'completed') return refuse('SIGNAL_AFTER_COMPLETION');
  m.state.undoRequest = senderOf(payload);
  m.state.status.paused = false;
  m.forward.cancel();
  return {};
};

/**
 * Retries a failed compensation, or one host with `host`. A retry that arrives while one is running applies to its next
 * failure; differences are accepted only when they have been named.
 */
const retry: Reaction = (m, payload) => {
  if (isRecord(payload) && payload.host !== undefined) return retryHost(m, payload);
  const { status } = m.state;
  if (status.failure === null) return refuse('SIGNAL_NOTHING_FAILED');
  const accept = isRecord(payload) && payload.accept === true;
  const failed = status.waitingFor?.kind === 'operator' ? status.waitingFor.failure.code : null;
  if (accept && failed !== ('RESTORE_DIFFERS' satisfies ErrorCode)) return refuse('SIGNAL_NOTHING_DIFFERS');
  m.state.retryRequest = { accept };
  return {};
};

const extendObservation: Reaction = (m, payload) => {
  const about = textOf(payload, 'for');
  const { observation, status } = m.state;
  if (turnsBack(m.state)) return refuse('SIGNAL_TURNS_BACK', about);
  if (status.stage !== 'observe' || !observation) return refuse('SIGNAL_NOT_OBSERVING', about);
  if (about === undefined || !durationPattern.test(about) || durationMs(about) === 0)
    return refuse('SIGNAL_NO_DURATION', about);
  const endsInMs = Math.max(0, Date.parse(observation.until) - Date.now()) + durationMs(about);
  if (endsInMs > durationMs(longest)) return refuse('SIGNAL_OBSERVATION_TOO_LONG', about, longest);
  m.state.observation = { ...observation, until: inMs(endsInMs) };
  return { about };
};

/** Longest time that an observation may still take. */
const longest: Duration = '3650d';

const allowPrincipal: Reaction = ({ state }, payload) => {
  const { allowedPrincipals } = state.status;
  const sid = textOf(payload, 'sid');
  if (sid === undefined || !sidPattern.test(sid)) return refuse('SIGNAL_NO_SID', sid);
  if (turnsBack(state)) return refuse('SIGNAL_TURNS_BACK', sid);
  if (allowedPrincipals.some((each) => each.sid === sid)) return refuse('SIGNAL_ALLOWED_ALREADY', sid);
  if (allowedPrincipals.length >= mostPrincipals)
    return refuse('SIGNAL_TOO_MANY_ALLOWED', sid, mostPrincipals);
  allowedPrincipals.push({ sid, ...senderOf(payload), at: now() });
  return { about: sid };
};

/** Effect of each signal but votes. */
export const reactions: Record<SignalName, Reaction> = {
  pause,
  resume,
  undo,
  retry,
  skipHost,
  extendObservation,
  allowPrincipal,
};

/** Strangers that can be allowed: with more of them, the dMSA is not ready to be migrated. */
const mostPrincipals = 200;

const sidPattern = /^S-1-\d+(-\d+){1,15}$/;
