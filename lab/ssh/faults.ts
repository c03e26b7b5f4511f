import type { OperationName } from '../../src/powershell/wire/operations.ts';

/** How a simulated host is told to fail; every question is asked once, when the host gets there. */
export interface SshFaults {
  /** When a client connects and nothing is known of it yet; `refuse` closes the connection before the handshake. */
  onConnection?(host: string): 'refuse' | null;
  /** When known_hosts is written; `another`: the host was installed anew since then, and has another key. */
  onHostKey?(host: string): 'another' | null;
  /** When a client logs in, by whatever method. */
  onLogin?(host: string): 'refuse' | null;
  /** When the envelope has been read, and nothing has been done. */
  onSession?(host: string, operation: OperationName): SessionFault | null;
}

/**
 * - `refuse`: PowerShell may do nothing: no answer, exit code 1; no effect.
 * - `drop-before`: the connection is lost before the operation has its effect.
 * - `drop-after`: the connection is lost after the effect, before the answer.
 * - `half-answer`: the effect happens; the answer ends in its middle, the session in order.
 * - `banner`: the effect happens; a profile prints before the answer, and PowerShell CLIXML on standard error.
 * - `hang-after`: the effect happens; no answer, until the client goes.
 * - `hang`: no effect, no answer, until the client goes.
 */
export type SessionFault =
  | 'refuse'
  | 'drop-before'
  | 'drop-after'
  | 'half-answer'
  | 'banner'
  | 'hang-after'
  | 'hang';

/** What a host was asked for, whatever came of it. */
export interface SshCounts {
  /** Connections, the refused ones too. */
  connections: number;
  /** Sessions that started the bootstrap. */
  sessions: number;
  operations: Partial<Record<OperationName, number>>;
}

export function newSshCounts(): SshCounts {
  return { connections: 0, sessions: 0, operations: {} };
}
