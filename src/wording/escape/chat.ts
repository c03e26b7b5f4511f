import { changeTexts } from './visible.ts';

/**
 * A copy of plain data for chats that know no markup where it is put (an Adaptive Card's `TextRun`) and for programs: every
 * text is one line, in which a run of control and format characters is a space, as a message is read and not inspected.
 */
export function escapeTeams<T>(value: T): T {
  return changeTexts(value, (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim());
}

/**
 * For a text in Slack's mrkdwn: the three characters that Slack gives a meaning. A mention or a link begins with `<`
 * (https://docs.slack.dev/messaging/formatting-message-text).
 */
export function escapeSlack(text: string): string {
  return escapeTeams(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
