const keptLines = 40;

/** Last lines that each server of a run printed, kept past its end for the tests that fail. */
export class LastLines {
  readonly #lines = new Map<string, string[]>();

  /** Returns a listener for the lines of a server, known as `name` from now on. */
  follow(name: string): (line: string) => void {
    const lines: string[] = [];
    this.#lines.set(name, lines);
    return (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
    };
  }

  of(name: string): string[] {
    return this.#lines.get(name) ?? [];
  }
}
