import ssh2, { type AuthContext, type AuthenticationType, type ParsedKey } from 'ssh2';

/** Who may log in to a simulated host, with a key, a password or both. Names compare as Windows compares them. */
export interface LabUser {
  name: string;
  /** A line as in authorized_keys. */
  publicKey?: string;
  password?: string;
  /** Where the password is asked for: sshd's `PasswordAuthentication` and `KbdInteractiveAuthentication`; both. */
  asks?: ('password' | 'keyboard-interactive')[];
}

/** Answers attempts to log in, offering only what some user has. */
export function loginCheck(users: LabUser[]): (attempt: AuthContext) => void {
  const known = users.map((user) => ({
    ...user,
    name: user.name.toLowerCase(),
    key: user.publicKey === undefined ? null : parseKey(user.publicKey),
    asks: user.password === undefined ? [] : (user.asks ?? ['password', 'keyboard-interactive']),
  }));
  const offered: AuthenticationType[] = [
    ...(known.some(({ key }) => key) ? (['publickey'] as const) : []),
    ...new Set(known.flatMap(({ asks }) => asks)),
  ];

  return (attempt) => {
    const refuse = () => attempt.reject(offered);
    const mine = known.filter(({ name }) => name === attempt.username.toLowerCase());
    const right = (method: 'password' | 'keyboard-interactive', password: string | undefined) =>
      mine.some((user) => user.asks.includes(method) && user.password === password);
    if (attempt.method === 'publickey') {
      const { key, blob, signature, hashAlgo } = attempt;
      const user = mine.find((each) => each.key?.getPublicSSH().equals(key.data));
      if (!user) return refuse();
      // Without a signature the client only asks whether the key would do (RFC 4252, 7).
      if (signature && !user.key!.verify(blob!, signature, hashAlgo)) return refuse();
      return attempt.accept();
    }
    if (attempt.method === 'password')
      return right('password', attempt.password) ? attempt.accept() : refuse();
    if (attempt.method === 'keyboard-interactive' && offered.includes('keyboard-interactive')) {
      attempt.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) =>
        right('keyboard-interactive', answer) ? attempt.accept() : refuse(),
      );
      return;
    }
    refuse();
  };
}

export function parseKey(text: string): ParsedKey {
  const parsed: unknown = ssh2.utils.parseKey(text);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw new TypeError(`not a key: ${key.message}`);
  return key as ParsedKey;
}
