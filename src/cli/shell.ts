/**
 * One word of a command line that can be copied: as it is where every shell takes it so, else in single quotes, in which
 * neither sh nor PowerShell expands anything. A quote inside is written as each of them wants it.
 */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[A-Za-z0-9_./:-]+$/.test(text)) return text;
  // PowerShell takes typographic quotes for quotes, too (about_Quoting_Rules); each doubled is one.
  if (platform === 'win32') return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
