import { showControls } from './visible.ts';

export type CsvValue = string | number | boolean | null | undefined;

/** Writes rows as lines (RFC 4180), each ended by CRLF. */
export function csvTable(rows: CsvValue[][]): string {
  return rows.map((row) => `${row.map(escapeCsv).join(',')}\r\n`).join('');
}

/**
 * Writes one value as a field. A text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV
 * Injection"):
 * names and descriptions are written by anybody who may write to the directory.
 */
export function escapeCsv(value: CsvValue): string {
  const text = showControls(String(value ?? ''));
  const harmless = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
