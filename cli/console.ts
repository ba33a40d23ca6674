/** What the command line writes; a console that is gone stops nothing. */
export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** A terminal that was closed answers every write with an error event. */
export function ignoreClosedConsole(): void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}

/** The message with those of its causes, for a person. */
export function explain(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.message && !parts.includes(at.message)) parts.push(at.message);
  }
  return parts.length > 0 ? parts.join(': ') : String(error);
}
