/** What is registered: nothing else may be exported here, or it could be started as a workflow. */
export { schedulingTask } from './scheduling-task';
export { taskRun } from './task-run';
