import { describe, expect, test } from 'vitest';
import { assess, votedOn } from '../../../src/domain/assess/assess.ts';
import { beforeComplete, beforeStart, goodDmsa, goodDomain, linkedDmsa } from '../facts/good-facts.ts';
import { assessor, withDmsa, withHost } from './told.ts';

const { told } = assessor();

describe('what stands in the way before Start, each alone', () => {
  const service = { name: 'WebApp', startName: 'LAB\\svc-web', startMode: 'Auto', clusterResource: null };

  test('what blocks comes first, then warnings, then information', () => {
    const input = withHost({
      build: 20348,
      rebootPending: true,
      services: [{ ...service, state: 'Paused' }],
    });
    expect(assess(input).map(({ severity }) => severity)).toEqual(['block', 'warn', 'info']);
  });
});

describe('what is good enough before Start', () => {
  test('nothing there yet: no finding', () => {
    expect(told(beforeStart())).toEqual([]);
  });
});

test('facts are not changed by looking at them', () => {
  const input = withDmsa(linkedDmsa({ principals: [] }), beforeComplete());
  const before = structuredClone({ ...input, sameDn: null });
  assess(input);
  expect({ ...input, sameDn: null }).toEqual(before);
});

describe('what a vote is for', () => {
  const facts = beforeStart().facts;
  const domain = goodDomain();
  const findings = assess(withHost({ rebootPending: true }));

  test('is the same however findings are worded and ordered, and whenever it is read', () => {
    const [finding] = findings;
    const reworded = [{ ...finding!, evidence: 'said otherwise', fix: 'another' }];
    const moved = { ...domain, kdsEffectiveAt: '2025-05-02T00:00:00.000Z' };
    const waitedFor = { ...finding!, code: 'KDS_KEY_NOT_EFFECTIVE' as const, subject: 'forest' };
    expect(votedOn({ facts, domain: moved, findings: [...reworded, waitedFor] }, 'h', 'start')).toEqual(
      votedOn({ facts, domain, findings }, 'h', 'start'),
    );
  });

  test.each([
    ['another plan', votedOn({ facts, domain, findings }, 'other', 'start')],
    ['another gate', votedOn({ facts, domain, findings }, 'h', 'complete')],
    ['one finding less', votedOn({ facts, domain, findings: [] }, 'h', 'start')],
    ['other facts', votedOn({ facts: { ...facts, dmsa: goodDmsa() }, domain, findings }, 'h', 'start')],
  ])('is something else with %s', (_what, changed) => {
    expect(changed).not.toEqual(votedOn({ facts, domain, findings }, 'h', 'start'));
  });
});
