import { defineSignal, setHandler } from '@temporalio/workflow';

import { signalNames } from '../../src/domain/migration/signals.ts';
import * as contract from '../contract.ts';
import type { Migration } from '../state.ts';
import { reactions } from './reactions.ts';
import { outcomes, receive, recordOf } from './signals.ts';
import { queueVote } from './votes.ts';

/**
 * Handlers only record what arrived; the code that waits for it acts on it. Anyone may send any payload, so none is
 * trusted to have its shape, and a malformed one never fails the workflow.
 */
export function handleMessages(m: Migration): void {
  setHandler(contract.status, () => m.state.status);
  setHandler(contract.carried, () => m.state);
  setHandler(contract.outcomes, (name) => outcomes(m, name));
  setHandler(contract.record, (id) => recordOf(m, id));
  setHandler(contract.approve, (payload) => queueVote(m, 'approve', payload));
  setHandler(contract.reject, (payload) => queueVote(m, 'reject', payload));
  for (const name of signalNames)
    setHandler(defineSignal<[unknown]>(name), (payload) => receive(m, name, payload, reactions[name]));
}
