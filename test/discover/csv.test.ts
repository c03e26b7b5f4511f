import { expect, test } from 'vitest';

import { discoverCsv, discoverCsvColumns } from '../../src/discover/csv.ts';
import { discoveryOf } from './in-lab.ts';
import { everyUse, inventoryOf, service } from './inventories.ts';

/** Rows by column; only for values without quotes. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head, ...lines] = csv.trimEnd().split('\r\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at]!, value])));
}

test('what a spreadsheet would take for a formula, and quotes and commas, are text', async () => {
  const evil = service('=cmd|" /C calc"!A0,x', { dependents: ['@SUM(A1)'], clusterResource: '+1' });
  const csv = discoverCsv(await discoveryOf({ fin01: inventoryOf({ services: [evil] }) }));
  expect(csv).toContain(`,service,"'=cmd|"" /C calc""!A0,x",`);
  expect(csv).toContain(`,'@SUM(A1),`);
  expect(csv).toContain(`,'+1,`);
  expect(csv).not.toMatch(/[^\r]\n/);
});

test('each use has a row, and each host without any', async () => {
  const csv = discoverCsv(
    await discoveryOf({ fin01: inventoryOf(everyUse()), idle: inventoryOf(), locked: null }),
  );
  const rows = rowsOf(csv);
  expect(rows.map(({ host, verdict, use, name }) => [host!.split('.')[0], verdict, use, name])).toEqual([
    ['fin01', 'warn', 'service', 'Billing'],
    ['fin01', 'warn', 'service', 'Old Jobs'],
    ['fin01', 'warn', 'task', '\\Finance\\Nightly'],
    ['fin01', 'warn', 'pool', 'FinancePool'],
    ['fin01', 'warn', 'com-application', 'Ledger'],
    ['fin01', 'warn', 'session', 'cmd.exe | ssms.exe'],
    ['idle', 'unused', '', ''],
    ['locked', 'unasked', '', ''],
  ]);
  expect(rows[0]).toMatchObject({
    build: '26100',
    policy: 'absent',
    account: 'LAB\\svc-finance',
    start_mode: 'Auto',
    delayed_start: 'true',
    dependents: 'BillingUi | Mailer',
    recovery: 'restart restart none',
    findings: 'SERVICE_NOT_RUNNING JOINS_AT_NEXT_LOGON ACCOUNT_LOGGED_ON',
  });
  expect(rows[7]).toMatchObject({ error: 'LOGIN_REFUSED', uses_account: 'unknown', build: '', policy: '' });
  expect(Object.keys(rows[0]!)).toEqual(discoverCsvColumns);
});
