import type { CheckVerdict } from '../../doctor/check.ts';
import type { Diagnosis } from '../../doctor/doctor.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { padTo, paint, wrap } from './text.ts';

const words: Record<CheckVerdict, string> = {
  ok: 'ok',
  warn: 'warn',
  fail: 'FAIL',
  unknown: '?',
  'not-checked': '-',
};

/** Renders each check with its fix below it, and counts them by verdict. */
export function renderDoctor(diagnosis: Diagnosis, options: { color: boolean; width: number }): string {
  const { bold, dim, red, green, yellow } = paint(options.color);
  const styles: Record<CheckVerdict, (text: string) => string> = {
    ok: green,
    warn: yellow,
    fail: (text) => bold(red(text)),
    unknown: dim,
    'not-checked': dim,
  };
  const checks = escapeTerminal(diagnosis.checks);
  const nameWidth = Math.min(40, Math.max(...checks.map(({ name }) => name.length)));
  const indent = ' '.repeat(nameWidth + 8);
  const lines = checks.flatMap(({ name, verdict, seen, fix }) => {
    const told =
      verdict === 'not-checked' ? `not checked: ${seen}` : verdict === 'unknown' ? `unknown: ${seen}` : seen;
    const [first = '', ...rest] = wrap(told, Math.max(30, options.width - indent.length));
    const fixes = fix ? wrap(`fix: ${fix}`, Math.max(30, options.width - indent.length)) : [];
    return [
      `${styles[verdict](words[verdict].padEnd(4))}  ${padTo(name, nameWidth)}  ${first}`,
      ...[...rest, ...fixes].map((line) => indent + line),
    ];
  });
  const { ok, warn, fail, unknown, 'not-checked': notChecked } = diagnosis.summary;
  const counts = [
    `${ok} ok`,
    `${warn} to look at`,
    `${fail} failed`,
    `${unknown} unknown`,
    `${notChecked} not checked`,
  ];
  return `${lines.join('\n')}\n\n${counts.filter((count) => !count.startsWith('0 ')).join(', ')}`;
}
