import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scenarios } from '../../lab/scenarios/index.ts';
import { labDomain } from '../../lab/topology.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { verifyVotes } from '../../src/approval/verify-votes.ts';
import { newProgram } from '../../src/cli/program.ts';
import { settingKeys } from '../../src/config/keys.ts';
import { loadSettings } from '../../src/config/load.ts';
import { errorKinds } from '../../src/domain/errors/errors.ts';
import { findingKinds } from '../../src/domain/findings/findings.ts';
import { openGate } from '../../src/domain/gates/gates.ts';
import type { GatePlan } from '../../src/domain/plan/plan.ts';
import { exitCodes } from '../../src/domain/states.ts';
import { requestDefaults } from '../../src/plan/request.ts';
import { operationNames } from '../../src/powershell/wire/operations.ts';
import { signalRefusals } from '../../src/wording/signal.ts';
import { stageTitles } from '../../src/wording/stage.ts';
import { voteRefusals } from '../../src/wording/vote.ts';
import * as contract from '../../workflows/contract.ts';
import { blocks, codeSpans, links, page, pages, root, shellLines, tableUnder } from './markdown.ts';

const readme = page('README.md');
const each = [...pages];
const everywhere = (find: (text: string) => string[]) => [...new Set(each.flatMap(([, text]) => find(text)))];

/** What is made by running something, and so is not in a checkout. */
const made = [
  'dmsa.toml',
  'dmsa.schema.json',
  'plan.json',
  'known_hosts',
  'id_ed25519',
  'dist',
  'contoso-ca.pem',
];

