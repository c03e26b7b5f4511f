/**
 * A copy of plain data for chats that know no markup where it is put (an Adaptive Card's `TextRun`) and for programs: every
 * text is one line, in which a run of control and format characters is a space, as a message is read and not inspected.
 */
export function escapeTeams<T>(value: T): T {
  if (typeof value === 'string') return value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim() as T;
  if (Array.isArray(value)) return value.map(escapeTeams) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escapeTeams(member)])) as T;
}

/**
 * For a text in Slack's mrkdwn: the three characters that Slack gives a meaning. A mention or a link begins with `<`
 * (https://docs.slack.dev/messaging/formatting-message-text).
 */
export function escapeSlack(text: string): string {
  return escapeTeams(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
