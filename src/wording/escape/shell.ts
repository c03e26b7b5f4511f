export type Shell = 'sh' | 'powershell';

/** Words that every shell takes as they are, and no command takes for an option. */
const plain = /^[A-Za-z0-9_./:][A-Za-z0-9_./:-]*$/;

/** Quotes one word of a command line for a known shell, if it needs quotes: nothing in it is expanded. */
export function escapeShell(text: string, shell: Shell): string {
  if (plain.test(text)) return text;
  // PowerShell takes typographic quotes for quotes, too (about_Quoting_Rules); each doubled is one.
  if (shell === 'powershell') return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Quotes one argument for people whose shell is not known: sh and PowerShell read it alike. Where no
 * quotes do for both, or it would be an option, it is `placeholder`, which the reader replaces.
 */
export function escapeAnyShell(text: string, placeholder: string): string {
  if (plain.test(text)) return text;
  if (text === '' || /^-|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return placeholder;
  if (!/['\u2018-\u201b]/.test(text)) return `'${text}'`;
  return /["$`\\!\u201c-\u201e]/.test(text) ? placeholder : `"${text}"`;
}
