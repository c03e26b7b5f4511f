import { texts } from '../../directory/entry.ts';
import type { Play, Scenario } from './scenario.ts';

/** How gates end, besides with a yes at once. */
export const gateScenarios: Record<string, Scenario> = {
  'rejected-at-start': {
    summary: 'an approver says no before anything is changed: refused',
    outcome: 'refused',
    votes: { start: 'reject' },
  },
  'gate-expires': {
    summary: 'nobody votes before completion until the gate expires, and the plan says undo: undone',
    outcome: 'undone',
    request: { expiresAfter: '4s', onExpiry: 'undo' },
    votes: { complete: 'never' },
  },
  'gate-overdue': {
    summary: 'nobody votes in time, and the plan says hold: overdue, voted on later, completes',
    outcome: 'completed',
    request: { expiresAfter: '2s', onExpiry: 'hold', remindEvery: '1s' },
    votes: { complete: 'when-overdue' },
  },
  drift: {
    summary: 'an SPN is added while people vote: the votes are void, they vote anew, completes',
    outcome: 'completed',
    onGate: { start: someoneAddsSpn },
  },
  'wave-rejected': {
    summary: 'each wave is voted on; an approver says no to the second: the canary is undone with the rest',
    outcome: 'undone',
    request: { waveGate: true },
    votes: { 'wave-2': 'reject' },
  },
  'not-called-good': {
    summary: 'people are asked at the end, and say no: Undo twice, everything is back',
    outcome: 'undone',
    request: { soakGate: true },
    votes: { soak: 'reject' },
  },
  'signed-votes': {
    summary: 'only signed votes count: one without a signature does not, the signed ones do, completes',
    outcome: 'completed',
    signed: true,
  },
};

async function someoneAddsSpn({ lab }: Play): Promise<void> {
  const { dc, seeded } = lab;
  const account = await dc.required(seeded.accountDn);
  const names = texts(account, 'servicePrincipalName');
  await dc.store.replace(seeded.accountDn, { servicePrincipalName: [...names, 'HTTP/reports.lab.example'] });
}
