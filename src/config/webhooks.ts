import { z } from 'zod';

import { noticeEvents } from '../domain/migration/notice.ts';
import { secretEndings } from './keys.ts';
import { invalid, type WrittenSetting } from './read.ts';
import type { Secret } from './secret.ts';
import { secretOf } from './secret-place.ts';
import type { Webhook } from './settings.ts';

export const kinds = ['json', 'slack', 'teams'] as const;
export const eventList = z.array(z.enum(noticeEvents)).min(1);
const secrets = ['url', 'secret'].flatMap((name) => secretEndings.map((ending) => `${name}-${ending}`));
const keys = ['kind', 'events', ...secrets];

type TomlTable = Record<string, unknown>;

/** `[notify.NAME]`, by name; nothing where there is none. Throws DmsaError SETTINGS_INVALID. */
export function webhooks(written: WrittenSetting | undefined): { notify?: Record<string, Webhook> } {
  if (!written) return {};
  const { value, place, folder } = written;
  if (!isTable(value)) throw invalid(place, 'must be tables: write [notify.NAME]');
  const entries = Object.entries(value).map(([name, table]): [string, Webhook] => {
    const its = place.replace(/\[notify\]$/, `[notify.${name}]`);
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw invalid(its, 'a name has letters, digits, _ and -');
    if (!isTable(table)) throw invalid(place, 'must be tables: write [notify.NAME]');
    return [name, webhook(table, its, folder)];
  });
  return entries.length > 0 ? { notify: Object.fromEntries(entries) } : {};
}

function webhook(table: TomlTable, place: string, folder: string): Webhook {
  for (const key of Object.keys(table)) {
    if (key === 'url' || key === 'secret') {
      const written = secretEndings.map((ending) => `${key}-${ending}`).join(', ');
      throw invalid(`${place} ${key}`, `a secret is never written here: use ${written}`);
    }
    if (!keys.includes(key))
      throw invalid(`${place} ${key}`, `there is no such setting: use one of ${keys.join(', ')}`);
  }
  const kind = z.enum(kinds).safeParse(table.kind);
  if (!kind.success) throw invalid(`${place} kind`, `must be one of ${kinds.join(', ')}`);
  const events = eventList.optional().safeParse(table.events);
  if (!events.success) throw invalid(`${place} events`, `must be a list of ${noticeEvents.join(', ')}`);
  const url = placeOf('url', table, place, folder);
  if (!url) throw invalid(`${place} url-file`, 'is missing: write url-file = "webhook.url"');
  const secret = placeOf('secret', table, place, folder);
  if (secret && kind.data !== 'json')
    throw invalid(`${place} secret`, `only bodies of kind json are signed, not ${kind.data}`);
  return { kind: kind.data, url, secret, events: events.data ?? null };
}

function placeOf(name: string, table: TomlTable, place: string, folder: string): Secret | null {
  const given = secretEndings.filter((ending) => table[`${name}-${ending}`] !== undefined);
  if (given.length > 1)
    throw invalid(`${place} ${name}-${given[1]}`, `is given together with ${name}-${given[0]}: keep one`);
  const [ending] = given;
  if (!ending) return null;
  const key = `${name}-${ending}`;
  return secretOf(ending, { value: table[key], place: `${place} ${key}`, folder });
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
