import type { ErrorKind } from './error-kind.ts';

/** The command line: what was asked for, and the answers to its questions. */
export const argumentErrorKinds = {
  ARGUMENT_INVALID: {
    retryable: false,
    refused: true,
    meaning: 'An argument, an option or a line of a file of hosts is missing, unknown or not of its form.',
    fix: 'Correct it as the message says; --help of the command lists each option and its form.',
  },
  NAME_UNKNOWN: {
    retryable: false,
    refused: true,
    meaning: 'No object of the domain that is read has the name that was given.',
    fix: 'Check the spelling, or give the DN, GUID or SID of the object.',
  },
  NAME_AMBIGUOUS: {
    retryable: false,
    refused: true,
    meaning: 'Several objects of the domain answer to the name that was given.',
    fix: 'Give the DN of the one that is meant.',
  },
  HOST_NAME_TWICE: {
    retryable: false,
    refused: true,
    meaning: 'Two computer accounts have the DNS name of one host.',
    fix: 'Correct dNSHostName of the computer account that is not the host, or delete it if it is stale.',
  },
  NOTHING_TO_PLAN: {
    retryable: false,
    refused: true,
    meaning: 'No host that was asked has anything that logs on as the account.',
    fix: 'Check the name of the account, or ask more hosts, for example with --all-servers.',
  },
  DECLINED: {
    retryable: false,
    refused: true,
    meaning: 'The answer to a question was no, or empty; nothing was sent.',
    fix: 'Run the command again when the answer is yes.',
  },
  NO_TERMINAL: {
    retryable: false,
    refused: true,
    meaning: 'The command has a question, and there is no terminal to ask it on.',
    fix: 'Run it on a terminal, or give the answer as an option, as the message says.',
  },
  FILE_EXISTS: {
    retryable: false,
    refused: true,
    meaning: 'The file that is to be written is there already.',
    fix: 'Name another file, or move this one away.',
  },
  FILE_UNWRITABLE: {
    retryable: false,
    refused: true,
    meaning: 'A file cannot be written.',
    fix: 'Name a file in a folder that exists (ENOENT) and that the user who runs dmsa may write to (EACCES, EPERM).',
  },
} as const satisfies Record<string, ErrorKind>;
