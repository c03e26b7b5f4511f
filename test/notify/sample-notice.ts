import type { Notice } from '../../src/domain/migration/notice.ts';

export const hash = 'ab12'.repeat(16);
export const notice: Notice = {
  event: 'gate-opened',
  at: '2025-06-01T08:00:00.000Z',
  migrationId: 'dmsa/contoso.com/svc_web',
  account: 'svc_web',
  dmsa: 'dmsa-web',
  domain: 'contoso.com',
  requestedBy: 'CONTOSO\\rosa',
  planHash: hash,
  stage: 'gate-start',
  outcome: 'running',
  gate: {
    name: 'start',
    hash,
    required: 2,
    missing: 1,
    approved: ['CONTOSO\\ann'],
    awaited: ['CONTOSO\\bob', '<!channel>'],
    expiresAt: '2025-06-08T08:00:00.000Z',
    overdue: false,
  },
  failure: null,
  drift: [],
  hosts: [],
  leftOut: { approved: 0, awaited: 0, drift: 0, hosts: 0 },
};
export const failed: Notice = {
  ...notice,
  event: 'host-failed',
  stage: 'restart-services',
  gate: null,
  hosts: [{ host: 'web01.contoso.com', code: 'TIMED_OUT', message: '<a|b> & *c*' }],
};
