import { keysOf, type SettingKey, sections } from './keys.ts';

/** Settings that `dmsa init` asks for. */
export interface FirstSettings {
  /** URLs of domain controllers. */
  urls: string[];
  managementHost: string;
  /** `name@domain`: who reads the directory, and logs in to hosts. */
  user: string;
}

/** Name of the JSON schema beside the file, which editors check it by (directive of Taplo and Even Better TOML). */
export const schemaFile = 'dmsa.schema.json';

/** Below this many columns comments are broken. */
const columns = 100;

/** A `dmsa.toml` with every setting explained; settings without a value are commented out. */
export function settingsTemplate(first: FirstSettings): string {
  const values = valuesOf(first);
  return `#:schema ./${schemaFile}

# Settings of dmsa. Paths are relative to this file. A secret is never written here: its key ends in -file (a file that
# holds it), -env (the name of an environment variable) or -command (a program and its arguments that print it).
# Check it with: dmsa doctor

${sections.map((section) => sectionText(section, values)).join('\n')}
# Addresses that differ from the names, and fingerprints of host keys (ssh-keygen -lf), a table for each name.
# [hosts."web01.contoso.com"]
# address = "10.0.0.5"
# port = 22
# fingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
`;
}

/** Settings written without a `#`: those that every domain needs, in their most common form. */
function valuesOf({ urls, managementHost, user }: FirstSettings): Map<string, string> {
  const text = (value: unknown) => JSON.stringify(value);
  return new Map([
    ['directory.urls', `[${urls.map(text).join(', ')}]`],
    ['directory.user', text(user)],
    ['directory.password', text('directory.password')],
    ['management.host', text(managementHost)],
    ['powershell.user', text(user)],
    ['powershell.private-key-file', text('id_ed25519')],
    ['powershell.known-hosts-file', text('known_hosts')],
  ]);
}

function sectionText(section: string, values: Map<string, string>): string {
  // TOML takes a table once: one in which nothing is set yet is there all the same, to be filled.
  return `[${section}]\n${keysOf(section)
    .map((key) => keyText(key, values.get(key.name)))
    .join('\n')}`;
}

function keyText(key: SettingKey, value: string | undefined): string {
  const name = key.name.slice(key.name.indexOf('.') + 1);
  const written = key.kind === 'secret' ? `${name}-file` : name;
  const shown = value ?? (key.default === undefined ? key.example : JSON.stringify(key.default));
  const mark = value === undefined && !key.required ? '# ' : '';
  return `${comment(key.meaning)}${mark}${written} = ${shown}\n`;
}

function comment(text: string): string {
  let lines = '';
  let line = '#';
  for (const word of text.replaceAll('`', '').split(' ')) {
    if (line.length + 1 + word.length > columns) {
      lines += `${line}\n`;
      line = '#';
    }
    line += ` ${word}`;
  }
  return `${lines}${line}\n`;
}
