import { describe, expect, test } from 'vitest';
import { scenarios } from '../../../lab/scenarios/index.ts';
import { people } from '../../../lab/scenarios/scenario.ts';
import { defaultTopology } from '../../../lab/topology.ts';
import { stageNames } from '../../../src/domain/migration/stages.ts';
import { exitCodes, type Outcome } from '../../../src/domain/states.ts';
import { parseRequest } from '../../../src/plan/request.ts';

const promised: Record<string, Outcome> = {
  happy: 'completed',
  rejected: 'undone',
  'host-too-old': 'refused',
  'canary-fails': 'undone',
  'principal-missing': 'undone',
  'unknown-principal': 'completed',
  'undo-after-complete': 'undone',
  'lost-answers': 'completed',
  flapping: 'completed',
  'dc-goes-down': 'completed',
  'root-key-later': 'completed',
  'privileged-account': 'refused',
  'already-started-by-others': 'refused',
  'standalone-state': 'refused',
};

/** The word of the summary that tells how it ends; `completes` is understood where all goes well. */
const endings: Record<string, RegExp> = {
  completed: /completes|end up on the dMSA/,
  undone: /undone|Undo/,
  refused: /refused|blocked/,
};

test('every promised scenario is there, with the outcome that was promised', () => {
  const outcomes = Object.entries(scenarios).map(([name, { outcome }]) => [name, outcome]);
  expect(Object.fromEntries(outcomes)).toMatchObject(promised);
});

describe.each(Object.entries(scenarios))('%s', (name, scenario) => {
  test('has a name to type and a summary of one line that tells how it ends', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(scenario.summary).toMatch(/^[^\n]{20,100}[^.\s]$/);
    expect(scenario.summary).toMatch(endings[scenario.outcome]!);
    expect(exitCodes).toHaveProperty(scenario.outcome);
  });

  test('asks for what a plan can hold, and acts at stages that exist', () => {
    const required = { account: 'a', dmsa: 'd', hosts: ['fin01.lab.example'], requestedBy: people.requester };
    expect(parseRequest({ ...required, ...scenario.request })).toMatchObject(scenario.request ?? {});
    for (const stage of Object.keys(scenario.onStage ?? {})) expect(stageNames).toContain(stage);
  });

  test('changes its own copy of what is there, the same way each time', () => {
    const [first, second] = [defaultTopology(), defaultTopology()];
    scenario.topology?.(first);
    scenario.topology?.(second);
    expect(second).toEqual(first);
    if (scenario.topology) expect(first).not.toEqual(defaultTopology());
    if (scenario.faults) expect(scenario.faults()).not.toBe(scenario.faults());
  });
});

test('whoever votes is not whoever asked', () => {
  expect(new Set(Object.values(people)).size).toBe(3);
});

describe('lost answers', () => {
  test('each change loses its first answer on each host after it took effect, and reads lose none', () => {
    const { ssh } = scenarios['lost-answers']!.faults!();
    const ask = (host: string) => ssh!.onSession!(host, 'set-host');
    expect([ask('a'), ask('a'), ask('b'), ask('b')]).toEqual(['drop-after', null, 'drop-after', null]);
    expect(ssh!.onSession!('a', 'inspect-host')).toBeNull();
    expect(ssh!.onSession!('a', 'read-migration-events')).toBeNull();
    expect(ssh!.onSession!('a', 'restart-services')).toBe('drop-after');
  });
});

describe('flapping', () => {
  const play = () => {
    const { ssh, ldap } = scenarios.flapping!.faults!();
    return Array.from({ length: 500 }, () => [
      ssh!.onSession!('a', 'set-host'),
      ldap!.onOperation('search', ''),
    ]);
  };

  test('drops the same connections in each run', () => {
    expect(play()).toEqual(play());
  });

  test('drops some and lets most through, before and after effects', () => {
    const seen = play();
    const ssh = seen.map(([fault]) => fault).filter(Boolean);
    const ldap = seen.map(([, fault]) => fault).filter(Boolean);
    expect([...new Set(ssh)].sort()).toEqual(['drop-after', 'drop-before', 'half-answer', 'refuse']);
    expect(ssh.length).toBeLessThan(100);
    expect(ldap.length).toBeGreaterThan(0);
    expect(ldap.length).toBeLessThan(50);
  });
});
