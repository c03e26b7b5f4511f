import { expect, test } from 'vitest';

import { causeLine } from '../../../src/domain/errors/cause-line.ts';

const chain = (...messages: string[]) =>
  messages.reduceRight<Error | undefined>((cause, message) => new Error(message, { cause }), undefined);

test.each([
  [['no answer'], 'no answer'],
  [['Failed to start', '3 INVALID_ARGUMENT: no mapping'], 'Failed to start: INVALID_ARGUMENT: no mapping'],
  // Each is said once, in its longest form.
  [['it failed: no route', 'no route'], 'it failed: no route'],
  [['no route', 'no route', 'no route to host'], 'no route to host'],
  [['Failed to connect to Temporal server', '16 UNAUTHENTICATED: who'], 'UNAUTHENTICATED: who'],
  [['Failed to connect before the deadline'], 'Failed to connect before the deadline'],
  [['two\n  lines\t and more '], 'two lines and more'],
])('%j is told as %j', (messages, line) => {
  expect(causeLine(chain(...messages))).toBe(line);
});

test('several causes of one error are told one after the other; what is no error as it is', () => {
  expect(
    causeLine(new AggregateError([new Error('IPv6: refused'), new Error('IPv4: refused')], 'none')),
  ).toBe('none: IPv6: refused: IPv4: refused');
  expect(causeLine(new TypeError())).toBe('TypeError');
  expect(causeLine('text')).toBe('text');
  expect(causeLine(undefined)).toBe('');
});

test('a circle of causes ends', () => {
  const error = new Error('one');
  error.cause = new Error('two', { cause: error });
  expect(causeLine(error)).toBe('one: two');
});

test.each([
  'Metadata string value "Bearer sec\nret" contains illegal characters',
  'sent authorization: Bearer sec-ret and was refused',
  'the token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJzZWMtcmV0In0.c2VjLXJldA has expired',
])('no secret of %j is told', (message) => {
  expect(causeLine(chain('it failed', message))).not.toMatch(/sec|ret|eyJ/);
  expect(causeLine(chain('it failed', message))).toMatch(/illegal characters|was refused|has expired/);
});
