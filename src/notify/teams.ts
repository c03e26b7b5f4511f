import type { NoticeText } from '../wording/notice.ts';

const colours = { good: 'Good', attention: 'Accent', warning: 'Attention' } as const;

/**
 * Makes a message with one Adaptive Card, as the trigger "When a Teams webhook request is received" of Workflows takes it:
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using and, for the
 * members of the card, https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run. Every text is a `TextRun`, which is not Markdown: only
 * `TextBlock` and `Fact` are, and in them a name with an underscore or a bracket would be changed or become a link.
 */
export function teamsBody({ title, mood, facts, lines, commands }: NoticeText): object {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      block([{ text: title, size: 'Medium', weight: 'Bolder', color: colours[mood] }]),
      ...facts.map(([label, value]) => block([{ text: `${label}: `, weight: 'Bolder' }, { text: value }])),
      ...[...lines, ...commands].map((text) => block([{ text, fontType: 'Monospace' }])),
    ],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

interface TextRun {
  text: string;
  size?: 'Medium';
  weight?: 'Bolder';
  color?: (typeof colours)[keyof typeof colours];
  fontType?: 'Monospace';
}

function block(runs: TextRun[]): object {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })) };
}
