import { childDn } from '../../directory/dn.ts';
import { octets } from '../../directory/entry.ts';
import { sidText } from '../../directory/sid.ts';
import { flapping, lostAnswers } from '../faults.ts';
import { addPrincipal } from '../rules/logon.ts';
import { domainControllerName, labDomain, twoControllers } from '../topology.ts';
import { type Play, people, type Scenario } from './scenario.ts';

/** Every scenario by its name; `npm start -- --list` lists them, and each is a test. */
export const scenarios: Record<string, Scenario> = {
  happy: {
    summary: 'everything goes well: the services end up on the dMSA',
    outcome: 'completed',
  },
  rejected: {
    summary: 'an approver says no before completion: undone',
    outcome: 'undone',
    votes: { complete: 'reject' },
  },
  'host-too-old': {
    summary: 'a host has a build below 26100: blocked in preflight, nothing changed',
    outcome: 'refused',
    topology: ({ hosts }) => {
      hosts[1]!.build = 20348;
    },
  },
  'canary-fails': {
    summary: 'a service on the canary does not come back: the other hosts are not touched, undone',
    outcome: 'undone',
    topology: ({ hosts }) => {
      hosts[0]!.services[0]!.failingStarts = 1;
    },
  },
  'principal-missing': {
    summary: 'a host reaches only a read-only DC and never joins the principals: undone',
    outcome: 'undone',
    topology: ({ hosts }) => {
      hosts[2]!.behindRodc = true;
    },
    request: { join: '2s' },
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
  'lost-answers': {
    summary: 'every change takes effect but its first answer is lost: completes, each effect applied once',
    outcome: 'completed',
    faults: lostAnswers,
    request: { join: '30s' },
  },
  flapping: {
    summary: 'LDAP and SSH drop connections at random: completes all the same',
    outcome: 'completed',
    faults: () => flapping(2025),
    request: { join: '60s' },
  },
  'dc-goes-down': {
    summary: 'one of two domain controllers goes down while it waits: completes on the other',
    outcome: 'completed',
    topology: (topology) => {
      topology.controllers = twoControllers();
    },
    onStage: { observe: firstDcGoesDown },
  },
  'root-key-later': {
    summary: 'the KDS root key is not effective yet: waits for it with a timer, then completes',
    outcome: 'completed',
    topology: (topology) => {
      topology.rootKeys = [8 / 3_600];
    },
    request: { waitForKds: true },
  },
  'privileged-account': {
    summary: 'the account is a domain administrator through a group in a group: refused',
    outcome: 'refused',
    topology: (topology) => {
      topology.groups = [
        { name: 'finance-ops', members: [topology.account.name] },
        { name: 'all-ops', members: ['finance-ops'] },
        { name: 'Domain Admins', members: ['all-ops'] },
      ];
    },
  },
  'already-started-by-others': {
    summary: 'someone else has linked the account already: refused, the link is not adopted',
    outcome: 'refused',
    topology: (topology) => {
      topology.presentDmsa = { state: 0, linkedBySomeone: true };
    },
  },
  'standalone-state': {
    summary: 'the dMSA was created standalone, in state 3: refused, with the fix',
    outcome: 'refused',
    topology: (topology) => {
      topology.presentDmsa = { state: 3, linkedBySomeone: false };
    },
  },
};

/** A computer that is no host of the account lets itself in, as an intruder or a forgotten server would. */
async function strangerJoins({ lab }: Play): Promise<void> {
  const { dc, topology } = lab;
  const kiosk = await dc.required(childDn('CN', 'KIOSK07', `CN=Computers,${labDomain.baseDn}`));
  const [dmsa] = await dc.store.find(labDomain.baseDn, 'sAMAccountName', `${topology.dmsa}$`);
  await dc.serially(() => addPrincipal(dc, dmsa!, sidText(octets(kiosk, 'objectSid')!)));
}

async function firstDcGoesDown({ lab }: Play): Promise<void> {
  await lab.controllers[domainControllerName]!.stop();
}

async function askToUndo({ migrations, id }: Play): Promise<void> {
  await migrations.undo(id, { by: people.operator, reason: 'the month-end run has failed' });
}
