/** A program that is looked for once a run, when it is first needed. */
export class Found<Program> {
  readonly #find: () => Promise<Program>;
  #program: Promise<Program> | null = null;

  constructor(find: () => Promise<Program>) {
    this.#find = find;
  }

  /** Rejects with an Error that says in one line what is missing. */
  program(): Promise<Program> {
    this.#program ??= this.#find().catch((error) => {
      tell(messageOf(error));
      throw error;
    });
    return this.#program;
  }

  /** Returns why there is no such program, or null: tests that need it are skipped, and CI refuses that. */
  async lack(): Promise<string | null> {
    return await this.program().then(() => null, messageOf);
  }
}

/** Writes a line for whoever runs the tests. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
