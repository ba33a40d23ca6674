/** Entry of the thread that links IDs: answers one call after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { call, type LinkCall } from './linker';
import { Linking, type LinkingSize } from './linking';

const linking = new Linking(workerData as LinkingSize);
parentPort!.on('message', (one: LinkCall) => parentPort!.postMessage(call(linking, one)));
// A call for which there is no memory would have no answer: the thread ends with it.
parentPort!.on('messageerror', (error: Error) => {
  throw error;
});
