import { readFileSync } from 'node:fs';

import { type Room, rooms } from '../../rooms.ts';
import { row } from './tables.ts';

const section = /(<!-- rooms: .*? -->\n).*?(<!-- \/rooms -->)/s;

/** `CONTRIBUTING.md` with its layout made of the table of rooms. */
export function contributingPage(): string {
  const page = readFileSync(new URL('../../CONTRIBUTING.md', import.meta.url), 'utf8');
  const rows = [row('Room', 'Holds', 'May import'), row('---', '---', '---'), ...rooms.map(roomRow)];
  return page.replace(section, (_, start, end) => `${start}${rows.join('\n')}\n${end}`);
}

function roomRow(room: Room): string {
  return row(`\`${room.path}\``, room.holds, leaveOf(room));
}

/** Folders without a permission of their own share that of the room around them, so their cell stays empty. */
function leaveOf({ mayImport, mayImportTypes = [], packages }: Room): string {
  if (!mayImport) return '';
  const named = (paths: readonly string[]) => paths.map((path) => `\`${path}\``);
  const parts = [
    ...named(mayImport),
    ...named(mayImportTypes).map((path) => `types of ${path}`),
    ...(packages?.length === 0 ? ['no package'] : named(packages ?? [])),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}
