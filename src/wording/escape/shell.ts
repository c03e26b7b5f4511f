export type Shell = 'sh' | 'powershell';

/** What every shell takes as it is, and no command takes for an option. */
const plain = /^[A-Za-z0-9_./:][A-Za-z0-9_./:-]*$/;

/** One word of a command line for a shell that is known, in single quotes where it needs them: nothing in it is expanded. */
export function escapeShell(text: string, shell: Shell): string {
  if (plain.test(text)) return text;
  // PowerShell takes typographic quotes for quotes, too (about_Quoting_Rules); each doubled is one.
  if (shell === 'powershell') return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * One argument of a command that is shown to people whose shell is not known: read alike by sh and by PowerShell. Where no
 * quotes do for both, or it would be an option, it is `placeholder`, which the reader replaces.
 */
export function escapeAnyShell(text: string, placeholder: string): string {
  if (plain.test(text)) return text;
  if (text === '' || /^-|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return placeholder;
  if (!/['\u2018-\u201b]/.test(text)) return `'${text}'`;
  return /["$`\\!\u201c-\u201e]/.test(text) ? placeholder : `"${text}"`;
}
