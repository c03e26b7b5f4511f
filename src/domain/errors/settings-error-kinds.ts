import type { ErrorKind } from './error-kind.ts';

/** What this machine is set up with: settings, files, keys. What is wrong here is wrong for every host alike. */
export const settingsErrorKinds = {
  SETTINGS_INVALID: {
    retryable: false,
    refused: true,
    meaning: 'A setting is missing, unknown, in conflict with another, or not of its form.',
    fix: 'Correct it at the place that begins the message; docs/settings.md has the form of each setting, and dmsa doctor checks them.',
  },
  SECRET_UNUSABLE: {
    retryable: false,
    refused: true,
    meaning:
      'A secret is empty, not of its form, or cannot be read from the file, variable or command of its setting.',
    fix: 'Check that the file, variable or command is there and gives the secret alone to the user who runs dmsa.',
  },
  FILE_UNREADABLE: {
    retryable: false,
    refused: true,
    meaning: 'A file or folder cannot be read.',
    fix: 'Correct the path (ENOENT: nothing is there), or let the user who runs dmsa read it (EACCES, EPERM).',
  },
  FILE_NOT_PRIVATE: {
    retryable: false,
    refused: true,
    meaning: 'A file that holds a private key or a token can be read by others.',
    fix: 'Run chmod 600 on the file; if others could have copied the key, replace it.',
  },
  KEY_INVALID: {
    retryable: false,
    refused: true,
    meaning:
      'A file holds no Ed25519 key (JWK) of the kind that is needed there: private, public, or of an approver.',
    fix: 'Make a private key with dmsa keys new, write its public part with dmsa keys public, and name the right one of the two files.',
  },
  KEY_RING_INVALID: {
    retryable: false,
    refused: true,
    meaning:
      'The key ring of [encryption] is empty, lacks the key of key-id, or has a line that is not "id base64key".',
    fix: 'Correct the ring; dmsa encryption-key makes a key, and --add puts it into the file.',
  },
  PEM_INVALID: {
    retryable: false,
    refused: true,
    meaning: 'A file holds no certificate or private key in PEM form, or the two do not belong together.',
    fix: 'Compare the files with openssl x509 -in FILE -noout -text and openssl pkey -in FILE -noout -check, and name a pair in PEM form.',
  },
  SSH_LOGIN_UNUSABLE: {
    retryable: false,
    refused: true,
    meaning: 'The private key or the SSH agent under [powershell] cannot be used to log in to hosts.',
    fix: 'Check the key and its passphrase with ssh-keygen -y -f FILE, or the agent with ssh-add -l.',
  },
  PROGRAM_NOT_STARTED: {
    retryable: false,
    refused: true,
    meaning: 'The PowerShell of this machine cannot be started.',
    fix: 'Set program under [powershell] in dmsa.toml to the path of powershell.exe.',
  },
  ADDRESS_UNUSABLE: {
    retryable: false,
    refused: true,
    meaning: 'The program cannot listen at the address and port that it was given.',
    fix: 'Choose another port, stop the program that uses this one, or give an address of this machine.',
  },
  MACHINE_UNSUITABLE: {
    retryable: false,
    refused: true,
    meaning: 'This machine lacks a program, a right or a free port that the option needs.',
    fix: 'Install, grant or free what the message says, or leave the option out.',
  },
} as const satisfies Record<string, ErrorKind>;
