import { environmentName, keysOf, type SettingKey, secretEndings, sections } from '../../src/config/keys.ts';
import { errorThemes } from '../../src/domain/errors/error-kinds.ts';
import { findingKinds } from '../../src/domain/findings/findings.ts';
import { type WindowsError, windowsErrors } from './windows-errors.ts';

/** Pages of `docs/` that are made of the tables in the code; a test holds the files equal to what is made here. */

const made = (table: string) => `<!-- Made of ${table}; after a change there: npm run docs -->\n`;

export function findingsPage(): string {
  const rows = Object.entries(findingKinds).map(([code, { severity, meaning, fix }]) =>
    row(`\`${code}\``, severity, meaning, fix),
  );
  return `${made('src/domain/findings/findings.ts')}
# Findings

What preflight and the observation can find. \`block\` stops a migration before it changes anything, \`warn\` is shown
to whoever votes, \`info\` explains. A finding names its subject (a DN, a host, a SID) and what was seen.

${table(['Code', 'Severity', 'What it means', 'What to do'], rows)}`;
}

export function errorsPage(): string {
  return `${made('src/domain/errors/error-kinds.ts')}
# Errors

Every failure has one of these codes, in the output of commands, in the status of a migration and as the type of a
failure in Temporal. The code alone decides whether it is tried again, and the exit code of a command that it ends: 2
where what was asked for is refused and nothing was changed, else 1. Commands add three codes that are about the call
itself: \`USAGE\` (exit code 2: no such command or option; the fix names its help), \`INTERRUPTED\` (130: Ctrl-C) and
\`UNEXPECTED\` (1: a fault of dmsa itself; report the message).

${errorThemes.map(themeTable).join('\n')}
## What Windows says

What a script meets on a host or at a domain controller, and which of these codes it becomes: by numbers and names, which
are the same in every language of Windows, and by the domain controller's diagnostic, which is not translated. Where two
rows fit, the upper one counts; what none fits is \`SCRIPT_FAILED\` with PowerShell's own words. Ways to a host that fail
before PowerShell runs are in [ssh.md](ssh.md) and [windows.md](windows.md).

${table(['Said', 'Name', 'By', 'Code'], windowsErrors.map(windowsRow))}`;
}

function themeTable({ title, kinds }: (typeof errorThemes)[number]): string {
  const rows = Object.entries(kinds).map(([code, { retryable, refused, meaning, fix }]) =>
    row(`\`${code}\``, retryable ? 'yes' : 'no', refused ? '2' : '1', meaning, fix),
  );
  return `## ${title}\n\n${table(['Code', 'Tried again', 'Exit code', 'What it means', 'What to do'], rows)}`;
}

const kindTexts: Record<WindowsError['kind'], string> = {
  win32: 'Win32 error',
  hresult: 'HRESULT',
  id: 'error id',
  category: 'category',
  diagnostic: 'diagnostic',
};

function windowsRow({ kind, value, name, of, code }: WindowsError): string {
  const by = { service: 'the service manager', directory: 'the module of Active Directory' };
  return row(`${kindTexts[kind]} ${value}`, name, of ? by[of] : 'anything', `\`${code}\``);
}

export function settingsPage(): string {
  return `${made('src/config/keys.ts')}
# Settings

Flags (\`--set section.key=value\`) win over the environment, and the environment over \`dmsa.toml\` in the working
folder (or the file of \`--config\` or \`DMSA_CONFIG\`). Relative paths are relative to the file that they stand in.
Temporal's address, namespace and keys come from Temporal's own environment and profile (\`TEMPORAL_ADDRESS\`,
\`TEMPORAL_NAMESPACE\`, \`TEMPORAL_PROFILE\`, …). In the environment a list is separated by commas.

A secret is never written down here. Its key has one of three endings: \`-file\`, a file that holds it; \`-env\`, the
name of an environment variable; \`-command\`, a program and its arguments that print it. The variable of the key
without an ending (\`DMSA_DIRECTORY_PASSWORD\`) may hold the secret itself.

${sections.map(sectionTable).join('\n')}
## [hosts]

Addresses that differ from the names, for example of a lab: one table each, for hosts, the management host and domain
controllers alike. Without \`port\` it is that of SSH, 22, and for a domain controller that of its URL. A certificate has
to name the host of the URL, wherever it was reached. A \`fingerprint\`, or a list of them, takes the place of known_hosts
for that host ([ssh.md](ssh.md)); then \`address\` may be absent.

\`\`\`toml
[hosts."web01.contoso.com"]
address = "10.0.0.5"
port = 22
fingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
\`\`\`

## [notify.NAME]

Who is told of a migration: one table for each webhook, of \`kind\` \`json\`, \`slack\` or \`teams\`, with the place of its URL
and, for \`json\`, of what bodies are signed with. [monitoring.md](monitoring.md) has the events, the bodies and how to
verify a signature.

\`\`\`toml
[notify.approvers]
kind = "teams"
url-file = "teams.url"
events = ["gate-opened", "reminder", "drift"]
\`\`\`
`;
}

function sectionTable(section: string): string {
  const rows = keysOf(section).map((key) =>
    row(keyText(key), `\`${environmentName(key.name)}\``, defaultText(key), key.meaning),
  );
  return `## [${section}]\n\n${table(['Key', 'Environment', 'Default', 'What it is'], rows)}`;
}

function keyText({ name, kind, example }: SettingKey): string {
  const key = name.split('.')[1]!;
  const keys =
    kind === 'secret' ? secretEndings.map((ending) => `\`${key}-${ending}\``).join(', ') : `\`${key}\``;
  return kind === 'secret' ? keys : `${keys} = \`${example}\``;
}

function defaultText({ required, default: value }: SettingKey): string {
  if (required) return 'has to be given';
  return value === undefined ? 'none' : `\`${value}\``;
}

function table(titles: string[], rows: string[]): string {
  return `${row(...titles)}\n${row(...titles.map(() => '---'))}\n${rows.join('\n')}\n`;
}

export function row(...cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
