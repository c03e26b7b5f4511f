import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { environmentName, secretEndings, settingKeys } from '../../src/config/keys.ts';
import { loadSettings } from '../../src/config/load.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart?: string;
}

interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
}

const root = resolve(import.meta.dirname, '../..');
const compose: Compose = parse(readFileSync(resolve(root, 'docker-compose.yml'), 'utf8'), { strict: true });
const services = Object.entries(compose.services);
const worker = compose.services.worker!;

describe('docker-compose.yml', () => {
  it('has Temporal on PostgreSQL, its UI and the worker', () => {
    expect(Object.keys(compose.services)).toEqual([
      'postgresql',
      'temporal-schema',
      'temporal',
      'temporal-namespace',
      'temporal-ui',
      'worker',
    ]);
    expect(compose.services.temporal!.environment).toMatchObject({
      DB: 'postgres12',
      POSTGRES_SEEDS: 'postgresql',
    });
  });

  it.each(services)('declares everything that %s refers to', (_, service) => {
    const mounts = (service.volumes ?? []).map((volume) => volume.split(':')[0]!);
    expect(mounts.filter((source) => !source.startsWith('./') && !(source in compose.volumes))).toEqual([]);
    expect(mounts.filter((source) => source.startsWith('./') && !existsSync(resolve(root, source)))).toEqual(
      [],
    );
    expect((service.secrets ?? []).filter((name) => !(name in compose.secrets))).toEqual([]);
    expect(Object.keys(service.depends_on ?? {}).filter((name) => !(name in compose.services))).toEqual([]);
    if (service.build) expect(existsSync(resolve(root, service.build, 'Dockerfile'))).toBe(true);
    else expect(service.image).toMatch(/^[a-z/-]+:\d+(\.\d+)*$/);
  });

  it.each(services)('waits for %s only by a health check that it has, or for its end', (name, service) => {
    const conditions = services.flatMap(([, other]) => other.depends_on?.[name]?.condition ?? []);
    const endsByItself = service.restart === 'on-failure';
    const expected = endsByItself ? 'service_completed_successfully' : 'service_healthy';
    expect(conditions.filter((condition) => condition !== expected)).toEqual([]);
    if (conditions.includes('service_healthy')) expect(service.healthcheck?.test.length).toBeGreaterThan(0);
  });

  it.each(services)(
    'has no secret in the environment of %s, and every secret file out of git’s sight',
    (_, service) => {
      const looksSecret = Object.entries(service.environment ?? {}).filter(
        ([name, value]) => /PASS|PWD|SECRET|TOKEN|KEY/.test(name) && !value.startsWith('/run/secrets/'),
      );
      expect(looksSecret).toEqual([]);
      for (const name of service.secrets ?? [])
        expect(compose.secrets[name]!.file).toMatch(/^\.\/deploy\/secrets\//);
      expect(readFileSync(resolve(root, 'deploy/secrets/.gitignore'), 'utf8')).toMatch(/^\*$/m);
    },
  );

  it('reads from /run/secrets only what each service is given', () => {
    for (const [name, service] of services) {
      const used = JSON.stringify(service).matchAll(/\/run\/secrets\/(\w+)/g);
      expect([name, [...new Set([...used].map((match) => match[1]))].sort()]).toEqual([
        name,
        [...(service.secrets ?? [])].sort(),
      ]);
    }
  });

  it('publishes ports to this machine alone, as nothing there asks who one is', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('gives the worker settings that exist, and together with deploy/settings all that it needs', async () => {
    const names = settingKeys.flatMap(({ name, kind }) => {
      const variable = environmentName(name);
      return kind === 'secret' ? secretEndings.map((end) => `${variable}_${end.toUpperCase()}`) : [variable];
    });
    const given = Object.keys(worker.environment!).filter((name) => name.startsWith('DMSA_'));
    expect(given.filter((name) => !names.includes(name))).toEqual(['DMSA_CONFIG']);

    const folder = resolve(root, 'deploy/settings');
    const env = { ...worker.environment, DMSA_CONFIG: resolve(folder, 'dmsa.toml') };
    const settings = await loadSettings({ env, folder: root });
    expect(settings.directory).toMatchObject({
      caFile: resolve(folder, 'ca.pem'),
      password: { file: '/run/secrets/directory_password' },
    });
    expect(settings.powershell).toMatchObject({
      privateKeyFile: '/run/secrets/ssh_key',
      knownHostsFile: resolve(folder, 'known_hosts'),
      credential: { password: { file: '/run/secrets/credential_password' } },
    });
    expect(settings.records.folder).toBe('/var/lib/dmsa');
    expect(worker.healthcheck!.test.at(-1)).toBe(settings.worker.taskQueue);
  });

  it('checks the worker by a program that the image has', () => {
    const [how, node, program] = worker.healthcheck!.test;
    expect([how, node]).toEqual(['CMD', 'node']);
    expect(existsSync(resolve(root, program!.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
  });
});

describe('the Dockerfile', () => {
  const dockerfile = readFileSync(resolve(root, 'Dockerfile'), 'utf8');
  const ignored = readFileSync(resolve(root, '.dockerignore'), 'utf8').split('\n');
  const kept = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));

  it('has the Node that the checkout has, in every stage', () => {
    const { node } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')).devDependencies;
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
    expect(bases).toEqual([
      `node:${node.split('.')[0]}-bookworm-slim`,
      `node:${node.split('.')[0]}-bookworm-slim`,
    ]);
  });

  it('copies only what there is and what is let into the build', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      match[1]!.split(' '),
    );
    expect(copied.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
    expect(copied.filter((path) => path !== '.' && !kept.includes(path))).toEqual([]);
    expect(kept.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
    expect(ignored).toContain('*');
  });

  it('runs the worker as a user without rights', () => {
    const lines = dockerfile.trimEnd().split('\n');
    expect(lines.slice(-3)).toEqual([
      'USER node',
      'ENTRYPOINT ["node", "dist/src/bin/main.js"]',
      'CMD ["worker"]',
    ]);
    expect(worker.command).toEqual(['worker']);
  });
});
