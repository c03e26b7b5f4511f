import { texts } from '../../src/directory/entry.ts';
import { type Play, people, type Scenario } from './scenario.ts';

/** How gates end, besides with a yes at once. */
export const gateScenarios: Record<string, Scenario> = {
  'rejected-at-start': {
    summary: 'an approver says no before anything is changed: refused',
    outcome: 'refused',
    votes: { start: 'reject' },
  },
  'start-expires': {
    summary: 'nobody votes at the start until the gate expires, and the plan says undo: refused',
    outcome: 'refused',
    request: { expiresAfter: '2s', onExpiry: 'undo' },
    votes: { start: 'never' },
  },
  'two-approvers': {
    summary: 'two people have to agree at each gate, and who asked is none of them: completes',
    outcome: 'completed',
    request: { required: 2 },
    onGate: { start: othersVote, complete: othersVote },
  },
  'undone-while-asked': {
    summary: 'someone asks to undo while people are asked before completion: the gate is void, undone',
    outcome: 'undone',
    votes: { complete: 'never' },
    onStage: { 'gate-complete': someoneAsksToUndo },
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

/** Who asked tries to, the second approver does, and tries a second time. */
async function othersVote({ migrations, id }: Play): Promise<void> {
  const { gates } = await migrations.status(id);
  const { name, hash } = gates.at(-1)!;
  for (const by of [people.requester, people.operator, people.operator]) {
    const reason = 'read it, too';
    await migrations.vote(id, { gate: name, hash: hash!, by, decision: 'approve', reason });
  }
}

async function someoneAsksToUndo({ migrations, id }: Play): Promise<void> {
  await migrations.send(id, 'undo', { by: people.operator, reason: 'the project was stopped' });
}

async function someoneAddsSpn({ lab }: Play): Promise<void> {
  const { dc, seeded } = lab;
  const account = await dc.required(seeded.accountDn);
  const names = texts(account, 'servicePrincipalName');
  await dc.store.replace(seeded.accountDn, { servicePrincipalName: [...names, 'HTTP/reports.lab.example'] });
}
