import { describe, expect, test } from 'vitest';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { planHash, sealPlan } from '../../src/plan/hash.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { parseRequest, requestDefaults } from '../../src/plan/request.ts';
import { samplePlan } from './sample-plan.ts';

function problem(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DmsaError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const plan = samplePlan();
const changed = (changes: Partial<Omit<Plan, 'hash'>>) => problem(() => parsePlan(samplePlan(changes)));

describe('a plan is refused', () => {
  test('when it was edited after it was hashed.', () => {
    expect(problem(() => parsePlan({ ...plan, enableEventLog: false }))).toMatch(
      /^PLAN_EDITED hash: the plan has the hash [0-9a-f]{16}… and carries [0-9a-f]{16}…: it was edited/,
    );
  });

  test('when it is of another version, or no object.', () => {
    expect(problem(() => parsePlan({ ...plan, version: 2 }))).toBe(
      'PLAN_INVALID version: this program reads plans of version 1, not 2: make the plan again with dmsa plan',
    );
    expect(problem(() => parsePlan({}))).toContain('not one without a version: make');
    for (const json of [null, 'text', [plan]])
      expect(problem(() => parsePlan(json))).toBe('PLAN_INVALID the plan must be a JSON object');
  });

  test.each<[string, Partial<Omit<Plan, 'hash'>>, string]>([
    ['no hosts', { hosts: [] }, 'hosts: there are no hosts: name at least one with --host'],
    [
      'a duplicate host',
      { hosts: [plan.hosts[0]!, plan.hosts[1]!, plan.hosts[0]!] },
      'hosts[2]: the host web01.lab.example is listed twice: list it once',
    ],
    [
      'too many hosts',
      { hosts: Array.from({ length: 501 }, (_, n) => ({ ...plan.hosts[0]!, name: `h${n}.lab.example` })) },
      'hosts: at most 500 hosts go into one plan: make the rest a plan of their own',
    ],
    [
      'a negative duration',
      { waits: { ...plan.waits, observe: '-1d' } },
      'waits.observe: "-1d" is not a duration: write 10s, 10m, 10h or 14d, never negative',
    ],
    [
      'a duration beyond every calendar',
      { waits: { ...plan.waits, soak: '999999999d' } },
      'waits.soak: 999999999d is too long: at most 3650d',
    ],
    [
      'checks without a pause',
      { waits: { ...plan.waits, checkEvery: '0s' } },
      'waits.checkEvery: must be longer than nothing, for example 10m',
    ],
    [
      'a long dMSA name',
      { dmsa: { ...plan.dmsa, name: 'dmsa-web-frontend' } },
      'dmsa.name: "dmsa-web-frontend" has 17 characters: use at most 15, without the $',
    ],
    [
      'a dMSA name with a slash',
      { dmsa: { ...plan.dmsa, name: 'dmsa/web' } },
      'dmsa.name: "dmsa/web" holds a character that AD refuses: leave out " / \\ [ ] : ; | = , + * ? < > @ and $',
    ],
    [
      'a wait for a root key that is neither yes nor no',
      { waitForKds: 'yes' as unknown as boolean },
      'waitForKds: must be true or false',
    ],
    [
      'a gate that nobody has to approve',
      { gates: { ...plan.gates, start: { ...plan.gates.start, required: 0 } } },
      'gates.start.required: must be at least 1',
    ],
    [
      'a gate that only the requester, by another spelling, could approve',
      { gates: { ...plan.gates, complete: { ...plan.gates.complete, approvers: ['rosa@lab.example'] } } },
      'gates.complete.approvers: 1 have to approve and only 0 besides the requester may: list more approvers',
    ],
    [
      'an approver of no domain',
      { gates: { ...plan.gates, start: { ...plan.gates.start, approvers: ['.\\ann'] } } },
      'gates.start.approvers: ".\\ann" is no name in the domain: write DOMAIN\\name or name@domain',
    ],
  ])('for %s.', (_, changes, message) => {
    expect(changed(changes)).toBe(`PLAN_INVALID ${message}`);
  });

  test('for a field that does not exist, and for one that is missing.', () => {
    expect(problem(() => parsePlan({ ...plan, extra: 1 }))).toBe(
      'PLAN_INVALID extra: there is no such field: take it out',
    );
    const { waits: _, ...without } = plan;
    expect(problem(() => parsePlan(without))).toMatch(/^PLAN_INVALID waits: is missing: /);
  });
});

describe('a plan is accepted', () => {
  test('that waits for a root key, and waiting makes it another plan.', () => {
    expect(plan.waitForKds).toBe(false);
    const waiting = samplePlan({ waitForKds: true });
    expect(parsePlan(waiting).waitForKds).toBe(true);
    expect(waiting.hash).not.toBe(plan.hash);
  });

  test('when it carries its hash, whatever the order of its fields.', () => {
    const reordered = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(plan))).reverse());
    expect(parsePlan(reordered)).toEqual(plan);
  });

  test('with DNs that hold commas, quotes, backslashes, leading spaces and letters beyond ASCII.', () => {
    const dn = 'CN=\\ Grün\\, "svc\\\\x\\",OU=Dienste,DC=lab,DC=example';
    const unusual = samplePlan({ account: { ...plan.account, dn, samAccountName: ' grün' } });
    expect(parsePlan(JSON.parse(JSON.stringify(unusual)))).toEqual(unusual);
  });

  test('and its hash does not cover itself, and covers every other field.', () => {
    const { hash, ...rest } = plan;
    expect(planHash(plan)).toBe(hash);
    expect(sealPlan(rest).hash).toBe(hash);
    expect(samplePlan({ createdAt: '2025-06-01T08:00:00.001Z' }).hash).not.toBe(hash);
  });
});

describe('a request', () => {
  const asked = { account: 'svc-web', dmsa: 'dmsa-web', hosts: ['web01.lab.example'], requestedBy: 'rosa' };

  test('without hosts, with a bad host or a bad number is refused.', () => {
    expect(problem(() => parseRequest({ ...asked, hosts: [] }))).toBe(
      'ARGUMENT_INVALID hosts: there are no hosts: name at least one with --host',
    );
    expect(problem(() => parseRequest({ ...asked, hosts: ['web01'] }))).toBe(
      'ARGUMENT_INVALID hosts[0]: "web01" is not a full DNS name in lower case, such as web01.contoso.com',
    );
    expect(problem(() => parseRequest({ ...asked, required: Number.NaN }))).toBe(
      'ARGUMENT_INVALID required: must be a whole number',
    );
    expect(problem(() => parseRequest({ ...asked, account: ' ' }))).toBe(
      'ARGUMENT_INVALID account: must not be empty',
    );
  });

  test('is filled in with the defaults; hosts become lower case and a $ after the name is taken off.', () => {
    const request = parseRequest({ ...asked, dmsa: 'dmsa-web$', hosts: ['WEB01.lab.example.'] });
    expect(request).toEqual({ ...requestDefaults, ...asked });
    expect(requestDefaults.observe).toBe('28d');
  });

  test('that names a host twice in two spellings is refused.', () => {
    expect(problem(() => parseRequest({ ...asked, hosts: ['web01.lab.example', 'WEB01.lab.example'] }))).toBe(
      'ARGUMENT_INVALID hosts[1]: the host web01.lab.example is listed twice: list it once',
    );
  });
});
