/** Backfills: their plans cell by cell, and what is to be done next. */
import type { Database } from '../schema';
import type { BackfillStore } from '../store';
import { advance } from './advance';
import { create } from './create';
import { detachTask } from './detach';
import { dropTask } from './drop';
import { retry } from './retry';
import { cells, find, list, live } from './rows';
import { changeStatus } from './status';

export function backfillStore(db: Database): BackfillStore {
  return {
    create: (backfill) => create(db, backfill),
    find: (tenant, id) => find(db, { tenant, id }),
    list: (tenant, filter, page) => list(db, tenant, filter, page),
    cells: (tenant, id, filter, page) => cells(db, { tenant, id }, filter, page),
    advance: (tenant, id, step) => advance(db, { tenant, id }, step),
    dropTask: (tenant, id, taskId) => dropTask(db, { tenant, id }, taskId),
    detachTask: (tenant, taskId) => detachTask(db, tenant, taskId),
    changeStatus: (tenant, id, from, to) => changeStatus(db, { tenant, id }, from, to),
    retry: (tenant, id) => retry(db, { tenant, id }),
    live: () => live(db),
  };
}
