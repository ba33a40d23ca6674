import type { RecurringTask, Store } from '../store/store';

/** How many tasks are read at once. */
const pageSize = 500;

/** All recurring tasks of all tenants, a page at a time; none is empty. @throws TablegateError storeUnavailable */
export async function* recurringPages(
  tasks: Store['tasks'],
): AsyncGenerator<RecurringTask[], void> {
  let after: { tenant: string; id: string } | null = null;
  for (;;) {
    const page: RecurringTask[] = await tasks.recurring(after, pageSize);
    const last = page.at(-1);
    if (!last) return;
    yield page;
    if (page.length < pageSize) return;
    after = { tenant: last.tenant, id: last.task.id };
  }
}
