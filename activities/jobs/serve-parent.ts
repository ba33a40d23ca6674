/** The child's side of a computation: takes one request, says its last word, and ends. */
import { stepBack } from './niceness';

// Before what the entry loads next.
stepBack();

/** Nobody waits for the outcome any more. A target's transaction leaves the target whole. */
function dieWithParent(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Ends the process once the parent has the message. */
function sendLast(message: unknown): void {
  process.send?.(message, undefined, undefined, () => {
    process.exitCode = 0;
    process.off('disconnect', dieWithParent);
    process.disconnect();
  });
}

/**
 * Waits for the parent's request and works on it. The parent cancels by killing this process.
 * @param work is given what tells the parent how it goes; its answer, which is the last word, says
 * also what went wrong
 */
export function serveParent<Request, Message>(
  work: (request: Request, send: (message: Message) => void) => Promise<Message>,
): void {
  const send = (message: Message): void => {
    if (process.connected) process.send?.(message);
  };
  process.on('disconnect', dieWithParent);
  process.once('message', (request: Request) => void work(request, send).then(sendLast));
}
