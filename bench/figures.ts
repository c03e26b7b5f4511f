/** Figures side by side: the first cell of a row to the left, the others to the right. */
export function table(title: string, header: string[], rows: (string | number)[][]): string {
  const lines = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   '),
  );
  return [title, ...text.map((line) => `  ${line.trimEnd()}`)].join('\n');
}

/** How often `work` can be done in a second, from at least `forMs` of doing it; a whole number. */
export async function perSecond(work: () => unknown, forMs = 1_000): Promise<number> {
  await work();
  const started = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < forMs) {
    await work();
    count += 1;
    elapsed = performance.now() - started;
  }
  return Math.round((count / elapsed) * 1_000);
}
