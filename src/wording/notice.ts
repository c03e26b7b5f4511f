import type { Notice, NoticeEvent } from '../domain/migration/notice.ts';
import { beginningOf } from '../domain/values/beginning.ts';
import { driftText } from '../domain/values/drift.ts';
import { escapeAnyShell } from './escape/shell.ts';
import { wordFailure, wordFix } from './failure.ts';
import { wordGate, wordTally } from './gate.ts';
import { andMore } from './lists.ts';
import { wordOutcome } from './outcome.ts';
import { stageTitles } from './stage.ts';
import { moment } from './time.ts';

/** Words of a notice. */
export interface NoticeText {
  title: string;
  mood: 'good' | 'attention' | 'warning';
  /** Label and value, in the order in which they are shown. */
  facts: [label: string, value: string][];
  /** Differences and failed hosts, one line each. */
  lines: string[];
  /** Commands to type next, in whatever shell. */
  commands: string[];
}

/** In characters: a difference may be as long as all that is known of a host. */
const longest = 300;

const titles: Record<NoticeEvent, (notice: Notice) => string> = {
  'gate-opened': (notice) => `${gateOf(notice)} is open: votes are needed`,
  reminder: (notice) =>
    `${gateOf(notice)} still waits for votes${notice.gate?.overdue ? ', and is overdue' : ''}`,
  drift: ({ gate }) => `Votes at gate "${gate?.name}" are void: something has changed`,
  'host-failed': ({ hosts, leftOut }) =>
    hosts.length === 1 ? `${hosts[0]!.host} failed` : `${hosts.length + leftOut.hosts} hosts failed`,
  'turned-back': () => 'Turning back',
  'needs-operator': () => 'Turning back has stopped: an operator is needed',
  done: ({ outcome }) => wordOutcome(outcome),
};

/** Words a notice. Its commands are quoted for a shell; the rest is plain text. */
export function wordNotice(notice: Notice): NoticeText {
  const { event, account, dmsa, domain, stage, failure, drift, hosts, leftOut, outcome } = notice;
  const left = leftOut.drift + leftOut.hosts;
  return {
    title: `${account} → ${dmsa}$: ${titles[event](notice)}`,
    mood: event === 'done' && outcome === 'completed' ? 'good' : isBad(event) ? 'warning' : 'attention',
    facts: [
      ['Account', `${account} in ${domain}`],
      ['dMSA', `${dmsa}$`],
      ['Stage', stageTitles[stage]],
      ...gateFacts(notice),
      ...failureFacts(failure),
      ['Asked for by', notice.requestedBy],
    ],
    lines: [
      ...drift.map((each) => beginningOf(driftText(each), longest)),
      ...hosts.map(({ host, ...failure }) => `${host} ${wordFailure(failure)}`),
      ...(left > 0 ? [andMore(left)] : []),
    ],
    commands: commands(notice),
  };
}

function failureFacts(failure: Notice['failure']): [string, string][] {
  if (!failure) return [];
  const fix = wordFix(failure);
  return [['Reason', wordFailure(failure)], ...(fix ? [['What to do', fix] as [string, string]] : [])];
}

function gateOf({ gate }: Notice): string {
  return gate ? wordGate(gate.name) : 'A gate';
}

function gateFacts({ gate, leftOut }: Notice): [string, string][] {
  if (!gate) return [];
  const names = (list: string[], left: number) => (left > 0 ? [...list, andMore(left)] : list);
  const tally = {
    ...gate,
    approved: names(gate.approved, leftOut.approved),
    awaited: gate.awaited && names(gate.awaited, leftOut.awaited),
  };
  return [
    ['Votes', wordTally(tally)],
    ['Until', moment(gate.expiresAt)],
    ['Evidence', gate.hash],
  ];
}

function commands({ event, account, gate, hosts }: Notice): string[] {
  const name = escapeAnyShell(account, 'ACCOUNT');
  const look = `dmsa status ${name}`;
  if (gate) {
    const votes = ['approve', 'reject'].map(
      (vote) => `dmsa ${vote} ${name} --hash ${gate.hash.slice(0, 16)} --reason "…"`,
    );
    return [look, ...votes];
  }
  if (event === 'needs-operator') return [look, `dmsa retry ${name}`];
  const decisions = hosts.flatMap(({ host }) => {
    const where = escapeAnyShell(host, 'HOST');
    return [`dmsa retry ${name} --host ${where}`, `dmsa skip ${name} ${where}`];
  });
  return [look, ...decisions];
}

function isBad(event: NoticeEvent): boolean {
  return event === 'host-failed' || event === 'turned-back' || event === 'needs-operator';
}
