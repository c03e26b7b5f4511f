import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { normalIdentity } from '../../src/domain/identity.ts';

const contoso = { dnsName: 'contoso.com', netbiosName: 'CONTOSO' };

describe('names that are no account of the domain', () => {
  test.each([
    '',
    '   ',
    'CONTOSO\\',
    'CONTOSO\\ ',
    '@contoso.com',
    ' @contoso.com',
    '\\svc',
    'svc@',
    '.\\svc',
    ' .\\svc',
    '. \\svc',
    'CONTOSO\\OTHER\\svc',
    'CONTOSO\\svc@contoso.com',
    'svc@contoso.com@contoso.com',
  ])('%j has no normal form', (written) => {
    expect(normalIdentity(written, contoso)).toBeNull();
  });

  test('the computer’s own name means a local account, on that computer', () => {
    expect(normalIdentity('WEB01\\svc', contoso, 'WEB01')).toBeNull();
    expect(normalIdentity('web01\\svc', contoso, 'WEB01')).toBeNull();
    expect(normalIdentity('svc@web01', contoso, 'WEB01')).toBeNull();
    expect(normalIdentity('.\\svc', contoso, 'WEB01')).toBeNull();
    expect(normalIdentity('CONTOSO\\svc', contoso, 'WEB01')).toBe('svc@contoso.com');
  });

  test.each(['OTHER\\svc', 'other.com\\svc', 'svc@other.com', 'svc@sub.contoso.com', 'NT AUTHORITY\\svc'])(
    '%s is another account',
    (written) => {
      expect(normalIdentity(written, contoso)).not.toBe('svc@contoso.com');
    },
  );
});

describe('one account, however it is written', () => {
  const forms = [
    'CONTOSO\\svc',
    'contoso.com\\svc',
    'contoso.com.\\svc',
    'svc@contoso.com',
    'svc@contoso.com.',
    'svc@contoso',
    'svc',
    'CONTOSO\\ svc',
    'svc @contoso.com',
  ];

  test.each(forms)('%s', (written) => {
    expect(normalIdentity(written, contoso, 'WEB01')).toBe('svc@contoso.com');
  });

  test('in any case, with space around it', () => {
    const spelled = fc.tuple(
      fc.constantFrom(...forms),
      fc.infiniteStream(fc.boolean()),
      fc.constantFrom('', ' ', '\t'),
    );
    fc.assert(
      fc.property(spelled, ([form, upper, space]) => {
        const cased = [...form].map((letter) =>
          upper.next().value ? letter.toUpperCase() : letter.toLowerCase(),
        );
        expect(normalIdentity(`${space}${cased.join('')}${space}`, contoso)).toBe('svc@contoso.com');
      }),
    );
  });

  test('names with spaces inside, dots and a dollar sign keep them', () => {
    expect(normalIdentity('CONTOSO\\svc web.1$', contoso)).toBe('svc web.1$@contoso.com');
  });
});
