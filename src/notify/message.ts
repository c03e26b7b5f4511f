import type { Notice, NoticeEvent } from '../domain/migration/notice.ts';
import { escapeAnyShell } from '../wording/escape/shell.ts';
import { stageTitles } from '../wording/stage.ts';

/** A notice in words, for chats: no part of it is markup, whatever it says. */
export interface Message {
  title: string;
  mood: 'good' | 'attention' | 'warning';
  /** Label and value, in the order in which they are shown. */
  facts: [label: string, value: string][];
  /** What drifted, which hosts failed: one line each. */
  lines: string[];
  /** What a person may type next. */
  commands: string[];
}

const titles: Record<NoticeEvent, (notice: Notice) => string> = {
  'gate-opened': ({ gate }) => `Gate "${gate?.name}" is open: votes are needed`,
  reminder: ({ gate }) =>
    `Gate "${gate?.name}" still waits for votes${gate?.overdue ? ', and is overdue' : ''}`,
  drift: ({ gate }) => `Votes at gate "${gate?.name}" are void: something has changed`,
  'host-failed': ({ hosts }) =>
    hosts.length === 1 ? `${hosts[0]!.host} failed` : `${hosts.length} hosts failed`,
  'turned-back': () => 'Turning back',
  'needs-operator': () => 'Turning back has stopped: an operator is needed',
  done: ({ outcome }) => ends[outcome] ?? outcome,
};

const ends: Partial<Record<Notice['outcome'], string>> = {
  completed: 'Completed',
  undone: 'Undone: everything is as it was before',
  refused: 'Refused: nothing was changed',
};

export function messageOf(notice: Notice): Message {
  const { event, account, dmsa, domain, stage, gate, failure, drift, hosts, outcome } = notice;
  return {
    title: `${account} → ${dmsa}$: ${titles[event](notice)}`,
    mood: event === 'done' && outcome === 'completed' ? 'good' : isBad(event) ? 'warning' : 'attention',
    facts: [
      ['Account', `${account} in ${domain}`],
      ['dMSA', `${dmsa}$`],
      ['Stage', stageTitles[stage]],
      ...gateFacts(gate),
      ...(failure ? [['Reason', `${failure.code}: ${failure.message}`] as [string, string]] : []),
      ['Asked for by', notice.requestedBy],
    ],
    lines: [...drift, ...hosts.map((host) => [host.host, host.code, host.message].filter(Boolean).join(' '))],
    commands: commands(notice),
  };
}

function gateFacts(gate: Notice['gate']): [string, string][] {
  if (!gate) return [];
  const { missing, required, awaited, approved, hash, expiresAt } = gate;
  return [
    ['Votes missing', `${missing} of ${required}`],
    ['Who may vote', awaited.join(', ') || 'anyone but who asked for it'],
    ...(approved.length > 0 ? [['Approved by', approved.join(', ')] as [string, string]] : []),
    ['Until', expiresAt],
    ['Evidence', hash],
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
  const named = hosts.filter(({ code }) => code !== '');
  return [
    look,
    ...named.flatMap(({ host }) => {
      const where = escapeAnyShell(host, 'HOST');
      return [`dmsa retry ${name} --host ${where}`, `dmsa skip ${name} ${where}`];
    }),
  ];
}

function isBad(event: NoticeEvent): boolean {
  return event === 'host-failed' || event === 'turned-back' || event === 'needs-operator';
}
