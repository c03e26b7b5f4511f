import { escapeShell } from '../wording/escape/shell.ts';
import { escapeTerminal } from '../wording/escape/terminal.ts';

/** One word of a command that can be copied into the shell of this machine. */
export function shellWord(text: string): string {
  return escapeShell(escapeTerminal(text), process.platform === 'win32' ? 'powershell' : 'sh');
}

/** Names a migration in such a command: by its account, or by its id if the account would be read as an option. */
export function migrationWord(migrationId: string, account: string): string {
  return shellWord(account.startsWith('-') ? migrationId : account);
}
