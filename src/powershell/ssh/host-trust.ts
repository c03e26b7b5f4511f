import type { ServerHostKeyAlgorithm } from 'ssh2';

import {
  checkHostKey,
  fingerprint,
  type HostKeyVerdict,
  type KnownHost,
  knownKeyTypes,
} from './known-hosts.ts';

/** What a host's key has to be: one of these fingerprints, or what known_hosts says. Never whatever it presents. */
export type HostTrust = { pinned: string[] } | { known: KnownHost[] };

/** `unpinned`: the host's entry in the settings has fingerprints, and this key has none of them. */
export type TrustVerdict = HostKeyVerdict | 'unpinned';

/** A host's key is looked up under its name alone, whatever its address (ssh_config(5), HostKeyAlias). */
export function verdictOf(trust: HostTrust, host: string, key: Buffer): TrustVerdict {
  if ('known' in trust) return checkHostKey(trust.known, host, 22, key);
  return trust.pinned.includes(fingerprint(key)) ? 'known' : 'unpinned';
}

/** Asks first for the kinds of key that known_hosts has, as OpenSSH does: a host presents one key of several. */
export function hostKeyAlgorithms(trust: HostTrust, host: string): ServerHostKeyAlgorithm[] {
  const types = 'known' in trust ? knownKeyTypes(trust.known, host, 22) : [];
  const known = types.flatMap((type) =>
    type === 'ssh-rsa' ? rsa : (algorithms.find((each) => each === type) ?? []),
  );
  return [...new Set([...known, ...algorithms])];
}

/** RSA signatures with SHA-2 alone (RFC 8332). */
const rsa: ServerHostKeyAlgorithm[] = ['rsa-sha2-512', 'rsa-sha2-256'];
const algorithms: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  ...rsa,
];
