import { escapeSlackCode } from '../wording/escape/chat.ts';
import type { NoticeText } from '../wording/notice.ts';

/** Longest of a header, of a field and of all fields together [slack: Block Kit reference]. */
const most = { header: 150, field: 2_000, fields: 10, preformatted: 2_900 };

/**
 * Makes the body of an incoming webhook of Slack, and of chats that read the same: blocks, and the whole message once more as
 * `text` for notifications and for those that know no blocks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
 * Blocks hold `plain_text` and `rich_text` alone, in which nothing is markup; `text` is a code block.
 */
export function slackBody({ title, facts, lines, commands }: NoticeText): object {
  return {
    text: escapeSlackCode([title, ...facts.map((fact) => fact.join(': ')), ...lines, ...commands]),
    blocks: [
      { type: 'header', text: plain(cut(title, most.header)) },
      {
        type: 'section',
        fields: facts
          .slice(0, most.fields)
          .map(([label, value]) => plain(cut(`${label}\n${value}`, most.field))),
      },
      ...[lines, commands].filter((list) => list.length > 0).map(preformatted),
    ],
  };
}

function preformatted(lines: string[]): object {
  const text = cut(lines.join('\n'), most.preformatted);
  const elements = [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }];
  return { type: 'rich_text', elements };
}

/** `emoji: false`: a name may have colons in it. */
function plain(text: string): object {
  return { type: 'plain_text', text, emoji: false };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
