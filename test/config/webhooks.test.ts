import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import { webhooks } from '../../src/config/webhooks.ts';
import { settingsToml } from '../../src/config/write.ts';

const read = (toml: string) =>
  webhooks({ value: parse(toml).notify, place: 'dmsa.toml: [notify]', folder: '/etc/dmsa' });

describe('[notify.NAME]', () => {
  test.each([
    [
      '[notify.a]\nkind = "slack"\nurl = "https://planted"',
      '[notify.a] url: a secret is never written here: use url-file, url-env, url-command',
    ],
    [
      '[notify.a]\nkind = "json"\nurl-env = "U"\nsecret = "planted"',
      '[notify.a] secret: a secret is never written here: use secret-file, secret-env, secret-command',
    ],
    ['[notify.a]\nurl-env = "U"', '[notify.a] kind: must be one of json, slack, teams'],
    ['[notify.a]\nkind = "email"\nurl-env = "U"', '[notify.a] kind: must be one of json, slack, teams'],
    ['[notify.a]\nkind = "json"', '[notify.a] url-file: is missing: write url-file = "webhook.url"'],
    [
      '[notify.a]\nkind = "json"\nurl-env = "U"\nurl-file = "f"',
      '[notify.a] url-env: is given together with url-file: keep one',
    ],
    ['[notify.a]\nkind = "json"\nurl-env = ""', '[notify.a] url-env: must be the name of a variable'],
    [
      '[notify.a]\nkind = "slack"\nurl-env = "U"\nsecret-env = "S"',
      '[notify.a] secret: only bodies of kind json are signed, not slack',
    ],
    [
      '[notify.a]\nkind = "json"\nurl-env = "U"\nevents = ["lunch"]',
      '[notify.a] events: must be a list of gate-opened, reminder, drift, host-failed, turned-back, needs-operator, done',
    ],
    [
      '[notify.a]\nkind = "json"\nurl-env = "U"\nevents = []',
      '[notify.a] events: must be a list of gate-opened, reminder, drift, host-failed, turned-back, needs-operator, done',
    ],
    [
      '[notify.a]\nkind = "json"\nurl-env = "U"\nuri = 7',
      '[notify.a] uri: there is no such setting: use one of kind, events, url-file, url-env, url-command, secret-file, secret-env, secret-command',
    ],
    ['[notify."a b"]\nkind = "json"\nurl-env = "U"', '[notify.a b]: a name has letters, digits, _ and -'],
    ['[notify]\nkind = "json"', '[notify]: must be tables: write [notify.NAME]'],
    ['notify = 7', '[notify]: must be tables: write [notify.NAME]'],
  ])('%j is refused', (toml, message) => {
    expect(() => read(toml)).toThrow(`dmsa.toml: ${message}`);
    try {
      read(toml);
    } catch (error) {
      expect(String(error)).not.toContain('planted');
    }
  });

  test('nothing written is nobody told', () => {
    expect(webhooks(undefined)).toEqual({});
    expect(read('notify = {}')).toEqual({});
  });

  test('places of secrets are relative to the file, and what is written is read back the same', () => {
    const { notify } = read(`
[notify.chat]
kind = "teams"
url-file = "teams.url"
events = ["gate-opened", "done"]

[notify.audit]
kind = "json"
url-command = ["pass", "show", "hook"]
secret-env = "HOOK_SECRET"
`);
    expect(notify).toEqual({
      chat: {
        kind: 'teams',
        url: { file: '/etc/dmsa/teams.url' },
        secret: null,
        events: ['gate-opened', 'done'],
      },
      audit: {
        kind: 'json',
        url: { command: ['pass', 'show', 'hook'] },
        secret: { env: 'HOOK_SECRET' },
        events: null,
      },
    });
    const settings: Settings = {
      directory: { urls: ['ldaps://dc.lab.example'], caFile: null, user: 'u', password: { env: 'P' } },
      management: { host: 'mgmt' },
      powershell: { transport: 'ssh', user: 'u', agent: '/a', knownHostsFile: '/k', credential: null },
      hosts: {},
      worker: { taskQueue: 'q' },
      records: { folder: '/r' },
      notify,
    };
    expect(read(settingsToml(settings))).toEqual({ notify });
  });
});
