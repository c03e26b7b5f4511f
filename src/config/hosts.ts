import { z } from 'zod';

import { invalid, type WrittenSetting } from './read.ts';
import type { HostAddress } from './settings.ts';

/** Fingerprint of a host key, in the form of `ssh-keygen -lf`. */
const fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);
export const hostEntry = z
  .strictObject({
    address: z.string().min(1).optional(),
    port: z.int().min(1).max(65_535).optional(),
    fingerprint: z.union([fingerprint.transform((each) => [each]), z.array(fingerprint).min(1)]).optional(),
  })
  .refine((entry) => entry.address !== undefined || entry.fingerprint !== undefined);

/** `[hosts]`, by lower-case name; nothing written is no host. Throws DmsaError SETTINGS_INVALID. */
export function hostAddresses(written: WrittenSetting | undefined): Record<string, HostAddress> {
  if (!written) return {};
  const { value, place } = written;
  const form = 'must be { address = "10.0.0.5", port = 22, fingerprint = "SHA256:…" }';
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(place, `each host ${form}`);
  return Object.fromEntries(
    Object.entries(value).map(([written, each]) => {
      const parsed = hostEntry.safeParse(each);
      if (!parsed.success) throw invalid(`${place} "${written}"`, form);
      const name = written.toLowerCase();
      return [name, { ...parsed.data, address: parsed.data.address ?? name }];
    }),
  );
}
