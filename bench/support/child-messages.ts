/** What the server processes of a benchmark tell the process that measures. */

/** It serves; `url` is that of the API, where it has one. */
export interface ReadyMessage {
  kind: 'ready';
  url: string | null;
}

/** The first line of a job, or of the activity that stands for one. */
export interface StartedMessage {
  kind: 'started';
  /** Id of the task, or of the workflow that waited for it. */
  of: string;
  /** Id of the run or the child workflow. */
  run: string;
  /** Milliseconds since 1970. */
  at: number;
}

export type ChildMessage = ReadyMessage | StartedMessage;

/** Sends it to the parent; one that is gone hears nothing. */
export function tellParent(message: ChildMessage): void {
  process.send?.(message);
}

/** Settles when the parent says to end, or is gone. */
export function untilToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    process.once('disconnect', () => resolve());
  });
}
