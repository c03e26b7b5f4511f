import type { Webhook } from '../config/settings.ts';
import type { Notice } from '../domain/migration/notice.ts';
import { escapeTeams } from '../wording/escape/chat.ts';
import { type NoticeText, wordNotice } from '../wording/notice.ts';
import { slackBody } from './slack.ts';
import { teamsBody } from './teams.ts';

/** Makes the body for a webhook of this kind. `key` identifies the message: every attempt to send it has the same one. */
export function bodyOf(kind: Webhook['kind'], given: Notice, key: string): object {
  const notice = escapeTeams(given);
  const text = wordNotice(notice);
  switch (kind) {
    case 'slack':
      return slackBody(text);
    case 'teams':
      return teamsBody(text);
    case 'json':
      return jsonBody(notice, text, key);
  }
}

/** Documented in docs/monitoring.md: members are added, and never change their meaning within a version. */
function jsonBody(notice: Notice, { title, commands }: NoticeText, key: string): object {
  return { version: 1, key, title, ...notice, commands };
}
