import { describe, expect, test } from 'vitest';
import { labController, type Topology } from '../../lab/topology.ts';
import { labWith, plain } from './seeded.ts';

describe('what a real server is not', () => {
  const samba = { directory: 'samba' } as const;

  test.each<[string, Partial<Topology>]>([
    [
      'there is no dc2.lab.example beside dc1.lab.example',
      { controllers: [labController('dc1'), labController('dc2')] },
    ],
    ['writable and in Default-First-Site-Name', { controllers: [labController('dc1', { readOnly: true })] }],
    [
      'the only domain of its forest',
      { child: { name: 'emea', account: { ...plain, name: 'a' }, hosts: [] } },
    ],
    [
      'svc-twin cannot have an SPN that another account has',
      { accounts: [{ ...plain, name: 'svc-twin', duplicateSpns: ['HTTP/finance'] }] },
    ],
    ['its schema has msDS-DelegatedMSAState', { lacking: ['msDS-DelegatedMSAState'] }],
  ])('is refused before anything is started: %s', async (why, changes) => {
    const refused = labWith(changes, samba);
    await expect(refused).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', subject: '--directory samba' });
    await expect(refused).rejects.toThrow(why);
  });
});
