import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isLogonOf, normalIdentity } from '../../../src/domain/plan/identity.ts';

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

describe('whether a service logs on as the account', () => {
  const names = {
    samAccountName: 'svc',
    principalNames: ['svc@contoso.com', 'svc@contoso', 'finance@corp.example'],
  };
  const is = (startName: string) => isLogonOf(names, startName, contoso, 'WEB01');

  test.each([
    '.\\svc',
    'WEB01\\svc',
    'svc@web01',
    'OTHER\\svc',
    'other.com\\svc',
    'svc@other.com',
    // An account name at a UPN suffix, and a UPN's first part as an account name, are not its names
    'svc@corp.example',
    'CONTOSO\\finance',
    'finance',
    'finance@contoso.com',
    'NT AUTHORITY\\LocalService',
    'LocalSystem',
    '',
  ])('%j does not', (startName) => {
    expect(is(startName)).toBe(false);
  });

  test.each([
    'CONTOSO\\svc',
    'contoso.com\\SVC',
    'svc',
    'svc@contoso.com',
    'SVC@Contoso',
    'svc@contoso.com.',
    'Finance@CORP.example',
    ' finance@corp.example ',
  ])('%j does', (startName) => {
    expect(is(startName)).toBe(true);
  });

  test('not by an implicit UPN that another account has explicitly; its account name stays its own', () => {
    const taken = { samAccountName: 'svc', principalNames: [] };
    expect(isLogonOf(taken, 'svc@contoso.com', contoso)).toBe(false);
    expect(isLogonOf(taken, 'CONTOSO\\svc', contoso)).toBe(true);
  });

  test('any text is answered, and a local account is never ours', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typeof is(text)).toBe('boolean');
        expect(is(`.\\${text}`)).toBe(false);
        expect(is(`WEB01\\${text}`)).toBe(false);
      }),
    );
  });
});
