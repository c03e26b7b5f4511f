import { describe, expect, test } from 'vitest';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { HealthCheck, MaintenanceWindow, PlanHost, Rollout } from '../../src/domain/plan/plan.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';
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
const saturday: MaintenanceWindow = { days: ['sat'], from: '22:00', to: '04:00', timeZone: 'Europe/Zurich' };
const web01 = plan.hosts[0]!;
const tries = { attempts: 3, everySeconds: 5 };
const url = (text: string): HealthCheck => ({ kind: 'http', url: text, status: 200, ...tries });
const script = (path: string): HealthCheck => ({ kind: 'script', path, ...tries });

const ofRollout = (changes: object) =>
  problem(() => parsePlan(samplePlan({ rollout: { ...plan.rollout, ...changes } as Rollout })));
const ofHost = (changes: object) => {
  const [first, ...others] = plan.hosts;
  return problem(() => parsePlan(samplePlan({ hosts: [{ ...first!, ...changes } as PlanHost, ...others] })));
};
const withWindow = (changes: object) => ofRollout({ windows: [{ ...saturday, ...changes }] });
const withCheck = (check: unknown) => ofHost({ checks: [check] });

describe('the rollout of a plan is refused', () => {
  test.each([
    [{ bake: '1 hour' }, 'bake: "1 hour" is not a duration: write 10s, 10m, 10h or 14d, never negative'],
    [
      { canary: 0, bake: '1h' },
      'bake: there is no canary to be left to run: make the canary 1 or more, or leave it out',
    ],
    [{ maxUnavailable: 0 }, 'maxUnavailable: must be at least 1: no host could be worked on'],
    [{ maxFailures: -1 }, 'maxFailures: must be at least 0'],
    [{ maxFailures: 1.5 }, 'maxFailures: must be a whole number'],
    [{ reboot: 'always' }, 'reboot: must be when-pending or after-policy'],
    [{ windows: saturday }, 'windows: must be a list of windows'],
    [
      { windows: [saturday, { ...saturday }] },
      'windows[1]: the window sat 22:00-04:00 Europe/Zurich is listed twice: list it once',
    ],
    [{ pause: '1h' }, 'pause: there is no such field: take it out'],
  ])('for %j.', (changes, message) => {
    expect(ofRollout(changes)).toBe(`PLAN_INVALID rollout.${message}`);
  });

  test.each([
    [
      { from: '22:00', to: '22:00' },
      ': begins and ends at the same time: write 00:00 to 24:00 for the whole day',
    ],
    [{ from: '24:00' }, '.from: "24:00" is not a time of day such as 22:00'],
    [{ to: '4:00' }, '.to: "4:00" is not a time of day such as 22:00'],
    [{ days: ['Saturday'] }, '.days[0]: must be one of mon, tue, wed, thu, fri, sat, sun'],
    [{ days: ['sat', 'sat'] }, '.days[1]: the weekday sat is listed twice: list it once'],
    [
      { timeZone: 'Europe/Atlantis' },
      '.timeZone: "Europe/Atlantis" is no name of a time zone such as Europe/Zurich',
    ],
    [{ timeZone: '+02:00' }, '.timeZone: "+02:00" is no name of a time zone such as Europe/Zurich'],
    [{ timeZone: undefined }, '.timeZone: is missing: must be the name of a time zone such as Europe/Zurich'],
  ])('for a window with %j.', (changes, message) => {
    expect(withWindow(changes)).toBe(`PLAN_INVALID rollout.windows[0]${message}`);
  });
});

