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
  for (let at = error; isErrorLike(at); at = at.cause) {
    const message = at.message || firstMessage(at.errors);
    if (message && !parts.includes(message)) parts.push(message);
  }
  return parts.length > 0 ? parts.join(': ') : String(error);
}

interface ErrorLike {
  message: string;
  cause?: unknown;
  /** Of an AggregateError, which has no words of its own when no address of a host answers. */
  errors?: unknown;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === 'object' && value !== null && 'message' in value;
}

function firstMessage(errors: unknown): string {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isErrorLike(first) ? first.message : '';
}
