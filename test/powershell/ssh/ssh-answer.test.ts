import { describe, expect, test } from 'vitest';
import { type HostRequest, readRequest, writeAnswer } from '../../../lab/formats/envelope.ts';
import type { HandleOperation } from '../../../lab/ssh/session.ts';
import { startedMarker } from '../../../src/powershell/wire/bootstrap.ts';
import { answerLimit } from '../../../src/powershell/wire/envelope.ts';
import type { Result } from '../../../src/powershell/wire/operations.ts';
import { bench, clientSockets, failureOf, host, hostFacts } from './harness.ts';
import { finish, lost, rawServer } from './raw-server.ts';

/** A host that makes the right answer, and then does as told with it. */
async function wrong(
  answerWith: (channel: Parameters<typeof finish>[0], answer: string, drop: () => void) => unknown,
) {
  const { know, inspect } = await bench();
  const server = await rawServer({
    async onExec(channel, input, drop) {
      const request = readRequest(await input) as HostRequest<'inspect-host'>;
      const result: Result<'inspect-host'> = hostFacts;
      answerWith(channel, writeAnswer(request, { ok: true, result }), drop);
    },
  });
  await know(server.port, server.knownHostsLine(host));
  return { inspect };
}

describe('an answer of which the end is missing is never accepted', () => {
  test('where the connection is lost in its middle', async () => {
    const { inspect } = await wrong((channel, answer, drop) =>
      channel.write(answer.slice(0, answer.length / 2), drop),
    );
    expect(await failureOf(inspect())).toEqual(lost('the connection was closed'));
  });

  test('where the connection is lost after it, before the exit code', async () => {
    const { inspect } = await wrong((channel, answer, drop) => channel.write(answer, drop));
    expect(await failureOf(inspect())).toEqual(lost('the connection was closed'));
  });

  test('where the session ends without an exit code', async () => {
    const { inspect } = await wrong((channel, answer) => channel.end(answer));
    expect(await failureOf(inspect())).toEqual(lost('the command has no exit code'));
  });

  test('where the command is killed', async () => {
    const { inspect } = await wrong((channel, answer) =>
      channel.write(answer, () => {
        channel.exit('KILL' as never);
        channel.end();
      }),
    );
    expect(await failureOf(inspect())).toEqual(lost('the command was killed (SIGKILL)'));
  });

  test('where the host opens no session', async () => {
    const { know, inspect } = await bench();
    const server = await rawServer({ sessions: false });
    await know(server.port, server.knownHostsLine(host));
    expect(await failureOf(inspect())).toMatchObject({ code: 'SESSION_LOST', subject: host });
  });

  test('where it is the answer to another request', async () => {
    const { inspect } = await wrong((channel, answer) =>
      finish(channel, answer.replaceAll(/[0-9a-f]{32}/g, '0'.repeat(32))),
    );
    expect(await failureOf(inspect())).toMatchObject({ code: 'ANSWER_INVALID' });
  });
});

test.each([
  ['as cmd.exe in German', 1, 'Der Befehl "powershell.exe" ist entweder falsch geschrieben oder'],
  ['as cmd.exe in French', 1, "'powershell.exe' n\u2019est pas reconnu en tant que commande interne"],
  ['by the code of cmd.exe', 9009, ''],
  ['by the code of a POSIX shell', 127, 'sh: 1: powershell.exe: not found'],
])('a host that does not know PowerShell says so: %s', async (_, exitCode, stderr) => {
  const { know, inspect } = await bench();
  const server = await rawServer({
    onExec(channel) {
      channel.stderr.write(stderr);
      finish(channel, '', exitCode);
    },
  });
  await know(server.port, server.knownHostsLine(host));
  const shown = stderr ? `, standard error "${stderr}"` : '';
  expect(await failureOf(inspect())).toEqual({
    code: 'POWERSHELL_MISSING',
    subject: host,
    message: `${host} did not start powershell.exe (exit code ${exitCode}${shown})`,
  });
});

test('a PowerShell that has started and fails is not called missing, whatever its exit code', async () => {
  const { know, inspect } = await bench();
  const server = await rawServer({
    onExec(channel) {
      channel.stderr.write('"powershell.exe" failed');
      finish(channel, `${startedMarker}\n`, 127);
    },
  });
  await know(server.port, server.knownHostsLine(host));
  expect(await failureOf(inspect())).toMatchObject({ code: 'ANSWER_INVALID' });
});

test('fifty megabytes are not read to their end', async () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const ended = Promise.withResolvers<void>();
  let written = 0;
  const { inspect } = await wrong((channel) => {
    channel.once('close', ended.resolve);
    const more = () => {
      written += 1;
      if (written < 50) channel.write(megabyte, more);
      else finish(channel, '');
    };
    channel.write(megabyte, more);
  });
  const sockets = clientSockets();
  expect(await failureOf(inspect())).toEqual({
    code: 'ANSWER_INVALID',
    subject: host,
    message: `the answer of ${host} is longer than ${answerLimit} octets`,
  });
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
  await ended.promise;
  expect(written).toBeLessThan(50);
});

test('an answer as long as it may be is read whole', async () => {
  const name = 'a'.repeat(1_000);
  const many = { ...hostFacts, services: Array(3_500).fill({ ...hostFacts.services[0], name }) };
  const { start, inspect } = await bench();
  await start({ handle: (async () => many) as unknown as HandleOperation });
  expect(await inspect()).toEqual(many);
});

test('what the host prints before and after the answer, and on standard error, changes nothing', async () => {
  const { inspect } = await wrong((channel, answer) => {
    channel.stderr.write(`#< CLIXML\r\n<Objs><S S="Error">failed</S></Objs>${'x'.repeat(1024 * 1024)}`);
    finish(channel, `Welcome to WEB01!\r\nPr\xfcfung\r\n${answer}Goodbye.\r\n`, 1);
  });
  expect(await inspect()).toEqual(hostFacts);
});

test('a command that ends without reading its input has given no answer', async () => {
  const { know, inspect } = await bench();
  const server = await rawServer({ onExec: (channel) => finish(channel, '', 2) });
  await know(server.port, server.knownHostsLine(host));
  expect(await failureOf(inspect())).toMatchObject({
    code: 'ANSWER_INVALID',
    message: expect.stringContaining('(exit code 2)'),
  });
});