describe('a host of a plan is refused', () => {
  const notUrl = 'is not a URL: write it as http://localhost:8080/health';
  const ask = 'let a script on the host ask, and name its path';
  const notPath = 'is no full path on a host, such as C:\\Checks\\web.ps1';

  test.each<[unknown, string]>([
    [{ kind: 'ping', ...tries }, '.kind: must be tcp, http or script'],
    [{ kind: 'tcp', port: 65_536, ...tries }, '.port: must be a port from 1 to 65535'],
    [{ kind: 'tcp', port: 80 }, '.attempts: is missing: must be a whole number'],
    [{ kind: 'tcp', port: 80, attempts: 0, everySeconds: 5 }, '.attempts: must be at least 1'],
    [{ kind: 'tcp', port: 80, attempts: 3, everySeconds: 601 }, '.everySeconds: must be at most 600'],
    [{ kind: 'tcp', port: 80, host: 'db', ...tries }, '.host: there is no such field: take it out'],
    [{ ...url('http://localhost/'), status: 2000 }, '.status: must be an HTTP status such as 200'],
    [url('ftp://localhost/x'), `.url: "ftp://localhost/x" ${notUrl}`],
    [url('http:/localhost'), `.url: "http:/localhost" ${notUrl}`],
    [url('http://local host/'), `.url: "http://local host/" ${notUrl}`],
    [url(`http://localhost/${'x'.repeat(500)}`), '.url: must have at most 500 characters'],
    [url('http://ann:x@localhost/'), `.url: it holds a name or a password, which a plan must not: ${ask}`],
    [url('http://ann@localhost/'), `.url: it holds a name or a password, which a plan must not: ${ask}`],
    [
      url('http://localhost/?deep=1&access_token=x'),
      `.url: its parameter access_token looks like a secret, which a plan must not hold: ${ask}`,
    ],
    [script('check.ps1'), `.path: "check.ps1" ${notPath}`],
    [script('C:check.ps1'), `.path: "C:check.ps1" ${notPath}`],
    [script('\\\\files'), `.path: "\\\\files" ${notPath}`],
    [script('C:\\a"; calc "'), `.path: "C:\\a"; calc "" ${notPath}`],
    [script(`C:\\${'x'.repeat(260)}`), '.path: must have at most 260 characters'],
  ])('for the check %j.', (check, message) => {
    expect(withCheck(check)).toBe(`PLAN_INVALID hosts[0].checks[0]${message}`);
  });

  test('for more checks than anyone waits for, and for what is no group.', () => {
    expect(ofHost({ checks: Array.from({ length: 11 }, () => script('C:\\x.ps1')) })).toBe(
      'PLAN_INVALID hosts[0].checks: at most 10 checks are made of one host',
    );
    const long = script(`C:\\${'x'.repeat(200)}`);
    const many = Array.from({ length: 150 }, (_, n) => ({
      ...web01,
      name: `h${n}.lab.example`,
      checks: Array.from({ length: 10 }, () => long),
    }));
    expect(problem(() => parsePlan(samplePlan({ hosts: many })))).toMatch(
      /^PLAN_INVALID hosts: the checks of all hosts take \d{6} characters, and a plan holds 250000: make some hosts/,
    );
    expect(problem(() => parsePlan(samplePlan({ hosts: many.slice(0, 90) })))).toBe('accepted');
    expect(ofHost({ group: '' })).toBe('PLAN_INVALID hosts[0].group: must not be empty');
    expect(ofHost({ group: 'farm one' })).toBe(
      'PLAN_INVALID hosts[0].group: "farm one" is not the name of a group, such as farm: leave out spaces, commas, = # and "',
    );
    expect(ofHost({ pools: ['App', 'app'] })).toBe(
      'PLAN_INVALID hosts[0].pools[1]: the application pool app is listed twice: list it once',
    );
  });
});

describe('a plan is accepted', () => {
  const full = samplePlan({
    hosts: [
      {
        ...plan.hosts[0]!,
        pools: ['Shop'],
        group: 'farm',
        checks: [
          { kind: 'tcp', port: 8080, ...tries },
          url('https://[::1]:8443/health?deep=1'),
          script('C:\\Program Files\\Prüfung\\web.ps1'),
          script('\\\\files\\checks\\web.cmd'),
        ],
      },
    ],
    rollout: {
      ...plan.rollout,
      bake: '1h',
      maxUnavailable: 2,
      maxFailures: 0,
      windows: [saturday, { days: [], from: '00:00', to: '24:00', timeZone: 'UTC' }],
      reboot: 'when-pending',
    },
    restoreEventLog: true,
  });

  test('with all that a rollout may say.', () => {
    expect(parsePlan(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  test('without anything to say: what is absent is not hashed.', () => {
    const absent = { bake: undefined, maxUnavailable: undefined, maxFailures: undefined, windows: undefined };
    const same = samplePlan({
      hosts: plan.hosts.map((host) => ({ ...host, pools: undefined, group: undefined, checks: undefined })),
      rollout: { ...plan.rollout, ...absent, reboot: undefined },
    });
    expect(same.hash).toBe(plan.hash);
    expect(parsePlan(same)).toEqual(plan);
  });
});

describe('a request is refused', () => {
  const hosts = ['web01.lab.example', 'web02.lab.example'];
  const asked = { account: 'svc-web', dmsa: 'dmsa-web', hosts, requestedBy: 'rosa' };
  const check = { kind: 'tcp' as const, port: 80, ...tries };

  test.each<[string, object, string]>([
    [
      'a group with a host that is not asked for',
      { groups: [{ name: 'farm', hosts: ['web01.lab.example', 'web09.lab.example'] }] },
      'groups[0].hosts[1]: web09.lab.example is none of the hosts: name it with --host, too',
    ],
    [
      'a host in two groups',
      {
        groups: [
          { name: 'farm', hosts },
          { name: 'cluster', hosts: ['WEB02.lab.example.'] },
        ],
      },
      'groups[1].hosts[0]: web02.lab.example is in farm, too: a host is in one group at most',
    ],
    [
      'a group that comes twice',
      {
        groups: [
          { name: 'farm', hosts: [] },
          { name: 'farm', hosts: [] },
        ],
      },
      'groups[1]: the group farm is listed twice: list it once',
    ],
    [
      'checks of a host that is not asked for',
      { hostChecks: [{ host: 'web09.lab.example', checks: [check] }] },
      'hostChecks[0].host: web09.lab.example is none of the hosts: name it with --host, too',
    ],
    [
      'a bake without a canary',
      { canary: 0, bake: '1h' },
      'bake: there is no canary to be left to run: make the canary 1 or more, or leave it out',
    ],
    [
      'a log that is put back and was not enabled',
      { enableEventLog: false, restoreEventLog: true },
      'restoreEventLog: no log is enabled that could be put back: leave it out, or enable the log',
    ],
  ])('for %s.', (_, changes, message) => {
    expect(problem(() => parseRequest({ ...asked, ...changes }))).toBe(`ARGUMENT_INVALID ${message}`);
  });
});
