import type { ErrorKind } from './error-kind.ts';

/** The way to a host, and the PowerShell that runs there. */
export const hostErrorKinds = {
  HOST_UNREACHABLE: {
    retryable: true,
    meaning: 'No connection to the host, by SSH or by WinRM, could be made.',
    fix: 'Check that the host is up. By SSH, check its OpenSSH server, its address under [hosts] and jump-host in dmsa.toml; by WinRM (transport = "local"), check its service WinRM, port 5985 and its name in DNS.',
  },
  HOSTS_NOT_ASKED: {
    retryable: true,
    meaning:
      'Hosts could not be asked, and a migration that is under way does not go on without their answers.',
    fix: 'The message gives the code of one host: act on that code. To go on without a host, use dmsa skip.',
  },
  SESSION_LOST: {
    retryable: true,
    meaning: 'The session to the host ended before its answer was whole; the effect may have happened.',
    fix: 'No action is needed at first: the retry reads before it changes anything. If it stays, check the network to the host and its log of the connection: that of OpenSSH, or Microsoft-Windows-WinRM/Operational.',
  },
  TIMED_OUT: {
    retryable: true,
    meaning: 'The operation did not answer in its time; the effect may have happened.',
    fix: 'No action is needed at first: the retry reads before it changes anything. If it stays, check the load of the host and of the worker.',
  },
  ANSWER_INVALID: {
    retryable: true,
    meaning: 'The answer was cut short or is not the JSON that the operation promises.',
    fix: 'Log in to the host as the worker does and run powershell.exe: remove profile scripts and banners that print. Behind a JEA endpoint, check that worker and JEA module are of one version.',
  },
  HOST_KEY_MISMATCH: {
    retryable: false,
    meaning:
      'Possible interception: the host presented another key than known_hosts or dmsa.toml has for it, or could not prove that it holds its key. Nothing was sent.',
    fix: 'Compare the fingerprint with ssh-keygen -lf on the console of the host. Do not just delete the line in known_hosts: replace it only if the fingerprint is that of the host; if it is not, find out who answers in its place.',
  },
  HOST_KEY_UNKNOWN: {
    retryable: false,
    meaning: 'Neither known_hosts nor dmsa.toml has a key of the host, so nothing was sent.',
    fix: 'Collect its key with ssh-keyscan, compare the fingerprint with ssh-keygen -lf on the console of the host, and add it to known_hosts, or as fingerprint under [hosts].',
  },
  LOGIN_REFUSED: {
    retryable: false,
    meaning: 'The host, or the jump host before it, refused the login of the worker.',
    fix: 'By SSH, check user, key or password under [powershell] in dmsa.toml and authorized_keys on the host. By WinRM, check that the identity of the worker is an administrator of the host, or in RoleDefinitions of the session configuration.',
  },
  HOST_NOT_VERIFIED: {
    retryable: true,
    meaning:
      'The host reported success, and reads back another policy value or another state of its Kerberos log.',
    fix: 'No action is needed at first: it is set again. If it stays, find what sets it back: a group policy, configuration management, or another administrator.',
  },
  POWERSHELL_MISSING: {
    retryable: false,
    meaning: 'The host does not know powershell.exe, or may not start it.',
    fix: 'Check the default shell of its OpenSSH server, its PATH and its application control policy.',
  },
  ACCESS_DENIED: {
    retryable: false,
    meaning: 'The identity of the worker may not do this.',
    fix: 'Grant the right named in docs/rights.md to the identity that was refused: user under [directory] for LDAP, user or credential-user under [powershell] for hosts and cmdlets.',
  },
  UNABLE_TO_PROCEED: {
    retryable: false,
    meaning: 'The domain controller refused the migration step (00002035, problem 5005).',
    fix: 'Check the state of the dMSA: Start needs 0, Complete needs 1. A dMSA in state 3 cannot be linked.',
  },
  RPC_UNAVAILABLE: {
    retryable: true,
    meaning: 'The domain controller or service manager could not be reached from the host.',
    fix: 'Check the network between the host and its domain controllers.',
  },
  CMDLET_MISSING: {
    retryable: false,
    meaning: 'The management host lacks the ActiveDirectory module of Windows Server 2025.',
    fix: 'Install RSAT-AD-PowerShell on a Windows Server 2025 management host.',
  },
  INVALID_PARAMETER: {
    retryable: false,
    meaning: 'The operation refused a parameter.',
    fix: 'Check that worker and JEA module are of one version; if they are, report the message as a fault.',
  },
  SCRIPT_FAILED: {
    retryable: false,
    meaning: 'The operation failed with an error that no rule classifies.',
    fix: 'Search for the message, which is PowerShell\u2019s own, in the event logs of the host, and remove its cause.',
  },
} as const satisfies Record<string, ErrorKind>;
