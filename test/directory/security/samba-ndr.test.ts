import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { aceType, encodeAce } from '../../../lab/formats/acl.ts';
import { encodeSecurityDescriptor } from '../../../lab/formats/security-descriptor.ts';
import { type Ace, decodeAce } from '../../../src/directory/security/ace.ts';
import type { Acl } from '../../../src/directory/security/acl.ts';
import {
  decodeSecurityDescriptor,
  type SecurityDescriptor,
} from '../../../src/directory/security/security-descriptor.ts';
import { type Sample, samples } from './descriptors/samples.ts';

/** Debian's python3-samba is a module of this interpreter. */
const python = '/usr/bin/python3';
const program = fileURLToPath(new URL('descriptors/samba-ndr.py', import.meta.url));

const missing = whyMissing();
if (missing) process.stderr.write(`samba.ndr is not compared with: ${missing}\n`);

function whyMissing(): string | null {
  try {
    execFileSync(python, ['-c', 'import samba.ndr, samba.dcerpc.security'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return String(error).split('\n')[0]!;
  }
}

/** How both sides describe what they read. */
interface Described {
  control: number;
  owner: string | null;
  group: string | null;
  dacl: DescribedAcl | null;
  sacl: DescribedAcl | null;
}

interface DescribedAcl {
  revision: number;
  aces: Record<string, unknown>[];
}

interface Answer {
  error?: string;
  decoded?: Described;
  repacked?: string;
  built?: string;
}

function describedDescriptor({ control, owner, group, dacl, sacl }: SecurityDescriptor): Described {
  return { control, owner, group, dacl: describedAcl(dacl), sacl: describedAcl(sacl) };
}

function describedAcl(acl: Acl | null): DescribedAcl | null {
  return acl && { revision: acl.revision, aces: acl.aces.map(describedAce) };
}

function describedAce(ace: Ace): Record<string, unknown> {
  const type = aceType(ace);
  const {
    kind: _,
    extra: __,
    applicationData: ___,
    ...told
  } = { ...asAccess(ace) } as Record<string, unknown>;
  return { ...told, type };
}

/** An audit ACE has the fields of the ACE that allows (MS-DTYP 2.4.4.10 and 2.4.4.11), which the codec keeps as octets. */
function asAccess(ace: Ace): Ace {
  const twin = ({ 2: 0, 7: 5 } as Record<number, number>)[aceType(ace)];
  if (ace.kind !== 'raw' || twin === undefined) return ace;
  const octets = encodeAce(ace);
  octets[0] = twin;
  return decodeAce(octets, 0).ace;
}

const decoded = (sample: Sample) => decodeSecurityDescriptor(Buffer.from(sample.octets, 'hex'));

describe('the samples', () => {
  test.each(samples)('$name ($source) give the same octets again', (sample) => {
    expect(encodeSecurityDescriptor(decoded(sample)).toString('hex')).toBe(sample.octets);
  });

  test('have every kind of ACE among them', () => {
    const kinds = samples.flatMap((sample) => {
      const { dacl, sacl } = decoded(sample);
      return [...(dacl?.aces ?? []), ...(sacl?.aces ?? [])].map(aceType);
    });
    expect([...new Set(kinds)].sort((a, b) => a - b)).toEqual([0, 1, 2, 5, 6, 7, 9, 10, 11, 12, 0x63]);
  });
});

describe.skipIf(missing !== null)('samba.ndr', () => {
  const answers = new Map<Sample, Answer>();
  if (missing === null) {
    const questions = samples.map((sample) => {
      const isKnown = sample.knownToSamba === 'all' || sample.knownToSamba === 'meaning';
      return { octets: sample.octets, built: isKnown ? describedDescriptor(decoded(sample)) : null };
    });
    const output = execFileSync(python, [program], { input: JSON.stringify(questions) });
    const found = JSON.parse(output.toString()) as Answer[];
    for (const [index, sample] of samples.entries()) answers.set(sample, found[index]!);
  }
  const known = (...wanted: Sample['knownToSamba'][]) =>
    samples.filter(({ knownToSamba }) => wanted.includes(knownToSamba));

  test.each(known('all', 'meaning'))(
    'reads the same out of $name: owner, group, lists, every ACE',
    (sample) => {
      expect(answers.get(sample)).not.toHaveProperty('error');
      expect(describedDescriptor(decoded(sample))).toEqual(answers.get(sample)!.decoded);
    },
  );

  test.each(known('all', 'meaning'))('writes the same octets for what is read out of $name', (sample) => {
    const { order: _, ...plain } = decoded(sample);
    const ours = encodeSecurityDescriptor(plain).toString('hex');
    expect(ours).toBe(answers.get(sample)!.built);
    if (sample.knownToSamba === 'all') expect(answers.get(sample)!.repacked).toBe(sample.octets);
  });

  test.each(known('trustees'))('reads the same trustees out of $name', (sample) => {
    const trustees = ({ dacl }: Described) =>
      dacl?.aces.map(({ type, flags, mask, sid }) => ({ type, flags, mask, sid }));
    expect(trustees(describedDescriptor(decoded(sample)))).toEqual(trustees(answers.get(sample)!.decoded!));
  });
});
