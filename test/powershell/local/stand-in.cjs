/**
 * Stands for `powershell.exe`: reads two lines for each run and answers `set-host`, or does what STAND_IN says.
 * What it is asked and how it ends is a line in the file named by STAND_IN_LOG.
 */
const { appendFileSync } = require('node:fs');
const { createInterface } = require('node:readline');

const act = process.env.STAND_IN;
const log = (line) =>
  appendFileSync(process.env.STAND_IN_LOG, `${JSON.stringify({ pid: process.pid, ...line })}\n`);
const print = (text) => new Promise((resolve) => process.stdout.write(text, resolve));

const acts = {
  answers: (answer) => print(answer),
  'prints a banner before': (answer) => print(`Welcome!\r\n#< CLIXML\r\n${answer}`),
  'prints CLIXML on standard error': async (answer) => {
    process.stderr.write('#< CLIXML\r\n<Objs Version="1.1.0.1"><S S="Error">no</S></Objs>');
    await print(answer);
  },
  'answers in small pieces': async (answer) => {
    for (const character of answer) await print(character);
  },
  'ends in the middle': async (answer) => {
    await print(answer.slice(0, answer.length / 2));
    process.exit(3);
  },
  'says why it ends': () => {
    process.stderr.write('\nNot enough memory.\n', () => process.exit(1));
  },
  'is killed': () => process.kill(process.pid, 'SIGKILL'),
  'ends without an answer': async () => {
    await print('PowerShell is not allowed here.\r\n');
    process.exit(0);
  },
  'answers another request': (answer, nonce) =>
    print(answer.replaceAll(nonce, '0'.repeat(32)) + answer.replace(/\{.*\}/, 'x')),
  'answers no JSON': (answer) => print(answer.replace(/\{[^\n]*\}/, (json) => 'x'.repeat(json.length))),
  floods: async () => {
    for (;;) await print('x'.repeat(1 << 16));
  },
  hangs: () => undefined,
  'hangs, and does not stop': () => {
    stubborn = true;
  },
  'answers half and hangs': (answer) => print(answer.slice(0, -3)),
};
let stubborn = false;

const lines = [];
createInterface({ input: process.stdin })
  .on('line', async (line) => {
    lines.push(line);
    if (lines.length < 2) return;
    const [head, envelope] = lines.splice(0).map((each) => JSON.parse(each));
    log({ asked: head, script: envelope.script !== undefined, credential: envelope.credential });
    const json = JSON.stringify({
      v: 1,
      operation: head.operation,
      ok: true,
      result: { policy: envelope.parameters.policy, eventLogEnabled: false, changed: [] },
    });
    const frame = (word) => `-----${word} DMSA ANSWER ${head.nonce}`;
    await acts[act](`\n${frame('BEGIN')} ${json.length}\n${json}\n${frame('END')}\n`, head.nonce);
  })
  .on('close', () => {
    log({ ended: true });
    if (stubborn) setInterval(() => undefined, 1000);
    else process.exit(1);
  });
