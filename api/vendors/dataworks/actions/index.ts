/** All actions that are known here, by name. */
import type { Action } from '../action';
import {
  getTaskInstance,
  getTaskInstanceLog,
  listTaskInstances,
  rerunTaskInstances,
  stopTaskInstances,
  triggerSchedulerTaskInstance,
} from './instances';
import { createWorkflowInstances, getCreateWorkflowInstancesResult } from './supplement';
import { deleteTask, getTask, listTasks } from './tasks';
import { batchUpdateTasks, updateTask } from './update-tasks';

/** Of the vendor's API. */
export const version = '2024-05-18';

const all: readonly Action[] = [
  ...[batchUpdateTasks, updateTask, getTask, listTasks, deleteTask],
  ...[listTaskInstances, getTaskInstance, getTaskInstanceLog],
  ...[rerunTaskInstances, stopTaskInstances, triggerSchedulerTaskInstance],
  ...[createWorkflowInstances, getCreateWorkflowInstancesResult],
];

export const actions: ReadonlyMap<string, Action> = new Map(all.map((one) => [one.name, one]));
