import { stringify } from 'smol-toml';

import { settingKeys, settingPath } from './keys.ts';
import type { Secret } from './secret.ts';
import type { Settings, Webhook } from './settings.ts';

/** A `dmsa.toml` that `loadSettings` reads back to the same settings. It names the places of secrets, never their values. */
export function settingsToml(settings: Settings): string {
  const sections: Record<string, object> = {};
  for (const key of settingKeys) {
    const [section, name] = key.name.split('.') as [string, string];
    const value = valueAt(settings, settingPath(key));
    if (value === undefined || value === null) continue;
    const written = key.kind === 'secret' ? secretPlace(name, value as Secret) : { [name]: value };
    sections[section] = { ...sections[section], ...written };
  }
  const { hosts, notify } = settings;
  const webhooks = notify && Object.fromEntries(Object.entries(notify).map(webhook));
  return stringify({ ...sections, hosts, ...(webhooks && { notify: webhooks }) });
}

function valueAt(settings: unknown, path: string[]): unknown {
  return path.reduce(
    (value, name) => (value as Record<string, unknown> | undefined | null)?.[name],
    settings,
  );
}

function webhook([name, { kind, url, secret, events }]: [string, Webhook]) {
  const signed = secret ? secretPlace('secret', secret) : {};
  return [name, { kind, ...secretPlace('url', url), ...signed, ...(events ? { events } : {}) }];
}

function secretPlace(key: string, secret: Secret): Record<string, string | string[]> {
  if ('file' in secret) return { [`${key}-file`]: secret.file };
  if ('env' in secret) return { [`${key}-env`]: secret.env };
  return { [`${key}-command`]: secret.command };
}
