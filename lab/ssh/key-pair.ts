import ssh2 from 'ssh2';

export interface KeyPair {
  /** In OpenSSH's own format. */
  private: string;
  /** A line as in authorized_keys. */
  public: string;
}

/** A new Ed25519 key pair, for a host or for who logs in. */
export function newKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    // ssh2 1.17 strips zeros that belong to the key, and cannot read one in 256 of its own (mscdex/ssh2#1390).
    if (!(ssh2.utils.parseKey(pair.public) instanceof Error)) return pair;
  }
}
