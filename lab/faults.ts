import { type OperationName, operations } from '../src/powershell/wire/operations.ts';
import type { LdapFaults } from './ldap/faults.ts';
import type { SessionFault, SshFaults } from './ssh/faults.ts';

/** How a scenario makes the lab fail: over LDAP, over SSH. Absent means that nothing does. */
export interface LabFaults {
  ldap?: LdapFaults;
  ssh?: SshFaults;
}

/** The first session of each operation that changes something fails so, on each host. */
export function onFirstOfEach(fault: SessionFault): LabFaults {
  const met = new Set<string>();
  return {
    ssh: {
      onSession(host, operation) {
        const key = `${host} ${operation}`;
        if (!operations[operation].changes || met.has(key)) return null;
        met.add(key);
        return fault;
      },
    },
  };
}

/** The first session of one operation fails so, on the first host whose name begins so. */
export function onFirstOf(hostPrefix: string, wanted: OperationName, fault: SessionFault): LabFaults {
  let isMet = false;
  return {
    ssh: {
      onSession(host, operation) {
        if (isMet || operation !== wanted || !host.startsWith(hostPrefix)) return null;
        isMet = true;
        return fault;
      },
    },
  };
}

/** Connections drop at random, before and after effects; the same seed drops the same ones. */
export function flapping(seed: number, probability = 0.1): LabFaults {
  const random = randomFrom(seed);
  const kinds = ['refuse', 'drop-before', 'drop-after', 'half-answer'] as const;
  return {
    ldap: { onOperation: () => (random() < probability / 3 ? 'drop' : null) },
    ssh: {
      onSession: (_host: string, _operation: OperationName) =>
        random() < probability ? kinds[Math.floor(random() * kinds.length)]! : null,
    },
  };
}

/** Mulberry32: small, seeded, and good enough to choose what fails. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
