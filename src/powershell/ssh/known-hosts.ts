import { createHash, createHmac } from 'node:crypto';

/**
 * Host keys as OpenSSH keeps them (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). A key is never accepted on sight: a host
 * without a line is `unknown`, and the worker does not talk to it.
 */
export interface KnownHost {
  /** Patterns of one line, lower case where plain; or one hashed name. */
  names: string[];
  /** The key in SSH's wire format. */
  key: Buffer;
  revoked: boolean;
}

/** `different`: the host has keys in the file, and this is none of them. `revoked`: the file says not to trust it. */
export type HostKeyVerdict = 'known' | 'unknown' | 'different' | 'revoked';

/** Looks up `key` (wire format), as presented by `host`; ports other than 22 belong to the name. */
export function checkHostKey(known: KnownHost[], host: string, port: number, key: Buffer): HostKeyVerdict {
  const lines = linesOf(known, host, port);
  if (lines.some((line) => line.revoked && line.key.equals(key))) return 'revoked';
  const trusted = lines.filter((line) => !line.revoked);
  if (trusted.some((line) => line.key.equals(key))) return 'known';
  return trusted.length > 0 ? 'different' : 'unknown';
}

/** Types of the keys that the file has for a host, such as `ssh-ed25519`: the ones to ask the host for first. */
export function knownKeyTypes(known: KnownHost[], host: string, port: number): string[] {
  const lines = linesOf(known, host, port).filter((line) => !line.revoked);
  return [...new Set(lines.map((line) => keyType(line.key)!))];
}

/**
 * Reads a known_hosts file. Comments, `@cert-authority` lines and lines that are no host key are passed over, as
 * OpenSSH does: what cannot be read makes nothing known.
 */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((line) => parseLine(line.trim()) ?? []);
}

function parseLine(line: string): KnownHost | null {
  if (line === '' || line.startsWith('#')) return null;
  const fields = line.split(/[ \t]+/);
  const marker = fields[0]!.startsWith('@') ? fields.shift()! : null;
  if (marker !== null && marker !== '@revoked') return null;
  const [names, type, base64] = fields;
  if (!names || !type || !base64) return null;
  const key = Buffer.from(base64, 'base64');
  if (keyType(key) !== type) return null;
  const hashed = names.startsWith('|');
  return { names: hashed ? [names] : names.toLowerCase().split(','), key, revoked: marker !== null };
}

/** A line for `host` with a key in wire format, as `ssh-keyscan` prints it. */
export function knownHostsLine(host: string, port: number, key: Buffer): string {
  return `${lookupName(host, port)} ${keyType(key)} ${key.toString('base64')}`;
}

/** `SHA256:…`, as `ssh-keygen -lf` shows a key: what a person compares on the host's console. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function linesOf(known: KnownHost[], host: string, port: number): KnownHost[] {
  const name = lookupName(host, port);
  return known.filter(({ names }) => {
    if (names[0]!.startsWith('|')) return isHashOf(names[0]!, name);
    if (names.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), name))) return false;
    return names.some((pattern) => !pattern.startsWith('!') && matches(pattern, name));
  });
}

function lookupName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both base64: what `HashKnownHosts yes` writes. */
function isHashOf(hashed: string, name: string): boolean {
  const [, magic, salt, hash] = hashed.split('|');
  if (magic !== '1' || !salt || !hash) return false;
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.equals(Buffer.from(hash, 'base64'));
}

/** `*` stands for any characters and `?` for one, as in ssh_config(5), PATTERNS; everything else is itself. */
function matches(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(name);
}

/** The name that a key in wire format starts with (RFC 4253, 6.6), or null where it is no key. */
function keyType(key: Buffer): string | null {
  if (key.length < 4) return null;
  const end = 4 + key.readUInt32BE(0);
  const type = key.subarray(4, end).toString('latin1');
  return end < key.length && /^[a-z0-9@.-]+$/i.test(type) ? type : null;
}
