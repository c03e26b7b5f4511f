import { describe, expect, test } from 'vitest';

import { parseCheck } from '../../src/plan/checks.ts';

describe('a health check', () => {
  test.each(['', '8080', 'tcp:', 'tcp:http', 'ping', 'script:', 'ftp://x/'])(
    'is not written as "%s".',
    (text) => {
      expect(() => parseCheck(text)).toThrow(
        new RangeError(
          `"${text}" is no check: write it as tcp:8080, http://localhost/health=200 or script:C:\\Checks\\web.ps1`,
        ),
      );
    },
  );

  test.each([
    ['tcp:8080', { kind: 'tcp', port: 8080 }],
    ['script:C:\\Program Files\\a=b.ps1', { kind: 'script', path: 'C:\\Program Files\\a=b.ps1' }],
    ['http://localhost/health', { kind: 'http', url: 'http://localhost/health', status: 200 }],
    ['HTTPS://[::1]:8443/=204', { kind: 'http', url: 'HTTPS://[::1]:8443/', status: 204 }],
    ['http://localhost/?code=204', { kind: 'http', url: 'http://localhost/?code=204', status: 200 }],
    ['http://localhost/?code=204=302', { kind: 'http', url: 'http://localhost/?code=204', status: 302 }],
    ['http://localhost/?a=1&b=204', { kind: 'http', url: 'http://localhost/?a=1&b=204', status: 200 }],
    ['http://localhost/?a=1&b=2=204', { kind: 'http', url: 'http://localhost/?a=1&b=2', status: 204 }],
  ])('may be written as %s.', (text, check) => {
    expect(parseCheck(text)).toEqual(check);
  });
});
