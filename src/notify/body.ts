import type { Webhook } from '../config/settings.ts';
import type { Notice } from '../domain/migration/notice.ts';
import { messageOf } from './message.ts';
import { slackBody } from './slack.ts';
import { teamsBody } from './teams.ts';

/** What is sent to a webhook of this kind. `key` tells a message from every other, and is the same when it is sent again. */
export function bodyOf(kind: Webhook['kind'], notice: Notice, key: string): object {
  const message = messageOf(notice);
  switch (kind) {
    case 'slack':
      return slackBody(message);
    case 'teams':
      return teamsBody(message);
    case 'json':
      return jsonBody(notice, key);
  }
}

/** Documented in docs/monitoring.md: members are added, and never change their meaning within a version. */
function jsonBody(notice: Notice, key: string): object {
  const { title, commands } = messageOf(notice);
  return { version: 1, key, title, ...notice, commands };
}
