import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRequest, writeAnswer } from '../../../lab/formats/envelope.ts';

import { DmsaError } from '../../../src/domain/errors/errors.ts';
import {
  answerLimit,
  asciiJson,
  beginMarker,
  endMarker,
  prepareRequest,
} from '../../../src/powershell/wire/envelope.ts';
import { engine, runScript } from '../../activities/scripts/engine.ts';

const parameters = { dmsa: 'CN=d', description: 'mark', server: 'dc1' };
const credential = { user: 'CONTOSO\\admin', password: 'hunter2-secret' };

function failure(act: () => unknown): DmsaError {
  try {
    act();
  } catch (error) {
    if (error instanceof DmsaError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** A request and the whole answer to it. */
function exchange() {
  const request = prepareRequest('remove-dmsa', parameters, credential);
  const answer = writeAnswer(readRequest(request.input), { ok: true, result: { removed: true } } as never);
  return { request, answer, nonce: readRequest(request.input).nonce };
}

describe('A request', () => {
  it('is refused before it is sent, with the name of the field', () => {
    const empty = {
      services: [],
      pools: [],
      checks: [],
      startStopped: false,
      unlessStartedSince: null,
      eventsSince: null,
    };
    const restart = { ...empty, sentAt: '2026-01-01T00:00:00Z', timeoutSeconds: 0 };
    expect(failure(() => prepareRequest('restart-services', restart, null))).toMatchObject({
      code: 'INVALID_PARAMETER',
      subject: 'timeoutSeconds',
    });
    const policy = { value: 1.5, keyExists: true };
    expect(failure(() => prepareRequest('set-host', { policy, eventLogEnabled: null }, null))).toMatchObject({
      code: 'INVALID_PARAMETER',
      subject: 'policy.value',
    });
    const more = { ...parameters, whatever: 1 };
    expect(failure(() => prepareRequest('remove-dmsa', more, null))).toMatchObject({
      code: 'INVALID_PARAMETER',
      subject: 'whatever',
    });
  });

  it('is one line of ASCII with the script, the parameters and the credential', () => {
    const { input } = prepareRequest(
      'remove-dmsa',
      { ...parameters, dmsa: 'CN=M\u00fcller \ud83d\ude00' },
      credential,
    );
    expect(input).toMatch(/^[\x20-\x7e]+\n$/);
    expect(input).toContain('CN=M\\u00fcller \\ud83d\\ude00');
    expect(readRequest(input)).toEqual({
      operation: 'remove-dmsa',
      nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
      parameters: { ...parameters, dmsa: 'CN=M\u00fcller \ud83d\ude00' },
      credential,
    });
  });

  it('that is cut short, of another version or for no operation is refused by whoever reads it', () => {
    const { input } = prepareRequest('remove-dmsa', parameters, null);
    const change = (changes: object) => asciiJson({ ...JSON.parse(input), ...changes });
    expect(failure(() => readRequest(input.slice(0, -2))).subject).toBe('(request)');
    expect(failure(() => readRequest(change({ v: 2 }))).subject).toBe('v');
    expect(failure(() => readRequest(change({ operation: 'format-disk' }))).subject).toBe('operation');
    expect(failure(() => readRequest(change({ parameters: {} }))).subject).toBe('dmsa');
  });
});

describe('An answer', () => {
  it('is read from behind a banner, in front of other output, and with the line ends of Windows', () => {
    const { request, answer } = exchange();
    expect(request.read(answer)).toEqual({ removed: true });
    expect(request.read(`Welcome!\r\n${answer}bye`)).toEqual({ removed: true });
    expect(request.read(answer.replaceAll('\n', '\r\n'))).toEqual({ removed: true });
  });

  it('that is cut off anywhere is refused', () => {
    const { request, answer } = exchange();
    for (let length = 0; length < answer.length; length += 1) {
      expect(failure(() => request.read(answer.slice(0, length))).code).toBe('ANSWER_INVALID');
    }
  });

  it('to another request is refused, also as an echo of the request itself', () => {
    const { request } = exchange();
    expect(failure(() => request.read(exchange().answer)).code).toBe('ANSWER_INVALID');
    expect(failure(() => request.read(request.input)).code).toBe('ANSWER_INVALID');
  });

  it('that is too long, no JSON, of another version, operation or shape is refused without quoting it', () => {
    const { request, answer, nonce } = exchange();
    const frame = (text: string) =>
      `${beginMarker} ${nonce} ${text.length}\n${text}\n${endMarker} ${nonce}\n`;
    const body = { v: 1, operation: 'remove-dmsa', ok: true, result: { removed: true } };
    expect(request.read(frame(asciiJson(body)))).toEqual({ removed: true });
    const bad = [
      answer + ' '.repeat(answerLimit),
      frame('{"hunter2-secret'),
      frame(asciiJson({ ...body, v: 2 })),
      frame(asciiJson({ ...body, operation: 'new-dmsa' })),
      frame(asciiJson({ ...body, ok: 'yes' })),
      frame(asciiJson({ ...body, result: { removed: 'hunter2-secret' } })),
    ];
    for (const stdout of bad) {
      const error = failure(() => request.read(stdout));
      expect(error.code).toBe('ANSWER_INVALID');
      expect(error.subject).toBe('remove-dmsa');
      expect(error.message).not.toContain('hunter2');
    }
  });

  it('that reports an error throws its code, or SCRIPT_FAILED for a code that is not in the table', () => {
    const request = prepareRequest('remove-dmsa', parameters, credential);
    const report = (code: string, message: string, target: string | null) =>
      failure(() =>
        request.read(
          writeAnswer(readRequest(request.input), {
            ok: false,
            error: { code, category: 'NotSpecified', message, target },
          }),
        ),
      );
    expect(report('DMSA_NOT_OURS', 'not ours', 'CN=d')).toMatchObject({
      code: 'DMSA_NOT_OURS',
      subject: 'CN=d',
      message: 'not ours',
    });
    expect(report('NO_SUCH_CODE', 'password is hunter2-secret!', null)).toMatchObject({
      code: 'SCRIPT_FAILED',
      subject: 'remove-dmsa',
      message: 'NO_SUCH_CODE: password is ***!',
    });
  });
});

/** Anything but lone surrogates, and often what shells and PowerShell take for their own. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(...'\'"`$(){}[]<>&|;%^!@#,\\/\r\n\t\0 \u2019\u201c\u00df\u{1f600}\u2028'),
    minLength: 1,
  }),
);

describe('Any text', () => {
  it('arrives unchanged through the envelope, both ways', () => {
    fc.assert(
      fc.property(fc.array(text), text, (principals, name) => {
        const dmsa = `CN=${name}`;
        const request = prepareRequest('set-principals', { dmsa, principals, server: 's' }, null);
        const read = readRequest(request.input);
        expect(read.parameters).toEqual({ dmsa, principals, server: 's' });
        const answer = writeAnswer(read, { ok: true, result: { principals } } as never);
        expect(answer).toMatch(/^[\n\x20-\x7e]*$/);
        expect(request.read(answer)).toEqual({ principals });
      }),
      { numRuns: 500 },
    );
  });

  it.skipIf(!engine)(
    'arrives unchanged in a script and back, as parameter, in a list and as a password',
    async () => {
      const echo = `
      param([string] $Dmsa, [string[]] $Principals, [string] $Server, [pscredential] $Credential)
      @{ principals = @($Principals) + $Dmsa + $Credential.UserName + $Credential.GetNetworkCredential().Password }`;
      await fc.assert(
        fc.asyncProperty(
          fc.array(text, { minLength: 200, maxLength: 300 }),
          fc.string({ unit: 'grapheme', minLength: 3 }),
          async (principals, dmsa) => {
            // A password is no place for NUL, which ends strings in Windows.
            const password = `p${dmsa}"$x'`.replaceAll('\0', '');
            const request = prepareRequest(
              'set-principals',
              { dmsa, principals, server: 's' },
              { user: 'C\u00f6\\a', password },
            );
            const { principals: came } = await runScript(request, '', echo);
            expect(came).toEqual([...principals, dmsa, 'C\u00f6\\a', password]);
          },
        ),
        { numRuns: 4 },
      );
    },
  );
});

describe.skipIf(!engine).concurrent('The bootstrap', () => {
  const answerless = prepareRequest('set-principals', { dmsa: 'CN=d', principals: [], server: 's' }, null);

  it.each([
    [
      'that prints besides',
      "[Console]::Out.WriteLine('banner'); Write-Host 'more'; @{ principals = @('x') }",
      null,
    ],
    ['that fails without a prelude', 'throw "broken"', 'SCRIPT_FAILED'],
    ['that answers twice', "@{ principals = @() }; 'noise'", 'SCRIPT_FAILED'],
    ['that does not parse', 'if (', 'SCRIPT_FAILED'],
    ['that ends the process', 'exit 3', 'ANSWER_INVALID'],
  ] as const)('gives one framed answer for a script %s', async (_, body, code) => {
    const script = `param([string] $Dmsa, [string[]] $Principals, [string] $Server)\n${body}`;
    const came = runScript(answerless, '', script);
    if (code) await expect(came).rejects.toMatchObject({ code });
    else expect(await came).toEqual({ principals: ['x'] });
  });
});
