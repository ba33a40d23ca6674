/** What is registered: nothing else may be exported here, or it could be started as a workflow. */
export { backfill } from './backfill';
export { lookUp } from './look-up';
export { noticeDelivery } from './notice-delivery';
export { scheduleTick } from './schedule-tick';
export { schedulingTask } from './scheduling-task';
export { taskRun } from './task-run';
export { watchdog } from './watchdog';
