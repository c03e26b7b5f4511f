import { normalDn } from '../../src/directory/dn.ts';
import { refusal } from '../directory/diagnostics.ts';
import type { Operation } from './requests.ts';

/** Who may bind, by any name that a client may use: a DN, `user@domain` or `DOMAIN\\user`. */
export interface DirectoryCredential {
  user: string;
  password: string;
}

/** What the layer below LDAP knows of a connection. */
export interface Channel {
  /** How it is encrypted, if it is. */
  encryption: 'ldaps' | 'start-tls' | null;
  /** The user principal name in the client's certificate, where it has shown one that is trusted. */
  certificateUser: string | null;
}

/** Of a connection that nobody said anything about. */
export const overLdaps: Channel = { encryption: 'ldaps', certificateUser: null };

/**
 * Who a connection is bound as (MS-ADTS 5.1.1). A client certificate binds a connection to the LDAPS port by the
 * handshake alone, and one that started TLS by EXTERNAL (5.1.1.2); it is the user's whose principal name it has, which
 * is one of the ways in which AD maps certificates.
 */
export class Authentication {
  readonly #credentials: DirectoryCredential[];
  #channel: Channel;
  #user: string | null = null;

  constructor(credentials: DirectoryCredential[], channel: Channel) {
    this.#credentials = credentials;
    this.#channel = channel;
    this.secured(channel);
  }

  get isBound(): boolean {
    return this.#user !== null;
  }

  /** An authorization identity (RFC 4513 5.2.1.8); empty for anonymous, as Who am I? answers (RFC 4532). */
  get identity(): string {
    return this.#user === null ? '' : `u:${this.#user}`;
  }

  /** TLS has begun. After StartTLS a connection stays bound as it was (MS-ADTS 5.1.1.2). */
  secured(channel: Channel): void {
    this.#channel = channel;
    if (channel.encryption === 'ldaps') this.#user = this.#ofCertificate()?.user ?? null;
  }

  /** Throws LdapFailure. A bind without a password is anonymous (RFC 4513 5.1.2): it succeeds, and lets nothing be done. */
  bind({ version, user, password, mechanism }: Operation & { kind: 'bind' }): void {
    this.#user = null;
    if (version !== 3) throw refusal.badVersion();
    if (password === '') return;
    const isExternal = mechanism === 'EXTERNAL';
    if (password === null && !isExternal) throw refusal.unknownAuthentication();
    if (!isExternal && this.#channel.encryption === null) throw refusal.encryptionRequired();
    const known = isExternal
      ? this.#external()
      : this.#credentials.find((each) => isSame(each.user, user) && each.password === password);
    if (!known) throw refusal.badCredentials();
    this.#user = known.user;
  }

  /** Over LDAPS it is refused, whoever asks. MS-ADTS names no code for that; the lab says invalidCredentials. */
  #external(): DirectoryCredential | undefined {
    return this.#channel.encryption === 'start-tls' ? this.#ofCertificate() : undefined;
  }

  #ofCertificate(): DirectoryCredential | undefined {
    const { certificateUser } = this.#channel;
    if (certificateUser === null) return undefined;
    return this.#credentials.find(({ user }) => isSame(user, certificateUser));
  }
}

function isSame(one: string, other: string): boolean {
  return userKey(one) === userKey(other);
}

function userKey(user: string): string {
  try {
    return normalDn(user);
  } catch {
    return user.toLowerCase();
  }
}
