import type { Webhook } from '../config/settings.ts';
import type { Notice } from '../domain/migration/notice.ts';
import { escapeTeams } from '../wording/escape/chat.ts';
import { type Message, messageOf } from './message.ts';
import { slackBody } from './slack.ts';
import { teamsBody } from './teams.ts';

/** What is sent to a webhook of this kind. `key` tells a message from every other, and is the same when it is sent again. */
export function bodyOf(kind: Webhook['kind'], given: Notice, key: string): object {
  const notice = escapeTeams(given);
  const message = messageOf(notice);
  switch (kind) {
    case 'slack':
      return slackBody(message);
    case 'teams':
      return teamsBody(message);
    case 'json':
      return jsonBody(notice, message, key);
  }
}

/** Documented in docs/monitoring.md: members are added, and never change their meaning within a version. */
function jsonBody(notice: Notice, { title, commands }: Message, key: string): object {
  return { version: 1, key, title, ...notice, commands };
}
