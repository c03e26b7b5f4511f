import { showControls } from './visible.ts';

export type CsvValue = string | number | boolean | null | undefined;

/** Rows as lines (RFC 4180), each ended by CRLF. */
export function csvTable(rows: CsvValue[][]): string {
  return rows.map((row) => `${row.map(escapeCsv).join(',')}\r\n`).join('');
}

/**
 * One value as a field. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection"):
 * names and descriptions are written by anybody who may write to the directory.
 */
export function escapeCsv(value: CsvValue): string {
  const text = showControls(String(value ?? ''));
  const harmless = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
