import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Played } from '../../lab/demo/play-scenario.ts';
import { freePorts } from '../../lab/processes/ports.ts';
import type { Secret } from '../../src/config/secret.ts';
import type { Settings } from '../../src/config/settings.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { metricKinds } from '../../src/telemetry/metrics.ts';
import { installRuntime } from '../../src/worker/runtime.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable } from '../support/temporal.ts';
import { historyText, played } from './played.ts';

const { available, reason } = await temporalAvailable();
const root = new URL('../../', import.meta.url);

/** One run for all: a migration that completes and one whose canary fails, with every secret planted. */
describe.skipIf(!available)(
  `a worker that has run migrations${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const lines: string[] = [];
    const planted: Record<string, string> = {
      webhook: 'planted-webhook-path',
      hmac: 'planted-hmac-secret',
      passphrase: 'planted-key-passphrase',
    };
    const folder = mkdtempSync(join(tmpdir(), 'dmsa-telemetry-'));
    let temporal: TestTemporal;
    let receiver: Receiver;
    let happy: Played;
    let failed: Played;
    let metrics = '';
    let records = '';

    beforeAll(async () => {
      const [port] = (await freePorts(1)) as [number];
      installRuntime(createLog('trace', { write: (line) => void lines.push(line) }), {
        metrics: `127.0.0.1:${port}`,
      });
      // Its connection keeps Temporal's runtime, and with it the metrics, beyond the workers.
      temporal = await connectTestTemporal();
      receiver = await startReceiver();
      const server = { ...temporal, uiUrl: null, embedded: true };
      happy = await played('happy', server, plant);
      failed = await played('canary-fails', server, plant);
      metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    });
    afterAll(async () => {
      rmSync(folder, { recursive: true });
      await receiver?.close();
      await temporal?.close();
    });

    /** The lab's own secrets are noted, those that it does without are added. */
    function plant(settings: Settings): void {
      const file = (name: string, content: string): Secret => {
        writeFileSync(join(folder, name), `${content}\n`);
        return { file: join(folder, name) };
      };
      const url = file('url', `${receiver.url}/${planted.webhook}`);
      const secret = file('hmac', planted.hmac!);
      settings.notify = { audit: { kind: 'json', url, secret, events: null } };
      settings.records = { folder };
      const { directory, powershell } = settings;
      if (!('privateKeyFile' in powershell) || !('password' in directory)) throw new Error('another login');
      powershell.passphrase = file('passphrase', planted.passphrase!);
      planted.directory = content(directory.password);
      planted.credential = content(powershell.credential!.password);
      planted.key = readFileSync(powershell.privateKeyFile, 'utf8').split('\n')[3]!;
    }

    function content(secret: Secret): string {
      return readFileSync((secret as { file: string }).file, 'utf8').trim();
    }

    test('says of no secret anything: neither in a log, a history, a metric, a status nor a record', async () => {
      records = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
        .join('\n');
      const ids = [happy, failed].map(({ status }) => status.migrationId);
      const histories = await Promise.all(ids.map((id) => historyText(temporal.client, id)));
      const said = {
        log: lines.join(''),
        history: histories.join('\n'),
        metrics,
        status: JSON.stringify([happy.status, failed.status]),
        records,
        bodies: receiver.received.map(({ body }) => body).join('\n'),
      };
      expect(Object.values(planted).map((secret) => secret.length >= 8)).not.toContain(false);
      expect(Object.keys(planted)).toHaveLength(6);
      for (const text of Object.values(said)) expect(text.length).toBeGreaterThan(1_000);
      const found = Object.entries(said).flatMap(([where, text]) =>
        Object.keys(planted)
          .filter(
            (name) => text.includes(planted[name]!) || text.includes(encodeURIComponent(planted[name]!)),
          )
          .map((name) => `${name} in ${where}`),
      );
      expect(found).toEqual([]);
    });

    test('logs each stage, gate, host and end as one line with the migration', () => {
      expect([happy.status.outcome, failed.status.outcome]).toEqual(['completed', 'undone']);
      const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const of = ({ status }: Played, msg: string) =>
        events.filter((event) => event.migration === status.migrationId && event.msg === msg);
      const stages = happy.status.stages.map(({ name }) => name);
      expect(of(happy, 'stage entered').map(({ stage }) => stage)).toEqual(stages);
      expect(of(happy, 'gate opened').map(({ gate }) => gate)).toEqual(['start', 'complete']);
      expect(of(happy, 'gate approved').map(({ hash }) => hash)).toEqual(
        happy.status.gates.map(({ hash }) => hash),
      );
      expect(of(happy, 'waiting').map(({ waitingFor }) => waitingFor)).toContain('the observation to end');
      expect(of(happy, 'ended')).toMatchObject([{ outcome: 'completed', stage: 'done' }]);
      expect(of(failed, 'ended')).toMatchObject([{ outcome: 'undone', code: 'SERVICE_START_FAILED' }]);
      expect(of(failed, 'host failed')).toMatchObject([
        { level: 'warn', stage: 'restart-services', host: failed.hosts[0], code: 'SERVICE_START_FAILED' },
      ]);
      expect(of(failed, 'undone').map(({ step }) => step)).toEqual([
        'link',
        'restart-services',
        'create-dmsa',
        'prepare-host',
      ]);
    });

    test('logs each attempt of an activity and each command with stage, attempt, hosts and duration', () => {
      const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const { migrationId } = happy.status;
      const of = (msg: string, activity: string) =>
        events.filter(
          (each) => each.migration === migrationId && each.msg === msg && each.activity === activity,
        );
      const attempts = of('activity began', 'prepareHosts');
      expect(attempts).toMatchObject([{ stage: 'prepare-hosts', attempt: 1, hosts: happy.hosts }]);
      expect(of('activity ended', 'prepareHosts')).toMatchObject([
        {
          stage: 'prepare-hosts',
          attempt: 1,
          hosts: happy.hosts,
          result: 'ok',
          durationMs: expect.any(Number),
        },
      ]);
      const commands = of('command', 'prepareHosts').filter(({ operation }) => operation === 'set-host');
      expect(commands.map(({ host }) => host).sort()).toEqual([...happy.hosts].sort());
      for (const command of commands)
        expect(command).toMatchObject({
          stage: 'prepare-hosts',
          result: 'ok',
          durationMs: expect.any(Number),
        });
      const waits = of('activity ended', 'observe').filter(({ result }) => result === 'NOT_DUE');
      expect(new Set(waits.map(({ level }) => level))).toEqual(new Set(['debug']));
      const tokens = events.filter(({ taskToken }) => taskToken !== undefined && taskToken !== '[redacted]');
      expect(tokens).toEqual([]);
    });

    test('counts what its table promises, with those labels', () => {
      const missing = Object.entries(metricKinds).filter(([name, { kind, labels }]) => {
        const sample = metrics
          .split('\n')
          .find((line) => line.startsWith(kind === 'counter' ? `${name}{` : `${name}_count{`));
        return !sample || !labels.every((label) => sample.includes(`${label}="`));
      });
      expect(missing.map(([name]) => name)).toEqual([]);
      expect(total('dmsa_migrations_total', 'outcome="completed"')).toBe(1);
      expect(total('dmsa_migrations_total', 'outcome="undone"')).toBe(1);
      expect(total('dmsa_votes_total', 'verdict="approve"')).toBe(3);
      expect(total('dmsa_gates_total', 'event="opened"')).toBe(3);
      expect(total('dmsa_hosts_failed_total', 'code="SERVICE_START_FAILED"')).toBe(1);
      expect(total('dmsa_commands_total', 'operation="complete-migration"')).toBe(1);
      expect(total('dmsa_command_duration_seconds_count', 'operation="complete-migration"')).toBe(1);
      expect(total('dmsa_ldap_reads_total', 'operation="search"')).toBeGreaterThan(10);
      expect(total('dmsa_notifications_total', 'kind="json"')).toBeGreaterThanOrEqual(6);
    });

    test('has every metric that the dashboard asks for', () => {
      const dashboard = JSON.parse(readFileSync(new URL('deploy/grafana-dashboard.json', root), 'utf8'));
      const asked = new Set<string>();
      JSON.stringify(dashboard, (key, value) => {
        if (key === 'expr')
          for (const [name] of (value as string).matchAll(/\b(?:dmsa|temporal)_\w+/g)) asked.add(name);
        return value;
      });
      const answered = new Set([...metrics.matchAll(/^(\w+)\{/gm)].map(([, name]) => name));
      expect(asked.size).toBeGreaterThan(10);
      expect([...asked].filter((name) => !answered.has(name))).toEqual([]);
      const own = [...asked].map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
      expect(Object.keys(metricKinds).filter((name) => !own.includes(name))).toEqual([]);
    });

    test('is documented: docs/monitoring.md has a row for every metric, and nothing else', () => {
      const page = readFileSync(new URL('docs/monitoring.md', root), 'utf8');
      const rows = page.split('\n').filter((line) => line.startsWith('| `dmsa_'));
      expect(rows).toEqual(
        Object.entries(metricKinds).map(([name, { kind, labels, meaning }]) => {
          const of = labels.map((label) => `\`${label}\``).join(', ');
          return `| \`${name}\` | ${kind} | ${of} | ${meaning} |`;
        }),
      );
    });

    function total(name: string, label: string): number {
      return metrics
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    }
  },
);
