import type { GateName } from '../domain/plan/plan.ts';
import { escapeMarkdown } from './escape/markdown.ts';
import { counted } from './lists.ts';

/** Journal entries of the hosts that are worked on together. */
type Wave = { target: string }[];

/** Summaries of activities, timers and child workflows for Temporal's UI, one line of Markdown each. */
export const summaries = {
  checkPlan: 'Check the plan and its hash',
  nextWindow: 'Look whether a maintenance window is open',
  verifyVotes: (votes: number) => `Verify ${votes === 1 ? 'a vote' : counted(votes, 'vote')}`,
  preflight: (gate: GateName, withHosts: boolean) =>
    `Read directory${withHosts ? ' and hosts' : ''} for gate "${gate}"`,
  prepareHosts: (wave: Wave) => `Prepare ${firstHosts(wave)}`,
  restoreHosts: (wave: Wave) => `Restore ${firstHosts(wave)}`,
  restartHosts: (wave: Wave) => `Reboot ${firstHosts(wave)}`,
  restartServices: (wave: Wave) => `Restart the services of ${firstHosts(wave)}`,
  restoreEventLogs: (wave: Wave) => `Put the Kerberos log of ${firstHosts(wave)} back`,
  lookAtHosts: 'Look at the canary once more',
  lookAtRebooted: 'Look at the services of rebooted hosts',
  createDmsa: (name: string) => escapeMarkdown(`Create ${name}$`),
  removeDmsa: (name: string) => escapeMarkdown(`Remove ${name}$`),
  startMigration: 'Start-ADServiceAccountMigration, then read both objects',
  undoLink: 'Undo-ADServiceAccountMigration from state 1, then read both objects',
  verifyPrincipals: 'Read who may retrieve the managed password',
  observe: (until: string) => `Observe both objects until ${until}`,
  completeMigration: 'Complete-ADServiceAccountMigration, then read both objects',
  undoComplete: 'Undo-ADServiceAccountMigration from state 2, then read both objects',
  verifyCompleted: 'Verify directory and hosts after completion',
  verifyRestored: 'Compare directory and hosts with how they were before',
  webhooksFor: (event: string) => `List the webhooks for ${event}`,
  notify: (webhook: string) => escapeMarkdown(`Notify ${webhook}`),
  notice: (event: string, migration: string) => escapeMarkdown(`Notify people: ${event}, ${migration}`),
  claim: (name: string, migration: string) => escapeMarkdown(`${name}$ is claimed by ${migration}`),
  nameWait: (name: string) => escapeMarkdown(`Wait for the name ${name}$ to be free`),
  votesWait: (gate: GateName) => `Gate "${gate}" waits for votes`,
  windowWait: 'Wait for a maintenance window',
  holdWait: 'Wait before looking again',
  operatorWait: 'Wait for domain controllers to agree, or for a person',
  bakeWait: 'Let the canary run',
  soakWait: (length: string) => `Soak for ${length}`,
  adoptionWait: 'What the ended run had under way gets time to end',
};

/** Words the first two hosts of a wave by their short names, and how many more there are. */
function firstHosts(wave: Wave): string {
  const [first, second, ...rest] = wave.map(({ target }) => escapeMarkdown(target.split('.')[0]!));
  return [first, second, rest.length > 0 ? `${rest.length} more` : undefined].filter(Boolean).join(', ');
}
