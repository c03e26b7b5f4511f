/** Messages that say nothing but that there is a cause. */
const wrappers = ['Failed to connect to Temporal server', 'Failed to connect before the deadline'];

/**
 * Messages of an error and of its causes in one line, the outermost first, each said once. What follows "Bearer", JSON
 * web tokens and values of gRPC headers are left out: they are secrets.
 */
export function causeLine(error: unknown): string {
  const lines: string[] = [];
  for (const message of messagesOf(error, 8)) {
    const line = redacted(message).replace(/\s+/g, ' ').trim();
    const shorter = lines.findIndex((each) => line.includes(each));
    if (lines.some((each) => each.includes(line))) continue;
    if (shorter < 0) lines.push(line);
    else lines[shorter] = line;
  }
  const telling = lines.filter((line) => !wrappers.includes(line));
  return (telling.length > 0 ? telling : lines).join(': ');
}

function messagesOf(error: unknown, depth: number): string[] {
  if (depth === 0 || error === null || error === undefined) return [];
  if (!(error instanceof Error)) return [String(error)];
  const causes = error instanceof AggregateError ? error.errors : [error.cause];
  return [error.message || error.name, ...causes.flatMap((each) => messagesOf(each, depth - 1))];
}

function redacted(message: string): string {
  return message
    .replace(/(Metadata string value )"[\s\S]*?" contains/g, '$1"…" contains')
    .replace(/\bBearer\s+[^\s"]+/gi, 'Bearer …')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '…')
    .replace(/^\d+ (?=[A-Z_]+: )/, '');
}
