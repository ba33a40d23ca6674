/**
 * The same work by the shortest way that Temporal has: no records, no gates, no instances. Plain
 * SDK, as its samples have it.
 */
import {
  condition,
  continueAsNew,
  executeChild,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type * as activities from './activities';
import { arrivedSignal, changeUpdate, roundId, signalsOfRound, type ManyChildren } from './names';

const { doNothing, tellStart } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 minute',
});

/** Leaves room for the children of the window below 10,000 events. */
const maxEvents = 9_500;
/** A child leaves no more in its parent's history, workflow tasks included. */
const eventsOfChild = 12;

/** Starts so many children, a window of them at a time. */
export async function manyChildren({ done, total, window }: ManyChildren): Promise<void> {
  let started = done;
  let running = 0;
  let failure: unknown;
  const isFull = (): boolean => workflowInfo().historyLength + running * eventsOfChild > maxEvents;
  while (started < total && !isFull()) {
    await condition(() => running < window);
    if (failure) throw failure;
    const number = started;
    started += 1;
    running += 1;
    void executeChild(oneCell, { workflowId: `${workflowInfo().workflowId}/${number}` })
      .catch((error: unknown) => (failure ??= error))
      .finally(() => (running -= 1));
  }
  await condition(() => running === 0);
  if (failure) throw failure;
  if (started < total) {
    await continueAsNew<typeof manyChildren>({ done: started, total, window });
  }
}

/** A child with one activity. */
export async function oneCell(): Promise<void> {
  await doNothing();
}

/** Counts signals; each time there are enough it starts a child with one activity. */
export async function countSignals({ rounds }: { rounds: number }): Promise<void> {
  const { workflowId } = workflowInfo();
  let arrived = 0;
  setHandler(arrivedSignal, () => {
    arrived += 1;
  });
  for (let round = 0; round < rounds; round += 1) {
    await condition(() => arrived >= signalsOfRound);
    arrived -= signalsOfRound;
    await executeChild(oneRound, { workflowId: roundId(workflowId, round), args: [workflowId] });
  }
}

/** The child of a round. */
export async function oneRound(of: string): Promise<void> {
  await tellStart(of);
}

/** What a bare Schedule starts. */
export async function dueNow(): Promise<void> {}

/** Holds a value that an Update changes. */
export async function holdValue(): Promise<void> {
  let value = 0;
  setHandler(changeUpdate, (next) => (value = next));
  await condition(() => value < 0);
}
