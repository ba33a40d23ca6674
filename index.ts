/**
 * The package's public surface: job types of one's own, and the server that runs them beside the
 * built-in ones.
 *
 * @example
 * const copy = defineJobType({ type: 'copy', title: 'Copy', configSchema, … });
 * await runServer({ settings: readSettings(process.env), roles: { api: true, worker: true }, jobTypes: [copy] });
 */
export { readSettings, SettingsError, type Settings } from './config';
export { TablegateError, type ErrorCode } from './model/errors';
export {
  defineJobType,
  JobError,
  type JobConnection,
  type JobContext,
  type JobLineage,
  type JobResult,
  type JobTable,
  type JobType,
} from './model/job-type';
export { runServer, type RunningServer, type ServerRoles } from './server';
