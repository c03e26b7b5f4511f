import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { commandTree, flattened } from '../../../src/cli/completion/tree.ts';
import { commandSpecs, newProgram } from '../../../src/cli/program.ts';
import { engine } from '../../activities/scripts/engine.ts';
import { fakeIo } from '../fake-io.ts';

const start = promisify(execFile);
/** What `dmsa` on the PATH answers to the scripts: it has no migrations while `BROKEN` is set. */
const stub = `#!/bin/sh
[ -z "$BROKEN" ] || { echo "TEMPORAL_UNAVAILABLE: no" >&2; exit 1; }
case "$2" in
  migrations) printf 'svc-mail\\nsvc-web\\n' ;;
  scenarios) printf 'happy\\nrejected\\n' ;;
  settings) printf 'log.level=\\nrecords.folder=\\n' ;;
esac
`;

let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-completion-'));
  env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder };
  await writeFile(join(folder, 'dmsa'), stub);
  await chmod(join(folder, 'dmsa'), 0o755);
  await writeFile(join(folder, 'plan.json'), '{}');
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const io = fakeIo();
    expect(await run(['completion', shell], io)).toBe(0);
    await writeFile(join(folder, `script.${shell}`), io.stdout());
  }
});
afterAll(() => rm(folder, { recursive: true }));

type Complete = (line: string, environment?: NodeJS.ProcessEnv) => Promise<string[]>;

