import { z } from 'zod';

import { distinct, filledText, hostName } from './values.ts';

export const groupName = filledText
  .max(64, { error: 'must have at most 64 characters' })
  .refine((name) => !/[\s,=#"\p{C}]/u.test(name), {
    error: ({ input }) =>
      `"${input}" is not the name of a group, such as farm: leave out spaces, commas, = # and "`,
  });

const hostGroup = z.strictObject({ name: groupName, hosts: distinct(hostName, (name) => name, 'host') });

/** Hosts that are never worked on together. */
export type HostGroup = z.output<typeof hostGroup>;

export const groupList = distinct(hostGroup, ({ name }) => name, 'group');

/** Takes apart `farm=web01.contoso.com,web02.contoso.com`. Throws a RangeError that shows the form. */
export function parseGroup(text: string): HostGroup {
  const at = text.indexOf('=');
  const hosts = text
    .slice(at + 1)
    .split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  if (at < 1 || hosts.length === 0) {
    throw new RangeError(`"${text}" is no group: write it as farm=web01.contoso.com,web02.contoso.com`);
  }
  return { name: text.slice(0, at).trim(), hosts };
}
