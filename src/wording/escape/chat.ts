import { changeTexts } from './visible.ts';

/**
 * Copies plain data for places without markup (an Adaptive Card's `TextRun`) and for programs: every
 * text is one line, in which a run of control and format characters is a space, as a message is read and not inspected.
 */
export function escapeTeams<T>(value: T): T {
  return changeTexts(value, (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim());
}

/**
 * Escapes a text for Slack's mrkdwn: the three characters that Slack gives a meaning. A mention or a link begins with `<`
 * (https://docs.slack.dev/messaging/formatting-message-text).
 */
export function escapeSlack(text: string): string {
  return escapeTeams(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
