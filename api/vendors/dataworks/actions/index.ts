/** All actions that are known here, by name. */
import type { Action } from '../action';
import { batchUpdateTasks, updateTask } from './update-tasks';

/** Of the vendor's API. */
export const version = '2024-05-18';

const all: readonly Action[] = [batchUpdateTasks, updateTask];

export const actions: ReadonlyMap<string, Action> = new Map(all.map((one) => [one.name, one]));
