import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';

import type { Lab } from '../../../lab/lab.ts';
import { runCmdlet } from './cmdlets.ts';
import { logOnHost, migrationEvents } from './logons.ts';

export interface Bridge {
  /** Where the stub modules find it: STUB_BRIDGE. */
  address: string;
  /** What was asked, as `logon FIN01` or the cmdlet's name, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** The lab's domain for stub modules of other processes: one question and its answer a connection, a line each. */
export async function startBridge(lab: Lab): Promise<Bridge> {
  const asked: string[] = [];
  const server = createServer(async (socket) => {
    socket.on('error', () => undefined);
    for await (const line of createInterface({ input: socket })) {
      const question = JSON.parse(line) as Question;
      asked.push(nameOf(question));
      socket.end(JSON.stringify(await answer(lab, question)));
      break;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

type Question =
  | { ask: 'logon'; host: string; account: string; build: number; policyEnabled: boolean }
  | { ask: 'events' }
  | { ask: 'cmdlet'; cmdlet: string; parameters: Record<string, unknown> };

function nameOf(question: Question): string {
  if (question.ask === 'logon') return `logon ${question.host}`;
  return question.ask === 'events' ? 'events' : question.cmdlet;
}

async function answer(lab: Lab, question: Question): Promise<unknown> {
  if (question.ask === 'logon') return await logOnHost(lab, question);
  if (question.ask === 'events') return { events: migrationEvents(lab) };
  return await runCmdlet(lab, question.cmdlet, question.parameters);
}
