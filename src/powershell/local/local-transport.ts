import { hostname } from 'node:os';
import type { LocalSettings } from '../../config/settings.ts';
import { readCredential } from '../credential.ts';
import type { ClosableTransport } from '../transport.ts';
import { asciiJson, prepareRequest } from '../wire/envelope.ts';
import { type OperationName, operations } from '../wire/operations.ts';
import { readOutput } from '../wire/output.ts';
import { type BrokerRequest, brokerArguments } from './local-broker.ts';
import { type LocalPool, localPool } from './local-pool.ts';

export interface LocalTransportOptions {
  /** Most processes, each with its session, that may be open at once; further runs wait for one to be free. */
  maxSessions?: number;
  /** After how long an idle session is closed. */
  idleMs?: number;
  /** Milliseconds that a process may take to stop before it is ended by force. */
  graceMs?: number;
  env?: NodeJS.ProcessEnv;
  /** For tests: the name of this machine. */
  machine?: string;
}

/**
 * Runs operations from a Windows machine with this program's own Kerberos identity, through `Invoke-Command` over
 * WinRM. Each session has a process of its own, that serves one run at a time: several hosts at once, and what hangs,
 * dies or floods takes nothing else with it. A process is used again for the same host while it is warm; one whose run
 * failed is not.
 *
 * Operations of the management host run in the process itself where that host is this machine, without WinRM: a
 * session would have no network credentials of its own ("second hop"). With a session configuration (JEA), a run is
 * one command of that endpoint, which has the scripts installed and an identity of its own, also on this machine.
 *
 * Hosts go by their DNS names, as Kerberos does: addresses in the settings have no part in it.
 *
 * Beyond those of the interface, throws PROGRAM_NOT_STARTED where the program cannot be started, and ACCESS_DENIED
 * where the endpoint does not offer the command to this identity.
 */
export function localTransport(
  settings: LocalSettings,
  {
    maxSessions = 16,
    idleMs = 30_000,
    graceMs = 5_000,
    env,
    machine = hostname(),
  }: LocalTransportOptions = {},
): ClosableTransport {
  const pool: LocalPool = localPool({
    program: settings.program,
    args: brokerArguments,
    maxSessions,
    idleMs,
    graceMs,
    env,
  });
  return {
    async run(host, operation, parameters, { timeoutMs, signal, notAfter }) {
      const target = targetOf(settings, host, operation, machine);
      // A JEA endpoint has an identity of its own.
      const credential = target.command ? null : await readCredential(settings, operation);
      const scripts = target.command ? 'installed' : 'sent';
      const request = prepareRequest(operation, parameters, credential, { scripts });
      const key = JSON.stringify([target.computer, target.configuration]);
      const session = await pool.take(key, notAfter ?? signal);
      try {
        notAfter?.throwIfAborted();
        const head: BrokerRequest = { ...target, nonce: request.nonce, operation };
        const input = `${asciiJson(head)}\n${request.input}`;
        const answered = await session.ask({ host, input, nonce: request.nonce, timeoutMs, signal });
        const result = readOutput(host, request, answered, credential);
        await session.giveBack();
        return result;
      } catch (error) {
        await session.end();
        throw error;
      }
    },
    close: () => pool.close(),
  };
}

type BrokerTarget = Pick<BrokerRequest, 'computer' | 'configuration' | 'command'>;

const commands = { host: 'Invoke-DmsaHostOperation', management: 'Invoke-DmsaManagementOperation' } as const;

function targetOf(
  settings: LocalSettings,
  host: string,
  operation: OperationName,
  machine: string,
): BrokerTarget {
  const { on } = operations[operation];
  const configuration =
    on === 'management' ? settings.managementConfigurationName : settings.configurationName;
  if (configuration) return { computer: host, configuration, command: commands[on] };
  const here = on === 'management' && isThisMachine(host, machine);
  return { computer: here ? null : host, configuration: null, command: null };
}

/** Windows gives its name without the domain; where it has one, the whole name counts. */
function isThisMachine(host: string, machine: string): boolean {
  const [asked, own] = [host.toLowerCase(), machine.toLowerCase()];
  return asked === own || (!own.includes('.') && asked.split('.')[0] === own);
}
