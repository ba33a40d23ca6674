/** The bare side's process: one worker, with the options that ours has. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { tellParent, untilToldToEnd } from '../support/child-messages';
import * as activities from './activities';

async function main(): Promise<void> {
  const { BENCH_TASK_QUEUE, BENCH_WORKFLOW_CODE } = process.env;
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    ...{ connection, activities },
    ...(namespace !== undefined && { namespace }),
    taskQueue: BENCH_TASK_QUEUE!,
    workflowBundle: { codePath: BENCH_WORKFLOW_CODE! },
    ...{ shutdownGraceTime: '2 s', shutdownForceTime: '8 s' },
  });
  void untilToldToEnd().then(() => worker.shutdown());
  const running = worker.run();
  tellParent({ kind: 'ready', url: null });
  await running;
  await connection.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
