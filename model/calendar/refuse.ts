import { TablegateError } from '../errors';

/** @throws TablegateError invalidInput naming the one field that is wrong */
export function refuse(path: string, message: string): never {
  throw new TablegateError('invalidInput', `\`${path}\`: ${message}`, {
    fields: [{ path, message }],
  });
}

/** @throws TablegateError invalidInput for a cron expression */
export function refuseCron(message: string): never {
  refuse('recurrence.cron', message);
}
