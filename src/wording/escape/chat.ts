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

/**
 * Writes lines as a code block for Slack and for chats that read Markdown, which has links and emphasis that mrkdwn cannot
 * escape. Three backticks or more would end the block: they become apostrophes.
 */
export function escapeSlackCode(lines: string[]): string {
  const code = lines.map((line) => escapeSlack(line).replace(/`{3,}/g, (run) => "'".repeat(run.length)));
  return ['```', ...code, '```'].join('\n');
}
