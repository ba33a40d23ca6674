import type { Outbox, TaskState } from '../model/task-state';

/** Most ledger lines and records that one projection carries. */
const mostEntries = 500;
/** Most bytes of records among them: Temporal takes 2 MB for one activity, and ends who sends more. */
const mostBytes = 768 * 1024;

/** What goes to the store next, oldest first; at least one record where there is any. */
export function nextBatch({ outbox }: Pick<TaskState, 'outbox'>): Outbox {
  const runs: Outbox['runs'] = [];
  let bytes = 0;
  for (const record of outbox.runs.slice(0, mostEntries)) {
    bytes += new TextEncoder().encode(JSON.stringify(record)).length;
    if (runs.length > 0 && bytes > mostBytes) break;
    runs.push(record);
  }
  return { ledger: outbox.ledger.slice(0, mostEntries), runs };
}
