import { describe, expect, test } from 'vitest';
import { principalFindings } from '../../src/audit/assess-principals.ts';
import { principalsIn } from '../../src/audit/principals.ts';
import { domainOf, pairNamed, withGoodPair } from './in-domain.ts';

describe('principals', () => {
  test('of a dMSA that we know nothing of are strangers unless they are computers or ordinary groups', async () => {
    const domain = await domainOf();
    const sids = domain.lab.seeded.computerSids;
    const user = await domain.account('eve');
    const group = await domain.group('web-hosts', []);
    const users = user.replace(/-\d+$/, '-513');
    const orphan = `${user.slice(0, user.lastIndexOf('-'))}-99999`;
    const everybody = ['S-1-1-0', 'S-1-5-11'];
    await domain.dmsa('dmsa-x', {
      state: 3,
      principals: [sids.get('fin01.lab.example')!, user, group, orphan, users, ...everybody],
    });
    const audit = await domain.audit();
    const seen = new Map(audit.findings.map(({ subject, evidence }) => [subject, evidence.split(': ')[1]]));
    expect(seen).toEqual(
      new Map<string, string>([
        [user, 'eve is a user'],
        [users, expect.stringMatching(/^Domain Users leads to \d+ others$/)],
        [orphan, 'the SID of an account of this domain that is gone'],
        ['S-1-1-0', 'Everyone leads to more than anybody can count'],
        ['S-1-5-11', 'Authenticated Users leads to more than anybody can count'],
      ]),
    );
    const pair = pairNamed(audit, null, 'dmsa-x$');
    expect([pair.state, pair.verdict, pair.dmsa!.principals.length]).toEqual(['standalone', 'warn', 7]);
  });

  test('that cannot be decoded are told, and stop nothing else', async () => {
    const domain = await domainOf();
    await withGoodPair(domain);
    const { dmsa } = pairNamed(await domain.audit(), 'svc-web', 'dmsa-web$');
    const read = principalsIn(Buffer.from('0100', 'hex'));
    expect(read).toEqual({ principals: [], malformed: expect.stringMatching(/offset \d+/) });
    const findings = principalFindings({ ...dmsa!, principals: [], malformed: read.malformed });
    expect(findings).toMatchObject([
      {
        code: 'PRINCIPAL_UNKNOWN',
        subject: dmsa!.dn,
        evidence: `msDS-GroupMSAMembership cannot be read: ${read.malformed}`,
      },
    ]);
    expect(principalsIn(null)).toEqual({ principals: [], malformed: null });
  });
});
