import { childDn } from '../../src/directory/dn.ts';
import { octets } from '../../src/directory/entry.ts';
import { sidText } from '../../src/directory/sid.ts';
import { addPrincipal } from '../rules/logon.ts';
import { labDomain } from '../topology.ts';
import { type Play, people, type Scenario } from './scenario.ts';

/** What people decide. */
export const peoplesScenarios: Record<string, Scenario> = {
  happy: {
    summary: 'everything goes well: the services end up on the dMSA',
    outcome: 'completed',
  },
  rejected: {
    summary: 'an approver says no before completion: undone',
    outcome: 'undone',
    votes: { complete: 'reject' },
  },
  'unknown-principal': {
    summary: 'a stranger joins the principals: waits for a yes, gets it, observes again, completes',
    outcome: 'completed',
    onStage: { observe: strangerJoins },
    allowStrangers: true,
  },
  'undo-after-complete': {
    summary: 'someone asks to undo during the soak: Undo twice, SPNs and delegation back, account enabled',
    outcome: 'undone',
    request: { soak: '10m' },
    onStage: { soak: askToUndo },
  },
};

/** A computer that is no host of the account lets itself in, as an intruder or a forgotten server would. */
async function strangerJoins({ lab }: Play): Promise<void> {
  const { dc, topology } = lab;
  const kiosk = await dc.required(childDn('CN', 'KIOSK07', `CN=Computers,${labDomain.baseDn}`));
  const [dmsa] = await dc.store.find(labDomain.baseDn, 'sAMAccountName', `${topology.dmsa}$`);
  await dc.serially(() => addPrincipal(dc, dmsa!, sidText(octets(kiosk, 'objectSid')!)));
}

async function askToUndo({ migrations, id }: Play): Promise<void> {
  await migrations.send(id, 'undo', { by: people.operator, reason: 'the month-end run has failed' });
}
