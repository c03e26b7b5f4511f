import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { bootstrap, commandLine } from '../../../src/powershell/wire/bootstrap.ts';
import { operationNames, operations } from '../../../src/powershell/wire/operations.ts';
import { prelude, scripts } from '../../../src/powershell/wire/scripts.ts';
import { engine } from './engine.ts';

/** The names in the param block of the script itself: its functions have theirs further in. */
function declared(script: string): string[] {
  const start = script.search(/^param\(/m);
  const rest = script.slice(start);
  const block = rest.slice(0, rest.search(/^\)$|\)$/m));
  const text = block.includes('\n') ? block : rest.slice(0, rest.indexOf('\n'));
  return [...text.matchAll(/\$(?!false|true|null)(\w+)/g)].map(([, name]) => name!);
}

describe('The scripts', () => {
  it.each(operationNames)('%s declares the parameters of its schema and no other', (operation) => {
    const names = declared(scripts[operation]).filter((name) => name !== 'Credential');
    const keys = Object.keys(operations[operation].parameters.shape);
    expect(names.map((name) => name.toLowerCase()).sort()).toEqual(
      keys.map((key) => key.toLowerCase()).sort(),
    );
  });

  it.each(operationNames)(
    '%s takes a credential where it works on the directory, and only there',
    (operation) => {
      const takesCredential = declared(scripts[operation]).includes('Credential');
      expect(takesCredential).toBe(operations[operation].on === 'management');
    },
  );

  it.each(operationNames)(
    '%s is documented, strict, and honours -WhatIf where it changes something',
    (operation) => {
      const script = scripts[operation];
      expect(script).toMatch(/^<#\n\.SYNOPSIS\n/);
      for (const name of declared(script)) expect(script).toContain(`\n.PARAMETER ${name}\n`);
      expect(script).toContain("\nSet-StrictMode -Version Latest\n$ErrorActionPreference = 'Stop'\n");
      expect(script.includes('$PSCmdlet.ShouldProcess(')).toBe(operations[operation].changes);
    },
  );

  it('and the bootstrap are pure ASCII, and the command line fits into cmd.exe', () => {
    for (const text of [bootstrap, prelude, ...Object.values(scripts)])
      expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(commandLine).toMatch(
      /^powershell\.exe -NoLogo -NoProfile -NonInteractive -EncodedCommand [\w+/=]+$/,
    );
    expect(commandLine.length).toBeLessThan(8_191);
  });
});

describe.skipIf(!engine)('The check for Windows PowerShell 5.1', () => {
  it('finds what it should find, and nothing in the scripts and the bootstrap', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dmsa-check-'));
    try {
      const bad = join(folder, 'bad.ps1');
      await writeFile(bad, 'Get-Thing | ConvertFrom-Json -AsHashtable\n');
      const found = await check([bad]);
      expect(found.stdout).toContain(`${bad}:1:1: UnknownCommand`);
      expect(found.stdout).toContain('Parameter');
      expect(found.code).toBe(1);

      // The prelude comes after: the check knows functions of the same file alone, and its lines stay as they are.
      const texts = { bootstrap, ...scripts };
      const files = await Promise.all(
        Object.entries(texts).map(async ([name, text]) => {
          const file = join(folder, `${name}.ps1`);
          await writeFile(file, `${text}\n${prelude}`);
          return file;
        }),
      );
      expect(await check(files)).toEqual({ stdout: '', code: 0 });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function check(files: string[]): Promise<{ stdout: string; code: number }> {
  return new Promise((resolve) => {
    execFile(engine!, ['--check', ...files], (error, stdout) => {
      resolve({ stdout, code: error ? Number(error.code) : 0 });
    });
  });
}
