import { type OperationName, operations } from '../powershell/operations.ts';
import type { LdapFaults } from './ldap/faults.ts';
import type { SshFaults } from './ssh/faults.ts';

/** How a scenario makes the lab fail: over LDAP, over SSH. Absent means that nothing does. */
export interface LabFaults {
  ldap?: LdapFaults;
  ssh?: SshFaults;
}

/** Every operation that changes something takes effect, and its first answer on each host is lost. */
export function lostAnswers(): LabFaults {
  const lost = new Set<string>();
  return {
    ssh: {
      onSession(host, operation) {
        const key = `${host} ${operation}`;
        if (!operations[operation].changes || lost.has(key)) return null;
        lost.add(key);
        return 'drop-after';
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
