/** Our process: the server as it was built, API and worker, with the job types of the benchmarks. */
import { tellParent, untilToldToEnd } from '../support/child-messages';
import { doNothingJob, tellStartJob } from './jobs';

const { readSettings } = require('../../dist/config') as typeof import('../../config');
const { runServer } = require('../../dist/server') as typeof import('../../server');

async function main(): Promise<void> {
  const server = await runServer({
    settings: readSettings(process.env),
    roles: { api: true, worker: true },
    jobTypes: [doNothingJob, tellStartJob],
  });
  tellParent({ kind: 'ready', url: server.url });
  await Promise.race([
    untilToldToEnd(),
    server.failed.then((error) => {
      throw error;
    }),
  ]);
  await server.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
