/** A process that starts a computation which never ends, and says its process id. */
import { runInChild } from '../../../activities/jobs/id-mapping/run-in-child';

process.once('message', ({ scratchDir, root }: { scratchDir: string; root: string }) => {
  let pid = 0;
  const config = { hangs: ['prepareScan'], tables: {} };
  const connection = { name: 'crm', type: 'fake', config };
  const request = {
    runId: 'run-1',
    scratchDir,
    filesRoots: [root],
    tables: [
      {
        name: 'crm.main.t',
        connection,
        ref: { schema: 'main', table: 't' },
        idColumns: [{ column: 'a', idType: 'phone' }],
      },
    ],
    target: { connection, ref: { schema: 'main', table: 'out' } },
    output: 'crm.main.out',
    writer: 'task-1',
    fence: '1',
    startedAtMs: Date.now(),
    guards: { maxSharedBy: 1000, priority: [], idTypes: {} },
    fake: true,
  };
  const listener = {
    signal: new AbortController().signal,
    log: () => undefined,
    table: () => undefined,
    progress: () => process.send?.({ reading: pid }),
  };
  void runInChild(request, listener, (child) => (pid = child));
});
