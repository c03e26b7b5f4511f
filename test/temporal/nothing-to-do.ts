/** A workflow for tests of workers. */
export async function nothingToDo(): Promise<void> {
  await Promise.resolve();
}
