import type { Webhook } from '../config/settings.ts';
import type { Notice } from '../domain/migration/notice.ts';
import { escapeTeams } from '../wording/escape/chat.ts';
import { type NoticeText, wordNotice } from '../wording/notice.ts';
import { slackBody } from './slack.ts';
import { teamsBody } from './teams.ts';

/** What is sent to a webhook of this kind. `key` tells a message from every other, and is the same when it is sent again. */
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
