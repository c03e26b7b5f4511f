import { z } from 'zod';

import { logLevels } from '../settings.ts';
import type { SettingKey } from './key.ts';

/** Settings of the program itself: worker, votes, records, log. */
export const ownKeys: SettingKey[] = [
  {
    name: 'worker.task-queue',
    kind: 'text',
    default: 'dmsa',
    example: '"dmsa"',
    meaning: 'Temporal task queue of the worker; `dmsa start` has to name the same.',
  },
  {
    name: 'worker.approver-keys-file',
    kind: 'path',
    example: '"approvers.jwks"',
    meaning:
      'JWK set of all approvers. With it, the worker takes only plans whose approvers are among them, and links or completes nothing without their signed votes.',
  },
  {
    name: 'vote.key-file',
    kind: 'path',
    example: '"bob.jwk"',
    meaning: 'Private key that `dmsa approve` and `dmsa reject` sign with, from `dmsa keys new`.',
  },
  {
    name: 'worker.metrics',
    kind: 'text',
    schema: z.string().regex(/^(?:[0-9.]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/),
    example: '"127.0.0.1:9464"',
    meaning:
      'Address and port where the worker answers Prometheus under `/metrics`. Anyone who reaches it may read them.',
  },
  {
    name: 'worker.signing-key-file',
    kind: 'path',
    example: '"worker.jwk"',
    meaning:
      'Private JWK (Ed25519) that reports are signed with, from `dmsa keys new`; without it they are not signed. A file of this user that others may read is refused.',
  },
  {
    name: 'records.folder',
    kind: 'path',
    default: 'records',
    example: '"records"',
    meaning: 'Folder of mirrored journals and of reports.',
  },
  {
    name: 'log.level',
    kind: 'text',
    schema: z.enum(logLevels),
    example: '"info"',
    meaning: `Least severe level that is logged to standard error: ${logLevels.join(', ')}. By default, commands log warnings, the worker more.`,
  },
];