describe('what the pages name exists', () => {
  test('every link leads to a file, and where it names a heading, to that', () => {
    const broken = each.flatMap(([path, text]) =>
      links(text)
        .filter((target) => !/^https?:/.test(target))
        .filter((target) => {
          const [file, heading] = target.split('#');
          const to = file ? posix.join(dirname(path), file) : path;
          if (!existsSync(resolve(root, to))) return true;
          return heading !== undefined && !headings(page(to)).includes(heading);
        })
        .map((target) => `${path}: ${target}`),
    );
    expect(everywhere(links)).toContain('docs/design.md');
    expect(broken).toEqual([]);
  });

  test('every file and folder of the repository that is named is in it', () => {
    const inFolder =
      /^(?:\.\.?\/)*((?:src|lab|test|docs|scripts|activities|workflows|bench|deploy|\.ci)\/[\w./-]*)$/;
    const atRoot = /^[\w.-]+\.(?:json|yml|ts|md)$/;
    const named = everywhere(codeSpans)
      .map((span) => inFolder.exec(span)?.[1] ?? (atRoot.test(span) ? span : null))
      .filter((path) => path !== null && !made.includes(path));
    expect(named).toEqual(expect.arrayContaining(['lab/', 'test/histories/', 'docker-compose.yml']));
    expect(named.filter((path) => !existsSync(resolve(root, path!)))).toEqual([]);
  });

  test('every npm script that is named is in package.json, and the file that it runs is there', () => {
    const text = everywhere((each) => [...codeSpans(each), ...shellLines(each)]).join('\n');
    const named = new Set([...text.matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, name]) => name!));
    const scripts: Record<string, string> = packageJson.scripts;
    expect([...named]).toEqual(expect.arrayContaining(['dmsa', 'check', 'bench', 'histories', 'build']));
    expect([...named].filter((name) => !(name in scripts))).toEqual([]);
    const files = [...named].flatMap((name) => /^node (\S+)/.exec(scripts[name]!)?.[1] ?? []);
    expect(files.filter((file) => !existsSync(resolve(root, file)))).toEqual([]);
  });

  test('every dmsa command that is shown is one, with the options that it has', () => {
    const shown = everywhere((text) => [...codeSpans(text), ...shellLines(text)]).flatMap((line) => [
      ...[...line.matchAll(/npm run dmsa -- (.+)/g)].map(([, rest]) => rest!),
      ...[...line.matchAll(/^dmsa (.+)/g)].map(([, rest]) => rest!),
      ...[...line.matchAll(/npm start (?:--silent )?-- (.+)/g)].map(([, rest]) => `demo ${rest}`),
    ]);
    const known = new Map(
      newProgram({ out: process.stdout, err: process.stderr }, () => async () => undefined).commands.map(
        (command) => [command.name(), command.options.flatMap(({ short, long }) => [short, long])],
      ),
    );
    const wrong = shown.filter((line) => {
      const [name, ...words] = line.replace(/'[^']*'/g, 'TEXT').split(/\s+/);
      if (name === '<command>') return false;
      const options = words.filter((word) => /^--?\w/.test(word));
      return !known.has(name!) || options.some((option) => !known.get(name!)!.includes(option));
    });
    expect(shown).toEqual(expect.arrayContaining(['lab --out dmsa.toml', 'status --watch svc-finance']));
    expect(wrong).toEqual([]);
  });

  test('every code is a finding, an error, or why a vote or signal is refused', () => {
    const codes = everywhere(codeSpans).filter((span) => /^[A-Z]+_[A-Z_]+$/.test(span));
    const known = { ...errorKinds, ...findingKinds, ...voteRefusals, ...signalRefusals };
    const others = codes.filter((code) => !(code in known) && !/^(DMSA|TEMPORAL|SSH|OTEL)_/.test(code));
    expect(codes).toEqual(expect.arrayContaining(['LINK_FOREIGN', 'RESTORE_DIFFERS']));
    // Of Temporal's own kinds of cancellation.
    expect(others).toEqual(['WAIT_CANCELLATION_COMPLETED']);
  });

  test('every setting is one', () => {
    const named = everywhere(codeSpans).flatMap((span) => /^\[(\w+)\] ([\w-]+)$/.exec(span)?.slice(1) ?? []);
    const known = settingKeys.map(({ name }) => name);
    const pairs = named.flatMap((section, at) => (at % 2 === 0 ? [`${section}.${named[at + 1]}`] : []));
    expect(pairs).toContain('powershell.credential-user');
    expect(pairs.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the README says what is so', () => {
  test('the two commands are those of package.json, and need no other', () => {
    const [tryIt] = blocks(readme);
    expect(tryIt).toEqual({ language: 'sh', text: 'npm ci\nnpm start\n' });
    expect(shellLines(readme)).toContain('npm test');
    expect(packageJson.scripts).toMatchObject({ start: 'node src/bin/main.ts demo', test: 'vitest run' });
    expect(existsSync(resolve(root, 'package-lock.json'))).toBe(true);
  });

  test('the scenarios are those of the lab, in their order, with their exit codes', () => {
    expect(tableUnder(readme, '### Scenarios')).toEqual(
      Object.entries(scenarios).map(([name, { summary, outcome }]) => [
        name,
        summary,
        String(exitCodes[outcome]),
      ]),
    );
  });

  test('the exit codes are those of the commands’ page, and all of them', () => {
    const rows = tableUnder(readme, '### Exit codes').map(([code, means]) => [code, means!.toLowerCase()]);
    const onPage = tableUnder(page('docs/cli.md'), '# Commands').map(([code, means]) => [code, means]);
    const plain = (table: (string | undefined)[][]) =>
      table.map(([code, means]) => [code, means!.replace(/\[(\w+)\]\([^)]*\)/, '$1').toLowerCase()]);
    expect(plain(rows)).toEqual(plain(onPage));
    expect(rows.map(([code]) => Number(code))).toEqual(
      [...new Set(Object.values(exitCodes)), 130].sort((a, b) => a - b),
    );
  });

  test('the settings of a real domain are accepted', async () => {
    const toml = blocks(readme).find(({ language }) => language === 'toml')!.text;
    const folder = await mkdtemp(join(tmpdir(), 'dmsa-readme-'));
    try {
      const config = join(folder, 'dmsa.toml');
      await writeFile(config, toml);
      const settings = await loadSettings({ configFile: config, folder, env: {} });
      expect(settings.management.host).toBe('mgmt.contoso.com');
      expect(settings.powershell.credential).toEqual({
        user: 'CONTOSO\\svc-dmsa-admin',
        password: { env: 'DMSA_CMDLET_PASSWORD' },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('the vote by Temporal’s own command line counts', async () => {
    const line = shellLines(readme).find((each) => each.startsWith('temporal workflow signal'))!;
    const payload = JSON.parse(/--input '(.*)'/.exec(line)![1]!);
    const plan: GatePlan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' };
    const gate = { ...openGate('start', plan, '', ''), hash: payload.hash };
    const votes = [{ decision: 'approve' as const, payload, receivedAt: '' }];
    const [vote] = await verifyVotes({ votes, gate, requestedBy: 'LAB\\alice', domain: labDomain });
    expect(vote).toMatchObject({ verdict: 'counted', identity: 'bob@lab.example' });
  });

  test('the signals and the query are those of the workflow', () => {
    const text = readme.slice(readme.indexOf('### With Temporal’s own'.replace('’', "'")));
    const signals = Object.values(contract).flatMap((each) =>
      typeof each === 'object' && each.type === 'signal' ? [each.name] : [],
    );
    const named = [/--name (\w+)/.exec(text)![1]!, ...codeSpans(/The other signals are .*/.exec(text)![0])];
    expect(named.sort()).toEqual(signals.sort());
    expect(text).toContain(`--type ${contract.status.name} `);
  });

  test('what to expect in 28 days is what a plan without options says', () => {
    const expected = tableUnder(readme, '### What to expect in 28 days').flat().join(' ');
    const { observe, checkEvery, join: joining, soak, expiresAfter } = requestDefaults;
    expect({ observe, checkEvery, joining, soak, expiresAfter }).toEqual({
      observe: '28d',
      checkEvery: '10h',
      joining: '15m',
      soak: '1d',
      expiresAfter: '7d',
    });
    for (const words of ['28 days', 'every 10 hours', '15 minutes', '7 days', '1 day'])
      expect(expected).toContain(words);
  });
});

test('the picture names every stage that each migration has, in its order', () => {
  expect(links(readme)).toContain('docs/stages.svg');
  const svg = readFileSync(resolve(root, 'docs/stages.svg'), 'utf8');
  const titles = [...svg.matchAll(/<text class="name"[^>]*>(.*?)<\/text>/g)].map(([, text]) =>
    text!.replace(/<[^>]*>/g, ''),
  );
  const { undo, 'reboot-hosts': _, ...forward } = stageTitles;
  expect(titles.slice(0, -1)).toEqual(Object.values(forward));
  expect(titles.at(-1)).toMatch(new RegExp(`^${undo}: `));
});

test('the rights are given for every operation, and for nothing else', () => {
  const rights = page('docs/rights.md');
  const rows = [...tableUnder(rights, '## On each host'), ...tableUnder(rights, '## In the directory')];
  expect(rows.map(([operation]) => operation).sort()).toEqual([...operationNames].sort());
});

/** As GitHub makes them: lower case, without punctuation, hyphens for spaces. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replace(/ /g, '-'),
  );
}
