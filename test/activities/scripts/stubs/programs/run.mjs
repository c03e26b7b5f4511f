// Windows' own programs for tests: what they are about is the JSON file named by STUB_HOST, where calls are recorded.
import { readFileSync, writeFileSync } from 'node:fs';

const [program, ...args] = process.argv.slice(2);
const state = JSON.parse(readFileSync(process.env.STUB_HOST, 'utf8').replace(/^\uFEFF/, ''));
const programs = { 'shutdown.exe': shutdown, 'appcmd.exe': appcmd, 'secedit.exe': secedit };
const { code, stdout = '', stderr = '' } = programs[program](...args);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;

function record(call) {
  state.calls = [...state.calls, call];
  writeFileSync(process.env.STUB_HOST, JSON.stringify(state));
}

/** Ends with the Windows error that it meets, and says it on standard error. */
function shutdown(...given) {
  record(`shutdown.exe ${given.join(' ')}`);
  const { code, text } = state.shutdown ?? { code: 0, text: '' };
  return { code, stderr: text && `${text}(${code})\r\n` };
}

/** `list` ends with 1 where nothing is found; other verbs say `ERROR ( message:… )` on standard output. */
function appcmd(verb, object, filter, attribute) {
  record(`appcmd.exe ${[verb, object, filter, attribute].filter(Boolean).join(' ')}`);
  if (state.errors['appcmd.exe']) return { code: 5, stdout: `${state.errors['appcmd.exe'].message}\r\n` };
  const name = filter.replace(/^\/apppool\.name:/, '');
  const pool = (state.pools ?? []).find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (verb === 'list') {
    if (!pool) return { code: 1 };
    const lines = object === 'wp' ? pool.workers.map(({ processId }) => String(processId)) : [pool.state];
    return { code: lines.length > 0 ? 0 : 1, stdout: lines.map((line) => `${line}\r\n`).join('') };
  }
  if (!pool)
    return {
      code: 50,
      stdout: `ERROR ( message:Cannot find APPPOOL object with identifier "${name}". )\r\n`,
    };
  pool.state = pool.becomes ?? pool.state;
  writeFileSync(process.env.STUB_HOST, JSON.stringify(state));
  return { code: 0, stdout: `"${pool.name}" successfully recycled\r\n` };
}

/** Writes user rights as the real one does: UTF-16 with a byte order mark, groups and accounts by SID after a star. */
function secedit(...given) {
  if (state.errors['secedit.exe']) return { code: 1, stdout: `${state.errors['secedit.exe'].message}\r\n` };
  const rights = [
    ...((state.serviceLogonRight ?? []).length > 0
      ? [`SeServiceLogonRight = ${state.serviceLogonRight.join(',')}`]
      : []),
    'SeDenyServiceLogonRight = *S-1-5-32-546',
  ];
  const text = ['[Unicode]', 'Unicode=yes', '[Privilege Rights]', ...rights, ''].join('\r\n');
  writeFileSync(given[given.indexOf('/cfg') + 1], `\uFEFF${text}`, 'utf16le');
  return { code: 0 };
}