/** As readline does: the words up to the cursor, the last of which is being typed. */
const bash: Complete = async (line, environment = {}) => {
  const text = `source script.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dmsa; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--noprofile', '--norc', '-c', text, 'bash', ...line.split(' ')];
  const { stdout, stderr } = await start('bash', args, { cwd: folder, env: { ...env, ...environment } });
  expect(stderr).toBe('');
  return lines(stdout);
};

const fish: Complete = async (line, environment = {}) => {
  const args = ['--no-config', '-c', 'source script.fish; complete -C $argv[1]', line];
  const { stdout } = await start('fish', args, { cwd: folder, env: { ...env, ...environment } });
  return lines(stdout).map((each) => each.split('\t')[0]!);
};

/** On a terminal of its own: what would be offered is printed, in the place of zsh's own list. */
const zsh: Complete = async (line, environment = {}) => {
  const text = `
zmodload zsh/zpty || exit 1
zpty inner zsh -f -i
tell() { zpty -w inner "$1" }
tell 'PS1= ; autoload -U compinit; compinit -D -u; source script.zsh; stty -echo'
tell 'compadd() { local -a kept; builtin compadd -O kept "$@"; print -rl -- "match:"$^kept; builtin compadd "$@" }'
tell 'report() { _main_complete; print "end-of-""matches"; compstate[list]=; compstate[insert]= }'
tell 'zle -C report complete-word report; bindkey "^I" report; print "ready-to-""type"'
zpty -r inner answer '*ready-to-type*'
zpty -w -n inner "$1"$'\\t'
zpty -r inner answer '*end-of-matches*'
print -r -- $answer
zpty -d inner`;
  const args = ['-f', '-c', text, 'zsh', line];
  const { stdout } = await start('zsh', args, {
    cwd: folder,
    env: { ...env, ...environment },
    timeout: 4_000,
  });
  const matches = lines(stdout).flatMap((each) => /match:(.+)$/.exec(each)?.[1] ?? []);
  return [...new Set(matches)].sort();
};

const powershell: Complete = async (line, environment = {}) => {
  const text = `. ([scriptblock]::Create((Get-Content -Raw script.powershell)))
function dmsa { & /bin/sh ./dmsa @args }
$found = [System.Management.Automation.CommandCompletion]::CompleteInput('${line}', ${line.length}, $null)
$found.CompletionMatches | ForEach-Object { $_.CompletionText }`;
  const args = ['-NoProfile', '-NonInteractive', '-Command', text];
  const { stdout } = await start(engine!, args, { cwd: folder, env: { ...env, ...environment } });
  return lines(stdout);
};

const shells: [string, Complete, boolean][] = [
  ['bash', bash, installed('bash')],
  ['zsh', zsh, installed('zsh')],
  ['fish', fish, installed('fish')],
  ['PowerShell', powershell, engine !== null],
];

describe.each(shells)(
  'in %s (skipped where it is not installed)',
  { timeout: 90_000 },
  (shell, complete, available) => {
    const it = test.skipIf(!available);

    it('nothing is suggested, and nothing said, where Temporal does not answer', async () => {
      expect(await complete('dmsa status ', { BROKEN: '1' })).toEqual([]);
    });

    it('commands are completed, hidden ones are not', async () => {
      expect(await complete('dmsa st')).toEqual(['start', 'status']);
      const all = await complete('dmsa ');
      expect(all.sort()).toEqual(
        commandSpecs()
          .map(({ command }) => command.name())
          .sort(),
      );
    });

    it('options are completed by the command that they are of', async () => {
      expect(await complete('dmsa demo --s')).toEqual(expect.arrayContaining(['--scenario', '--set']));
      expect(await complete('dmsa plan svc-web --max-')).toEqual(
        expect.arrayContaining(['--max-failures', '--max-parallel', '--max-unavailable']),
      );
      expect(await complete('dmsa list --wat')).not.toContain('--watch');
    });

    it('choices are completed, those of arguments, too', async () => {
      expect(await complete('dmsa plan svc-web --on-expiry ')).toEqual(['hold', 'undo']);
      expect(await complete('dmsa list -o j')).toEqual(['json']);
      expect(await complete('dmsa schema p')).toEqual(['plan']);
    });

    it('migrations, scenarios and settings are asked for', async () => {
      expect(await complete('dmsa status svc-')).toEqual(['svc-mail', 'svc-web']);
      expect(await complete('dmsa approve --reason x svc-w')).toEqual(['svc-web']);
      expect(await complete('dmsa demo --scenario r')).toEqual(['rejected']);
      expect(await complete('dmsa list --set log')).toEqual(['log.level=']);
    });

    // The engine here has no cmdlets to look for files with; on Windows PowerShell falls back to them.
    if (shell === 'PowerShell') return;
    it('files are completed where a file goes', async () => {
      const found = await complete('dmsa start pl');
      expect(found.map((each) => each.replace(/^\.[\\/]/, ''))).toContain('plan.json');
    });
  },
);

test('the script for PowerShell is plain text that its parser takes', async () => {
  const io = fakeIo();
  await run(['completion', 'powershell'], io);
  expect(io.stdout()).toMatch(/^[\x20-\x7e\n]+$/);
});

test('the tree has every command with its options, and what is below it', () => {
  const program = newProgram(fakeIo(), () => async () => undefined);
  program
    .command('locks')
    .helpCommand(false)
    .description('Keys.')
    .command('new')
    .description('Makes one. Of Ed25519.')
    .option('-f, --file <file>', 'where');
  const nodes = flattened(commandTree(program));
  expect(nodes.map(({ path }) => path.join(' '))).toEqual([
    '',
    ...commandSpecs().map(({ command }) => command.name()),
    'locks',
    'locks new',
  ]);
  expect(nodes.at(-1)).toMatchObject({
    description: 'Makes one',
    options: [{ value: { kind: 'file' } }, {}],
  });
});

test('an option repeats just where its help says so', () => {
  const options = flattened(commandTree(newProgram(fakeIo(), () => async () => undefined))).flatMap(
    (command) => command.options,
  );
  expect(options.some(({ repeats }) => repeats)).toBe(true);
  for (const { names, description, repeats } of options)
    expect([names, repeats]).toEqual([names, description.includes('may be repeated')]);
});

describe('dmsa complete', () => {
  const complete = async (what: string, assembly: Partial<Assembly>) => {
    const io = fakeIo();
    const exitCode = await run(['complete', what], io, assembly as Assembly);
    return { exitCode, out: io.stdout(), err: io.stderr() };
  };

  test('is silent and content where Temporal is away', async () => {
    const runningAccounts = () => Promise.reject(new Error('away'));
    expect(await complete('migrations', { runningAccounts })).toEqual({ exitCode: 0, out: '', err: '' });
  });

  test('prints a value a line, and none that a shell would read as more than a word', async () => {
    const names = ['svc-web', '$(reboot)', 'dmsa/contoso.com/svc-mail', 'a b', "x'y", '`id`'];
    const { out } = await complete('migrations', { runningAccounts: async () => names });
    expect(out).toBe('svc-web\ndmsa/contoso.com/svc-mail\n');
  });

  test('knows every setting by the name that --set takes', async () => {
    const { out } = await complete('settings', {});
    expect(out.split('\n')).toEqual(expect.arrayContaining(['log.level=', 'directory.password-file=']));
    expect(out).not.toContain('directory.password=');
  });
});

function installed(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
